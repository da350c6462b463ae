"""The storyboard: draws prompts as animated scenes on any machine. No torch, no weights."""

from mutoscope.storyboard.front import draw_shot_list, plan, plan_json
from mutoscope.storyboard.planner import Plan, vocabulary
from mutoscope.storyboard.renderer import StoryboardRenderer
from mutoscope.storyboard.scene import Shot, ShotList, Subject, read_shot_list

__all__ = [
    "Plan",
    "Shot",
    "ShotList",
    "StoryboardRenderer",
    "Subject",
    "draw_shot_list",
    "plan",
    "plan_json",
    "read_shot_list",
    "vocabulary",
]
