"""Places: every one painted anew for its light, its size and its seed."""

from collections.abc import Callable
from types import MappingProxyType

from mutoscope.storyboard.pixels import RGB
from mutoscope.storyboard.places import beyond, built, land, shore
from mutoscope.storyboard.places.backdrop import Backdrop, Ground
from mutoscope.storyboard.places.paint import Painter
from mutoscope.storyboard.places.water import Water
from mutoscope.storyboard.scene import Place

PAINTED: MappingProxyType[Place, Callable[[Painter], Backdrop]] = MappingProxyType({
    Place.MEADOW: land.meadow, Place.FOREST: land.forest, Place.DESERT: land.desert,
    Place.MOUNTAINS: land.mountain_land, Place.SNOWFIELD: land.snowfield,
    Place.GARDEN: land.garden, Place.VILLAGE: land.village, Place.VOLCANO: land.volcano,
    Place.JUNGLE: land.jungle, Place.SEA: shore.sea, Place.BEACH: shore.beach,
    Place.LAKE: shore.lake, Place.ISLAND: shore.island, Place.UNDERWATER: shore.underwater,
    Place.CITY: built.city, Place.ROAD: built.road, Place.ROOM: built.room,
    Place.THEATRE: built.theatre, Place.FAIR: built.fair, Place.STADIUM: built.stadium,
    Place.SPACE: beyond.space, Place.MOON: beyond.moon, Place.SKY: beyond.above,
})  # fmt: skip


SNOW_LIES = 0.88
WHITENED = frozenset({
    Place.MEADOW, Place.FOREST, Place.JUNGLE, Place.MOUNTAINS, Place.GARDEN, Place.VILLAGE,
    Place.LAKE, Place.ROAD, Place.CITY, Place.FAIR, Place.BEACH, Place.ISLAND, Place.DESERT,
})  # fmt: skip


def paint(place: Place, painter: Painter, tone: RGB | None = None) -> Backdrop:
    """Paint a place; `tone` colours the backdrop of a studio."""
    if place is Place.STUDIO:
        return built.studio(painter, tone)
    painter.snow = SNOW_LIES if painter.snowy and place in WHITENED else 0.0
    return PAINTED[place](painter)


__all__ = ["Backdrop", "Ground", "Painter", "Water", "paint"]
