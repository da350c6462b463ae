"""The planner: words become a shot list. It knows nothing of pixels."""

from mutoscope.storyboard.planner.plan import Plan, plan
from mutoscope.storyboard.planner.vocabulary import vocabulary

__all__ = ["Plan", "plan", "vocabulary"]
