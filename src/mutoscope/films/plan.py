"""A brief becomes a shot list. The planner brings NumPy along, so it is a process of its own."""

import json
import os
import secrets
import subprocess
import sys
import threading
from typing import Any

from mutoscope.core.errors import InvalidRequest, MutoscopeError, NothingToDraw, TooManyRequests
from mutoscope.core.ids import new_opaque_id
from mutoscope.core.request import PROMPT_LENGTH_MAX, SEED_MAX
from mutoscope.films import store
from mutoscope.films.film import Film, Shot, new_shot
from mutoscope.generations import Owner, Rooms

PLANNER = "mutoscope.storyboard.brief"
PLANNING_SECONDS_MAX = 30.0
TITLE_LENGTH = 60
_AT_ONCE = threading.BoundedSemaphore(2)
_PASSED_ON = ("PYTHONPATH", "LD_LIBRARY_PATH")


def begin(rooms: Rooms, owner: Owner, *, brief: str, seconds: float, ratio: str) -> Film:
    """Plan a film and keep it. NothingToDraw when the brief says nothing that can be seen."""
    brief = brief.strip()
    if not 0 < len(brief) <= PROMPT_LENGTH_MAX:
        detail = f"a brief has 1 to {PROMPT_LENGTH_MAX} characters"
        raise InvalidRequest(detail, field="brief")
    if not 1 <= seconds <= 90:
        raise InvalidRequest("a film plays 1 to 90 seconds", field="seconds")
    shots = _planned(brief, seconds)
    now = rooms.clock.now()
    film = Film(
        id=new_opaque_id(),
        organization_id=owner.organization_id,
        project_id=owner.project_id,
        title=shots[0].words[:TITLE_LENGTH],
        brief=brief,
        ratio=ratio,
        seed=secrets.randbelow(SEED_MAX + 1),
        shots=shots,
        revision=1,
        approved_revision=None,
        created_at=now,
        updated_at=now,
    )
    with rooms.database.transaction() as tx:
        store.add(tx, film, owner.person_id)
    return film


def _planned(brief: str, seconds: float) -> tuple[Shot, ...]:
    answer = _ask({"brief": brief, "seconds": seconds})
    if "problem" in answer:
        raise NothingToDraw(answer["problem"], field="brief", fix=answer["fix"])
    return tuple(new_shot(s["words"], s["seconds"], s["scene"]) for s in answer["shots"])


def _ask(order: dict[str, Any]) -> Any:
    if not _AT_ONCE.acquire(timeout=PLANNING_SECONDS_MAX):
        raise TooManyRequests("too many films are being planned", fix="try again in a moment")
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the brief comes through a pipe
            [sys.executable, "-m", PLANNER],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            cwd="/",
            timeout=PLANNING_SECONDS_MAX,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise MutoscopeError("the brief could not be planned", fix="try again, shorter") from error
    finally:
        _AT_ONCE.release()
    return json.loads(done.stdout)
