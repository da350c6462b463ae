"""Organizations and their projects: begin, name, archive."""

from dataclasses import dataclass

from sqlalchemy import Connection

from mutoscope.core.actor import Actor
from mutoscope.core.ids import ProjectId
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Organization, Permission, Person, Project, Role


@dataclass(frozen=True)
class Founded:
    """A new tenant, and how its owner comes in the first time."""

    organization: Organization
    owner: Person
    link_token: str


def found_organization(
    rooms: Rooms, actor: Actor, *, name: str, owner_name: str, owner_email: str
) -> Founded:
    """Take a new tenant in, with an owner, a first project and an empty wallet."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        organization_id, _project = rooms.people.found_organization(tx, name)
        person_id = rooms.people.add(
            tx, organization_id, name=owner_name, email=owner_email, role=Role.OWNER
        )
        rooms.ledger.open_wallet(tx, organization_id)
        link = rooms.people.new_link(tx, person_id)
        rooms.trail.record(
            tx,
            actor,
            "house.organization.created",
            organization_id,
            actor.organization_id,
            name=name,
            owner=person_id,
        )
        return Founded(
            rooms.projects.organization(tx, organization_id),
            rooms.people.find(tx, organization_id, person_id),
            link,
        )


def change_organization(
    rooms: Rooms, actor: Actor, *, name: str | None = None, time_zone: str | None = None
) -> Organization:
    """Give one's organization another name, or midnights elsewhere."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.transaction() as tx:
        changed = rooms.projects.change_organization(
            tx, actor.organization_id, name=name, time_zone=time_zone
        )
        if time_zone is not None:
            rooms.budgets.follow_time_zone(tx, changed.id)
        rooms.trail.record(
            tx,
            actor,
            "identity.organization.changed",
            changed.id,
            changed.id,
            name=changed.name,
            time_zone=changed.time_zone,
        )
        return changed


def begin_project(rooms: Rooms, actor: Actor, name: str) -> Project:
    """Begin a project."""
    actor.check(Permission.PROJECTS_MANAGE)
    with rooms.database.transaction() as tx:
        project = rooms.projects.add(tx, actor.organization_id, name)
        _record(tx, rooms, actor, "created", project)
        return project


def rename_project(rooms: Rooms, actor: Actor, project_id: ProjectId, name: str) -> Project:
    """Call a project something else."""
    actor.check(Permission.PROJECTS_MANAGE)
    with rooms.database.transaction() as tx:
        project = rooms.projects.rename(tx, actor.organization_id, project_id, name)
        _record(tx, rooms, actor, "renamed", project)
        return project


def archive_project(rooms: Rooms, actor: Actor, project_id: ProjectId) -> Project:
    """Let nothing new be made in a project; what is there stays."""
    actor.check(Permission.PROJECTS_MANAGE)
    with rooms.database.transaction() as tx:
        project = rooms.projects.archive(tx, actor.organization_id, project_id)
        _record(tx, rooms, actor, "archived", project)
        return project


def restore_project(rooms: Rooms, actor: Actor, project_id: ProjectId) -> Project:
    """Go on with an archived project."""
    actor.check(Permission.PROJECTS_MANAGE)
    with rooms.database.transaction() as tx:
        project = rooms.projects.restore(tx, actor.organization_id, project_id)
        _record(tx, rooms, actor, "restored", project)
        return project


def _record(tx: Connection, rooms: Rooms, actor: Actor, verb: str, project: Project) -> None:
    rooms.trail.record(
        tx,
        actor,
        f"identity.project.{verb}",
        project.id,
        project.organization_id,
        name=project.name,
    )
