"""Which models exist, what they accept and what they cost. Loads none of them."""

from mutoscope.catalog.catalog import Catalog, Unusable
from mutoscope.catalog.hearing import EXAMPLES as SOUND_EXAMPLES
from mutoscope.catalog.hearing import SoundName, heard_in
from mutoscope.catalog.model import (
    SOUND_LANE,
    Bilingual,
    Format,
    Length,
    Model,
    Price,
    Unit,
    unit_of,
)

__all__ = [
    "SOUND_EXAMPLES",
    "SOUND_LANE",
    "Bilingual",
    "Catalog",
    "Format",
    "Length",
    "Model",
    "Price",
    "SoundName",
    "Unit",
    "Unusable",
    "heard_in",
    "unit_of",
]
