"""The pages for people: server-rendered, readable without scripts, alive with them."""

from starlette.types import ASGIApp

from mutoscope.studio.house import Chapter, House, Offer, Office, Vendor
from mutoscope.studio.paths import OWNED_PATHS

__all__ = ["OWNED_PATHS", "Chapter", "House", "Offer", "Office", "Vendor", "build"]


def build(house: House) -> ASGIApp:
    """The studio, to be given the paths of `OWNED_PATHS`. Pages and templates are loaded now."""
    from mutoscope.studio.building import build as build_pages

    return build_pages(house)
