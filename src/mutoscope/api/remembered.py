"""Answers kept for as long as nobody commits anything."""

import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")
ANSWERS_MAX = 4096
# What changes with time alone (a token expires) shows this late, at most.
SECONDS_MAX = 1.0


class Changing(Protocol):
    """What knows of every commit: the database."""

    def changes(self) -> int:
        """A number that is another one after every commit."""
        ...


class Remembered(Generic[Key, Answer]):
    """What was answered since the last commit, and within the last second.

    Not for threads: keep and ask in the event loop.
    """

    def __init__(self, database: Changing, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._since = 0
        self._until = 0.0
        self._answers: dict[Key, Answer] = {}

    def version(self) -> int:
        """What to keep an answer under: ask before finding it out."""
        version, now = self._database.changes(), self._now()
        if version != self._since or now > self._until:
            self._answers.clear()
            self._since, self._until = version, now + SECONDS_MAX
        return version

    def find(self, key: Key) -> Answer | None:
        """The answer, if it still holds; `version()` was asked in the same breath."""
        return self._answers.get(key)

    def keep(self, key: Key, answer: Answer, *, version: int) -> None:
        """Remember an answer that was found out after `version()` said this."""
        if version == self._since and len(self._answers) < ANSWERS_MAX:
            self._answers[key] = answer
