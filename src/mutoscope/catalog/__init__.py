"""Which models exist, what they accept and what they cost. Loads none of them."""

from mutoscope.catalog.catalog import Catalog, Unusable
from mutoscope.catalog.model import Bilingual, Format, Length, Model, Price, Unit

__all__ = ["Bilingual", "Catalog", "Format", "Length", "Model", "Price", "Unit", "Unusable"]
