"""Gather the studio's words into its catalogues, and compile them.

The templates are written in English; `locales/LANGUAGE/LC_MESSAGES/studio.po` translates them.
Run it after changing a word, translate what it lists, run it again: python scripts/studio_words.py
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mutoscope.app import vendors_here

STUDIO = Path(__file__).parents[1] / "src" / "mutoscope" / "studio"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "words": None,
    "visit.words": None,
    "self._words": None,
    "_words": None,
    "count": (1, 2),
    "self": None,
}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def gathered() -> Catalog:
    """Every word in the templates and the code, and in the tables of what vendors offer."""
    catalog = Catalog(fuzzy=False)
    found = extract_from_dir(STUDIO, METHODS, OPTIONS, KEYWORDS)
    for path, _, message, _, _ in found:
        catalog.add(message, locations=[(path, 0)])
    for vendor in vendors_here():
        for chapter in vendor.chapters:
            for offer in chapter.offers:
                for text in filter(None, (chapter.title, offer.purpose, offer.how)):
                    catalog.add(text)
    return catalog


def catalogue_path(language: str) -> Path:
    """Where a language's words are kept."""
    return STUDIO / "locales" / language / "LC_MESSAGES" / "studio.po"


def read(language: str) -> Catalog:
    """The catalogue as it is."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """As gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def untranslated(catalog: Catalog) -> list[object]:
    """What it says nothing for."""
    said = {m.id: m.string if m.pluralizable else (m.string,) for m in catalog if m.id}
    return [message for message, words in said.items() if not words or not all(words)]


def main() -> int:
    """Update, compile, and list what still needs a translation."""
    catalog = read("zh")
    catalog.update(gathered(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path = catalogue_path("zh")
    with path.open("wb") as file:
        write_po(file, catalog, omit_header=False, sort_output=True, no_location=True, width=100)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    missing = untranslated(catalog)
    for message in missing:
        print(f"not translated: {message!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
