"""The library of drawings: Microsoft Fluent 3D emoji, some of them animated, and the typeface."""

from mutoscope.storyboard.art.library import Drawing, Library, library
from mutoscope.storyboard.art.type import FONT_FILE, can_set

__all__ = ["FONT_FILE", "Drawing", "Library", "can_set", "library"]
