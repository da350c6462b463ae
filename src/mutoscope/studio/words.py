"""Words for people in two languages: which one, from which catalogue, and how numbers look."""

import gettext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from mutoscope.catalog import Bilingual
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.rendering import Note

DOMAIN = "studio"
LOCALES = Path(__file__).with_name("locales")
LANGUAGES = {"zh": "中文", "en": "English"}
# The language the templates are written in: its catalogue is the templates themselves.
SOURCE_LANGUAGE = "en"

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Words:
    """One language."""

    language: str
    catalogue: gettext.NullTranslations

    def __call__(self, message: str) -> str:
        """Translate."""
        return self.catalogue.gettext(message)

    def count(self, one: str, many: str, number: int) -> str:
        """Translate what depends on a number."""
        return self.catalogue.ngettext(one, many, number)

    def pick(self, text: Bilingual | Note) -> str:
        """The one of two."""
        return text.zh if self.language == "zh" else text.en

    def ago(self, at: Milliseconds, now: Milliseconds) -> str:
        """How long ago it was, roughly."""
        seconds = max(0, now - at) // 1000
        if seconds < MINUTE:
            return self("just now")
        if seconds < HOUR:
            number = seconds // MINUTE
            return self.count("%d minute ago", "%d minutes ago", number) % number
        if seconds < DAY:
            number = seconds // HOUR
            return self.count("%d hour ago", "%d hours ago", number) % number
        number = seconds // DAY
        return self.count("%d day ago", "%d days ago", number) % number

    def duration(self, seconds: float) -> str:
        """A length of time, as short as it can be said."""
        if seconds < MINUTE:
            return self("%g s") % round(seconds, 1 if seconds < 10 else None)
        return self("%d min %d s") % divmod(round(seconds), MINUTE)


@cache
def words_for(language: str) -> Words:
    """The words of a language."""
    if language == SOURCE_LANGUAGE:
        return Words(language, gettext.NullTranslations())
    return Words(language, gettext.translation(DOMAIN, LOCALES, [language]))


def choose_language(chosen: str | None, accepted: str) -> str:
    """The language somebody chose, or the first of ours that their browser asks for."""
    if chosen in LANGUAGES:
        return str(chosen)
    for wanted in _by_preference(accepted):
        language = wanted.partition("-")[0]
        if language in LANGUAGES:
            return language
    return SOURCE_LANGUAGE


def exact_time(at: Milliseconds) -> str:
    """A moment to the second, in UTC."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine_time(at: Milliseconds) -> str:
    """A moment as HTML's `datetime` has it."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def amount(value: Millicredits) -> str:
    """Credits with their thousands apart: 9,990.5."""
    whole, point, rest = credits_text(value).partition(".")
    return f"{int(whole):,}{point}{rest}"


def file_size(size_bytes: int) -> str:
    """Bytes in the unit that suits them."""
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    if size_bytes < 1_000_000_000:
        return f"{size_bytes / 1_000_000:.1f} MB"
    return f"{size_bytes / 1_000_000_000:.1f} GB"


def _by_preference(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first."""
    wanted: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        name, _, quality = part.strip().lower().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if name and weight > 0:
            wanted.append((weight, name))
    return [name for _, name in sorted(wanted, key=lambda pair: -pair[0])]
