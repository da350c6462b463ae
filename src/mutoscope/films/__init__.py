"""Films of several shots: a brief becomes a shot list, drafts, and one film of one piece.

Knows generations and nothing of pages. What plans a brief is a process of its own.
"""

from mutoscope.films.film import SHOTS_MAX, WORDS_MAX, Film, Shot, Take, TakeKind, new_shot
from mutoscope.films.plan import begin
from mutoscope.films.render import draft, join, price, shoot
from mutoscope.films.store import approve, delete, find, listing, save, takes

__all__ = [
    "SHOTS_MAX",
    "WORDS_MAX",
    "Film",
    "Shot",
    "Take",
    "TakeKind",
    "approve",
    "begin",
    "delete",
    "draft",
    "find",
    "join",
    "listing",
    "new_shot",
    "price",
    "save",
    "shoot",
    "takes",
]
