"""Templates: escaped, strict about names, one environment a language."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mutoscope.billing import money
from mutoscope.core.clock import Milliseconds
from mutoscope.studio import words as words_module
from mutoscope.studio.statics import Statics
from mutoscope.studio.words import LANGUAGES, Words, words_for

if TYPE_CHECKING:
    from mutoscope.studio.visit import Frame

FOLDER = Path(__file__).with_name("templates")
EXTENSIONS = ["jinja2.ext.i18n"]


class Templates:
    """Renders a page object with the template that shows it."""

    def __init__(self, statics: Statics) -> None:
        self._environments: Mapping[str, Environment] = {
            language: _environment(words_for(language), statics) for language in LANGUAGES
        }

    def render(
        self, template: str, page: object, frame: "Frame", words: Words, now: Milliseconds
    ) -> str:
        """The HTML. A template sees `page`, `frame` and what `_environment` lists; no more."""
        environment = self._environments[words.language]
        return environment.get_template(template).render(
            page=page, frame=frame, ago=partial(_ago, words, now)
        )

    def render_part(self, template: str, page: object, words: Words) -> str:
        """A partial that needs nothing of its surroundings."""
        return self._environments[words.language].get_template(template).render(page=page)


def _environment(words: Words, statics: Statics) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=EXTENSIONS,
        auto_reload=False,
    )
    catalogue = words.catalogue
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.globals["static"] = statics.address
    environment.globals["LANGUAGES"] = LANGUAGES
    environment.filters["pick"] = words.pick
    environment.filters["amount"] = words_module.amount
    environment.filters["money"] = money
    environment.filters["duration"] = words.duration
    environment.filters["file_size"] = words_module.file_size
    environment.filters["exact_time"] = words_module.exact_time
    environment.filters["machine_time"] = words_module.machine_time
    return environment


def _ago(words: Words, now: Milliseconds, at: Milliseconds) -> str:
    return words.ago(at, now)
