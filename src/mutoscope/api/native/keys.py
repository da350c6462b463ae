"""API keys of the organization."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from mutoscope.api.access import ActorHere, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_people import (
    KeyBody,
    KeyList,
    NewKeyReply,
    key_reply,
    new_key_reply,
)
from mutoscope.core.ids import KeyId, ProjectId
from mutoscope.generations import make_key, revoke_key
from mutoscope.identity import DEFAULT_SCOPES, Permission, parse_scopes

router = APIRouter(prefix="/keys", tags=["keys"], responses=REFUSALS)


@router.get("")
def list_keys(rooms: RoomsHere, actor: ActorHere) -> KeyList:
    """The keys that work, without their secrets."""
    actor.check(Permission.KEYS_MANAGE)
    with rooms.database.snapshot() as tx:
        found = rooms.keys.list(tx, actor.organization_id)
    return KeyList(items=[key_reply(each) for each in found])


@router.post("", status_code=HTTPStatus.CREATED)
def create_key(body: KeyBody, rooms: RoomsHere, actor: ActorHere) -> NewKeyReply:
    """Make a key. Its secrets are shown this once."""
    with rooms.database.snapshot() as tx:
        projects = rooms.projects.list(tx, actor.organization_id)
    made = make_key(
        rooms,
        actor,
        ProjectId(body.project_id) if body.project_id else projects[0].id,
        name=body.name,
        scopes=DEFAULT_SCOPES if body.scopes is None else parse_scopes(body.scopes),
        days=body.days,
    )
    return new_key_reply(made)


@router.delete("/{key_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_key(
    key_id: Annotated[str, Path(max_length=64)], rooms: RoomsHere, actor: ActorHere
) -> None:
    """Make a key worthless at once."""
    revoke_key(rooms, actor, KeyId(key_id))
