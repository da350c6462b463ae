"""How far a vendor's operations and fields are honoured here.

Wire models carry these marks; what is marked as not offered is refused by name, and the pages of
documentation are written from the same marks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from mutoscope.core.errors import InvalidRequest


class Level(StrEnum):
    """How far something is honoured."""

    WORKS = "works"
    PARTLY = "partly"
    IGNORED = "accepted, no effect"
    NOT_OFFERED = "not offered"


@dataclass(frozen=True)
class Support:
    """How far, and for anything less than all: how or why."""

    level: Level
    how: str = ""


WORKS = Support(Level.WORKS)


def partly(how: str) -> Support:
    """Honoured within limits."""
    return Support(Level.PARTLY, how)


def ignored(why: str) -> Support:
    """Accepted, because it changes nothing that the vendor promises."""
    return Support(Level.IGNORED, why)


def not_offered(why: str) -> Support:
    """Refused when set to anything but nothing."""
    return Support(Level.NOT_OFFERED, why)


@dataclass(frozen=True)
class MarkedField:
    """A field of a wire model by its full name, with its mark."""

    name: str
    support: Support


def fields_of(body: type[BaseModel], prefix: str = "") -> Iterator[MarkedField]:
    """Every field of a wire model, those of inner models too, in order."""
    for name, info in body.model_fields.items():
        where = f"{prefix}{info.alias or name}"
        for mark in info.metadata:
            if isinstance(mark, Support):
                yield MarkedField(where, mark)
        for inner in _models_in(info.annotation):
            yield from fields_of(inner, f"{where}.")


def refuse_what_is_not_offered(body: BaseModel, prefix: str = "") -> None:
    """Raise InvalidRequest naming the first field that asks for what can't be done here."""
    for name, info in type(body).model_fields.items():
        where = f"{prefix}{info.alias or name}"
        value = getattr(body, name)
        for mark in info.metadata:
            if isinstance(mark, Support) and mark.level is Level.NOT_OFFERED and value:
                raise InvalidRequest(f"{where} is not offered here", field=where, fix=mark.how)
        for number, inner in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(inner, BaseModel):
                place = f"{where}.{number}." if isinstance(value, list) else f"{where}."
                refuse_what_is_not_offered(inner, place)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models_in(part)
