"""The list of words that are not made here, changed by whoever administers the house."""

from collections.abc import Sequence

from mutoscope.core.actor import Actor
from mutoscope.core.errors import InvalidRequest
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission


def refuse_words(rooms: Rooms, actor: Actor, words: Sequence[str]) -> list[str]:
    """Refuse requests that hold one of these, from the next on; returns those that are new."""
    actor.check(Permission.HOUSE_ADMINISTER)
    if not words:
        raise InvalidRequest("no words are given", field="words", fix="write one a line")
    with rooms.database.transaction() as tx:
        added = rooms.words.add(tx, words)
        if added:
            verb, house = "policy.words.added", actor.organization_id
            rooms.trail.record(tx, actor, verb, len(added), house, words=added)
    return added


def allow_word(rooms: Rooms, actor: Actor, word: str) -> None:
    """Refuse a word no more. NotFound when it is not on the list."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        rooms.words.remove(tx, word)
        rooms.trail.record(tx, actor, "policy.words.removed", word, actor.organization_id)
