"""The audit trail: who did what to whom. It is only ever added to."""

from mutoscope.trail.export import FORMATS, written
from mutoscope.trail.trail import Entry, Sought, Trail

__all__ = ["FORMATS", "Entry", "Sought", "Trail", "written"]
