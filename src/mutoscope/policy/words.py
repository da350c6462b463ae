"""The list of words that are refused, and where a request holds one of them.

Words of scripts that put spaces between them are found whole, in any case and width; Chinese,
Japanese and Korean ones wherever they stand, whatever stands between their characters.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import ContentRefused, InvalidRequest, NotFound
from mutoscope.db.schema import refused_word

WORD_LENGTH_MAX = 100
WORDS_MAX = 20_000
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_PIECES = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


@dataclass(frozen=True)
class RefusedWord:
    """A word of the list, as it was written down, and since when."""

    word: str
    since: Milliseconds


class WordList:
    """Reads and changes the list; an edit counts from the next request on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def add(self, tx: Connection, words: Sequence[str]) -> list[str]:
        """Refuse these from now on; returns those that were not refused before."""
        known = {_key(each.word) for each in self.all(tx)}
        new: dict[str, str] = {}
        for word in words:
            new.setdefault(_checked(word), " ".join(word.split()))
        fresh = {key: word for key, word in new.items() if key not in known}
        if len(known) + len(fresh) > WORDS_MAX:
            raise InvalidRequest(
                f"the list would hold {len(known) + len(fresh)} words",
                field="words",
                fix=f"at most {WORDS_MAX}",
            )
        now = self._clock.now()
        if fresh:
            rows = [{"key": k, "word": w, "created_at": now} for k, w in fresh.items()]
            tx.execute(insert(refused_word), rows)
        return list(fresh.values())

    def remove(self, tx: Connection, word: str) -> None:
        """Refuse it no more. NotFound when it is not on the list."""
        gone = tx.execute(delete(refused_word).where(refused_word.c.key == _key(word)))
        if gone.rowcount == 0:
            raise NotFound(f"{word!r} is not on the list", field="word", fix="see the list")

    def all(self, tx: Connection) -> list[RefusedWord]:
        """The whole list, in the order of the alphabet."""
        query = select(refused_word.c.word, refused_word.c.created_at).order_by(refused_word.c.key)
        return [RefusedWord(row.word, Milliseconds(row.created_at)) for row in tx.execute(query)]

    def count(self, tx: Connection) -> int:
        """How many there are."""
        return tx.scalar(select(func.count()).select_from(refused_word)) or 0

    def check(self, tx: Connection, texts: Mapping[str, Any]) -> None:
        """ContentRefused, naming the field, when a text holds a word of the list.

        `texts` are values by the name of their field; those inside lists and objects are named
        `field.0.name`.
        """
        refused = tx.execute(select(refused_word.c.key, refused_word.c.word)).all()
        if not refused:
            return
        for field, text in _strings(texts):
            whole = _key(text)
            joined = whole.replace(" ", "")
            for key, word in refused:
                if _is_in(key, whole, joined):
                    raise ContentRefused(
                        f"{field} holds {word!r}, which is not made here",
                        field=field,
                        fix="say it otherwise",
                    )


def _is_in(key: str, whole: str, joined: str) -> bool:
    if _has_cjk(key):
        return key.replace(" ", "") in joined
    return key in whole


def _has_cjk(text: str) -> bool:
    return re.search(f"[{_CJK}]", text) is not None


def _key(text: str) -> str:
    """What a text is compared as: its pieces, lower case, with one space on each side."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    # What can't be seen must not hide a word: soft hyphens, joiners, marks of direction.
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return f" {' '.join(_PIECES.findall(seen))} "


def _checked(word: str) -> str:
    key = _key(word)
    if not key.strip() or len(word) > WORD_LENGTH_MAX:
        raise InvalidRequest(
            f"{word[:WORD_LENGTH_MAX]!r} can't be a word of the list",
            field="words",
            fix=f"1 to {WORD_LENGTH_MAX} characters, at least one letter or digit",
        )
    return key


def _strings(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _strings(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _strings(inner, f"{place}.{number}")
