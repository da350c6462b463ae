"""Organizations, and the projects in them."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import BigInteger, Connection, Select, func, insert, literal_column, select, update
from sqlalchemy.engine import Row

from mutoscope.core.clock import Clock, Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotFound
from mutoscope.core.ids import OrganizationId, ProjectId, new_opaque_id
from mutoscope.db.schema import organization, project

NAME_LENGTH_MAX = 80


@dataclass(frozen=True)
class Organization:
    """A tenant: people, projects and a wallet that no other tenant sees."""

    id: OrganizationId
    name: str
    time_zone: str
    created_at: Milliseconds


@dataclass(frozen=True)
class Project:
    """A piece of an organization's work."""

    id: ProjectId
    organization_id: OrganizationId
    name: str
    created_at: Milliseconds
    archived_at: Milliseconds | None

    @property
    def is_archived(self) -> bool:
        """Nothing new is made in it."""
        return self.archived_at is not None


class Projects:
    """Makes, names and archives them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def organizations(self, tx: Connection) -> list[Organization]:
        """All of them, oldest first."""
        order = (organization.c.created_at, literal_column("organization.rowid", BigInteger))
        return [_organization(row) for row in tx.execute(select(organization).order_by(*order))]

    def organization(self, tx: Connection, organization_id: OrganizationId) -> Organization:
        """One of them. NotFound when there is none such."""
        query = select(organization).where(organization.c.id == organization_id)
        row = tx.execute(query).first()
        if row is None:
            raise NotFound("there is no such organization")
        return _organization(row)

    def change_organization(
        self,
        tx: Connection,
        organization_id: OrganizationId,
        *,
        name: str | None = None,
        time_zone: str | None = None,
    ) -> Organization:
        """Give it another name, or midnights elsewhere."""
        new: dict[str, str] = {}
        if name is not None:
            new["name"] = valid_name(name)
        if time_zone is not None:
            new["time_zone"] = valid_time_zone(time_zone)
        if new:
            ours = organization.c.id == organization_id
            tx.execute(update(organization).where(ours).values(new))
        return self.organization(tx, organization_id)

    def add(self, tx: Connection, organization_id: OrganizationId, name: str) -> Project:
        """Begin a project."""
        self._check_name_is_free(tx, organization_id, valid_name(name))
        new = {
            "id": ProjectId(new_opaque_id()),
            "organization_id": organization_id,
            "name": valid_name(name),
            "created_at": self._clock.now(),
        }
        row = tx.execute(insert(project).values(new).returning(project)).one()
        return _project(row)

    def list(
        self, tx: Connection, organization_id: OrganizationId, *, archived: bool = False
    ) -> list[Project]:
        """An organization's projects, oldest first; archived ones only if asked for."""
        query = _projects_of(organization_id)
        if not archived:
            query = query.where(project.c.archived_at.is_(None))
        return [_project(row) for row in tx.execute(query)]

    def find(
        self, tx: Connection, organization_id: OrganizationId, project_id: ProjectId
    ) -> Project:
        """One of an organization's projects. NotFound when it is none of theirs."""
        row = tx.execute(_projects_of(organization_id).where(project.c.id == project_id)).first()
        if row is None:
            raise NotFound("there is no such project")
        return _project(row)

    def rename(
        self, tx: Connection, organization_id: OrganizationId, project_id: ProjectId, name: str
    ) -> Project:
        """Call it something else. Conflict when another has that name."""
        before = self.find(tx, organization_id, project_id)
        if valid_name(name) != before.name:
            self._check_name_is_free(tx, organization_id, valid_name(name))
            tx.execute(
                update(project).where(project.c.id == project_id).values(name=valid_name(name))
            )
        return self.find(tx, organization_id, project_id)

    def archive(
        self, tx: Connection, organization_id: OrganizationId, project_id: ProjectId
    ) -> Project:
        """Let nothing new be made in it. Conflict when it is the last one."""
        before = self.find(tx, organization_id, project_id)
        if before.is_archived:
            return before
        if len(self.list(tx, organization_id)) == 1:
            raise Conflict("this is the last project", fix="begin another one first")
        now = self._clock.now()
        tx.execute(update(project).where(project.c.id == project_id).values(archived_at=now))
        return self.find(tx, organization_id, project_id)

    def restore(
        self, tx: Connection, organization_id: OrganizationId, project_id: ProjectId
    ) -> Project:
        """Go on with an archived one."""
        self.find(tx, organization_id, project_id)
        tx.execute(update(project).where(project.c.id == project_id).values(archived_at=None))
        return self.find(tx, organization_id, project_id)

    def _check_name_is_free(
        self, tx: Connection, organization_id: OrganizationId, name: str
    ) -> None:
        same = func.lower(project.c.name) == name.lower()
        if tx.execute(_projects_of(organization_id).where(same)).first() is not None:
            raise Conflict(f"there is a project {name!r} already", field="name")


def valid_name(name: str) -> str:
    """A name without blanks around it. InvalidRequest when it is empty, long or unprintable."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= NAME_LENGTH_MAX or not plain.isprintable():
        raise InvalidRequest(
            f"a name has 1 to {NAME_LENGTH_MAX} printable characters", field="name"
        )
    return plain


def valid_time_zone(name: str) -> str:
    """An IANA name. InvalidRequest when there is no such zone."""
    if name not in available_timezones():
        raise InvalidRequest(
            f"{name!r} is no time zone", field="time_zone", fix="send a name like Asia/Shanghai"
        )
    return ZoneInfo(name).key


def _projects_of(organization_id: OrganizationId) -> Select[Any]:
    ours = project.c.organization_id == organization_id
    order = (project.c.created_at, literal_column("project.rowid", BigInteger))
    return select(project).where(ours).order_by(*order)


def _organization(row: Row[Any]) -> Organization:
    return Organization(row.id, row.name, row.time_zone, row.created_at)


def _project(row: Row[Any]) -> Project:
    return Project(row.id, row.organization_id, row.name, row.created_at, row.archived_at)
