"""Language and theme: cookies, so that the sign-in page speaks the right one too."""

from fastapi import APIRouter, Response

from mutoscope.studio.visit import (
    CHOICE_SECONDS,
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    AnyVisit,
    Posted,
    path_within,
    text_of,
)
from mutoscope.studio.words import LANGUAGES

router = APIRouter()


@router.post("/preferences")
def set_preferences(visit: AnyVisit, posted: Posted) -> Response:
    """Remember a language or a theme, and go back."""
    answer = visit.leads_to(path_within(text_of(posted, "back")))
    language, theme = text_of(posted, "language"), text_of(posted, "theme")
    if language in LANGUAGES:
        visit.remember(answer, LANGUAGE_COOKIE, language, CHOICE_SECONDS)
    if theme in THEMES:
        visit.remember(answer, THEME_COOKIE, theme, CHOICE_SECONDS)
    return answer
