"""Keys for programs: made and revoked by those who may, and never for more than they may."""

from collections.abc import Sequence

from mutoscope.core.actor import Actor
from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotPermitted
from mutoscope.core.ids import KeyId, ProjectId
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import (
    DEFAULT_SCOPES,
    Credentials,
    Networks,
    Permission,
    Role,
    Scopes,
    allowed_by,
    permissions_of,
    valid_name,
)

DAYS_MAX = 3650


def make_key(
    rooms: Rooms,
    actor: Actor,
    project_id: ProjectId,
    *,
    name: str,
    scopes: Scopes = DEFAULT_SCOPES,
    days: int | None = None,
    networks: Sequence[str] = (),
) -> Credentials:
    """A key of a project, good for `days` or for ever. Its secrets are shown this once.

    It may be used from `networks` only, or from anywhere when there are none.
    """
    actor.check(Permission.KEYS_MANAGE)
    wanted = Networks.parse(networks)
    _check_scopes(actor, scopes)
    with rooms.database.transaction() as tx:
        project = rooms.projects.find(tx, actor.organization_id, project_id)
        if project.is_archived:
            raise Conflict("this project is archived", field="project_id", fix="restore it first")
        credentials = rooms.keys.create(
            tx,
            actor.organization_id,
            project_id,
            valid_name(name),
            scopes=scopes,
            expires_at=None if days is None else _in_days(rooms, days),
            created_by=actor.person_id,
        )
        if wanted.networks:
            rooms.keys.restrict(tx, actor.organization_id, credentials.id, wanted)
        rooms.trail.record(
            tx,
            actor,
            "identity.key.created",
            credentials.id,
            actor.organization_id,
            name=valid_name(name),
            project=project_id,
            scopes=sorted(scopes),
            days=days,
            networks=str(wanted) or None,
        )
    return credentials


def revoke_key(rooms: Rooms, actor: Actor, key_id: KeyId) -> None:
    """Make a key worthless at once."""
    actor.check(Permission.KEYS_MANAGE)
    with rooms.database.transaction() as tx:
        rooms.keys.revoke(tx, actor.organization_id, key_id)
        rooms.trail.record(tx, actor, "identity.key.revoked", key_id, actor.organization_id)


def restrict_key(rooms: Rooms, actor: Actor, key_id: KeyId, networks: Sequence[str]) -> Networks:
    """Let a key be used from these networks only; from anywhere when there are none."""
    actor.check(Permission.KEYS_MANAGE)
    wanted = Networks.parse(networks)
    with rooms.database.transaction() as tx:
        rooms.keys.restrict(tx, actor.organization_id, key_id, wanted)
        rooms.trail.record(
            tx,
            actor,
            "identity.key.restricted",
            key_id,
            actor.organization_id,
            networks=str(wanted),
        )
    return wanted


def draw_callback_secret(rooms: Rooms, actor: Actor, *, at_once: bool = False) -> str:
    """A new secret that callbacks are signed with, shown this once.

    The one before it signs along for a week, or no more if `at_once`.
    """
    actor.check(Permission.KEYS_MANAGE)
    with rooms.database.transaction() as tx:
        secret = rooms.callback_secrets.draw(tx, actor.organization_id, at_once=at_once)
        rooms.trail.record(
            tx,
            actor,
            "callbacks.secret.drawn",
            actor.organization_id,
            actor.organization_id,
            at_once=at_once,
        )
    return secret


def _check_scopes(actor: Actor, scopes: Scopes) -> None:
    """A key must not make a stronger one than itself."""
    wanted = allowed_by(scopes) & permissions_of(Role(actor.role), in_house=False)
    beyond = wanted - actor.permissions
    if beyond:
        raise NotPermitted(
            f"this key can't make one that may {', '.join(sorted(beyond))}",
            field="scopes",
            fix="leave out the scopes that your own key lacks",
        )


def _in_days(rooms: Rooms, days: int) -> Milliseconds:
    if not 1 <= days <= DAYS_MAX:
        raise InvalidRequest(f"a key is good for 1 to {DAYS_MAX} days", field="days")
    return Milliseconds(rooms.clock.now() + days * 86_400_000)
