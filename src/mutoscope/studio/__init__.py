"""The pages for people: server-rendered, readable without scripts, alive with them."""

from mutoscope.studio.building import build, owned_paths
from mutoscope.studio.house import House

__all__ = ["House", "build", "owned_paths"]
