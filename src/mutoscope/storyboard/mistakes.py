"""What is wrong with a shot list, in words for the person who edits it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mutoscope.core.errors import InvalidRequest

KINDS = MappingProxyType({
    "tuple_type": "a list", "model_type": "an object", "model_attributes_type": "an object",
    "dict_type": "an object", "string_type": "a text", "int_type": "a whole number",
    "int_parsing": "a whole number", "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a sensible size", "float_type": "a number",
    "float_parsing": "a number", "finite_number": "a number that is not infinite",
    "bool_type": "true or false", "bool_parsing": "true or false", "string_unicode": "a text",
})  # fmt: skip
SHOWN_MAX = 60
FIX = "see docs/storyboard.md for what a shot list may hold"


def mistake_in(error: ValidationError) -> InvalidRequest:
    """The first mistake of a shot list, with its field and what to write there."""
    first = error.errors(include_url=False)[0]
    field = _field(first["loc"]) or "shots"
    wrong, fix = _said(first)
    return InvalidRequest(f"{field}: {wrong}", field=field, fix=fix)


def _field(path: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")[:200]


def _said(first: ErrorDetails) -> tuple[str, str]:
    kind, context = first["type"], first.get("ctx", {})
    if kind in KINDS:
        return f"must be {KINDS[kind]}, not {_shown(first['input'])}", f"write {KINDS[kind]}"
    if kind in {"enum", "literal_error"}:
        return f"{_shown(first['input'])} is none of {context['expected']}", "take one of these"
    if kind == "extra_forbidden":
        return "there is no such field", f"leave it out, or correct its name; {FIX}"
    if kind == "missing":
        return "is missing", "add it"
    if kind == "value_error":
        return str(context["error"]), FIX
    return _beyond(kind, context, first["input"]) or (first["msg"], FIX)


def _beyond(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str] | None:
    """A number or a length outside its limits."""
    bounds = {
        "greater_than_equal": ("ge", "at least"), "less_than_equal": ("le", "at most"),
        "less_than": ("lt", "less than"), "greater_than": ("gt", "more than"),
    }  # fmt: skip
    if kind in bounds:
        name, words = bounds[kind]
        return (f"must be {words} {context[name]:g}, not {_shown(given)}",
                f"write {words} {context[name]:g}")  # fmt: skip
    limits = {
        "too_long": ("max_length", "{} entries at most"),
        "too_short": ("min_length", "{} entry at least"),
        "string_too_long": ("max_length", "{} letters at most"),
        "string_too_short": ("min_length", "{} letter at least"),
    }
    if kind in limits:
        name, words = limits[kind]
        said = words.format(context[name])
        return f"may hold {said}", f"give {said}"
    return None


def _shown(given: object) -> str:
    """What was given, short, as JSON names it."""
    if isinstance(given, dict):
        return "an object"
    if isinstance(given, list | tuple):
        return "a list"
    if given is None or isinstance(given, bool):
        return {None: "null", True: "true", False: "false"}[given]
    if isinstance(given, int) and given.bit_length() > 200:
        return "a number of more than 60 digits"
    text = repr(given)
    return text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
