"""The parts of JSON are counted alike however a body is cut into pieces."""

import json

from hypothesis import given
from hypothesis import strategies as st

from mutoscope.api.limits import JSON_PARTS_MAX, QUOTES_MAX, PartsCount

LETTERS = st.text(alphabet='"\\,[{}]:\n a\u00e9\u2200\ud55c', max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | LETTERS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(LETTERS, inner, max_size=5),
    max_leaves=20,
)
# What must be added for the count to be full: so that one part more, or one less, is seen.
FULL = b"," * JSON_PARTS_MAX


def parts_of(value: object) -> int:
    """Lists and objects, and what stands in each after the first."""
    if isinstance(value, dict):
        return 1 + max(0, len(value) - 1) + sum(map(parts_of, value.values()))
    if isinstance(value, list):
        return 1 + max(0, len(value) - 1) + sum(map(parts_of, value))
    return 0


def is_over(pieces: list[bytes]) -> bool:
    count = PartsCount()
    for piece in pieces:
        count.read(piece)
    return count.are_too_many


@given(VALUES, st.booleans(), st.integers(1, 7))
def test_parts_are_counted_and_texts_are_not(value: object, escaped: bool, step: int) -> None:
    body = json.dumps(value, ensure_ascii=escaped).encode()
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    parts = parts_of(value)
    assert not is_over([*pieces, FULL[parts:]])
    assert is_over([*pieces, FULL[parts:], b","])


def test_the_count_is_kept_when_a_backslash_ends_a_piece() -> None:
    pieces = [b'["', b"\\", b'"', b"," * JSON_PARTS_MAX, b'"']
    assert not is_over([*pieces, FULL[1:]])
    assert is_over([*pieces, FULL])


def test_texts_are_counted_too() -> None:
    assert not is_over([b'"' * QUOTES_MAX])
    assert is_over([b'"' * QUOTES_MAX, b'"'])
