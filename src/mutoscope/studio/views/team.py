"""Team: who is here and may do what, invitations, projects, and the door for those invited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from mutoscope.core.errors import MutoscopeError, NotAuthenticated
from mutoscope.core.ids import InvitationId, PersonId, ProjectId
from mutoscope.generations import (
    archive_project,
    begin_project,
    change_organization,
    dismiss,
    invite,
    join,
    readmit,
    restore_project,
    set_role,
    take_back,
)
from mutoscope.identity import Invitation, Organization, Permission, Person, Project, Role
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.visit import (
    SESSION_COOKIE,
    SESSION_SECONDS,
    AnyVisit,
    Member,
    MemberVisit,
    Posted,
    PressedByMember,
    text_of,
)
from mutoscope.studio.words import Words

router = APIRouter()


@dataclass(frozen=True)
class TeamPage:
    """Everything templates/pages/team.html may use."""

    organization: Organization
    me: Person
    people: list[Person]
    projects: list[Project]
    invitations: list[Invitation]
    roles: list[tuple[Role, str]]
    role_names: Mapping[Role, str]
    can_manage: bool
    can_manage_projects: bool
    # The link of an invitation that was written just now: shown this once.
    link: str
    complaints: Mapping[str, Complaint]


@dataclass(frozen=True)
class JoinPage:
    """Everything templates/pages/join.html may use."""

    token: str
    name: str = ""
    email: str = ""
    # The link still leads in.
    is_open: bool = True
    complaints: Mapping[str, Complaint] = field(default_factory=dict)


@router.get("/team")
def team_page(visit: Member) -> Response:
    """Everybody, and every project."""
    return _show(visit)


@router.post("/team/organization")
def name_organization(visit: Member, posted: Posted) -> Response:
    """Another name, or midnights elsewhere."""
    name, time_zone = text_of(posted, "organization").strip(), text_of(posted, "time_zone").strip()
    return _do(
        visit,
        "organization",
        lambda: change_organization(visit.rooms, visit.actor, name=name, time_zone=time_zone),
    )


@router.post("/team/invitations")
def write_invitation(visit: Member, posted: Posted) -> Response:
    """Invite somebody; the link is shown this once."""
    try:
        role = Role.parse(text_of(posted, "role"))
        email = text_of(posted, "email").strip() or None
        _, token = invite(visit.rooms, visit.actor, role=role, email=email)
    except MutoscopeError as error:
        return _refuse(visit, "invitation", error)
    return _show(visit, link=f"{visit.base_url}/join?token={token}")


@router.post("/team/invitations/{invitation_id}/revoke", dependencies=[PressedByMember])
def revoke_invitation(visit: Member, invitation_id: str) -> Response:
    """Make an invitation worthless."""
    take_back(visit.rooms, visit.actor, InvitationId(invitation_id))
    return visit.leads_to("/team")


@router.post("/team/people/{person_id}/role")
def change_role(visit: Member, person_id: str, posted: Posted) -> Response:
    """Promote or demote somebody."""

    def change() -> object:
        # Whoever is not there has no role, whichever is sent.
        with visit.rooms.database.snapshot() as tx:
            person = visit.rooms.people.find(tx, visit.person.organization_id, PersonId(person_id))
        role = Role.parse(text_of(posted, "role"))
        return set_role(visit.rooms, visit.actor, person.id, role)

    return _do(visit, "people", change)


@router.post("/team/people/{person_id}/disable", dependencies=[PressedByMember])
def disable_person(visit: Member, person_id: str) -> Response:
    """Show somebody the door."""
    return _do(visit, "people", lambda: dismiss(visit.rooms, visit.actor, PersonId(person_id)))


@router.post("/team/people/{person_id}/enable", dependencies=[PressedByMember])
def enable_person(visit: Member, person_id: str) -> Response:
    """Let them in again."""
    return _do(visit, "people", lambda: readmit(visit.rooms, visit.actor, PersonId(person_id)))


@router.post("/team/projects")
def add_project(visit: Member, posted: Posted) -> Response:
    """Begin a project."""
    name = text_of(posted, "name")
    return _do(visit, "project", lambda: begin_project(visit.rooms, visit.actor, name))


@router.post("/team/projects/{project_id}/choose", dependencies=[PressedByMember])
def choose_project(visit: Member, project_id: str) -> Response:
    """Make what comes next in this project."""
    with visit.rooms.database.transaction() as tx:
        project = visit.rooms.projects.find(tx, visit.person.organization_id, ProjectId(project_id))
        visit.rooms.people.choose_project(tx, visit.session, project.id)
    return visit.leads_to("/team#projects")


@router.post("/team/projects/{project_id}/archive", dependencies=[PressedByMember])
def put_project_away(visit: Member, project_id: str) -> Response:
    """Let nothing new be made in it."""
    return _do(
        visit, "project", lambda: archive_project(visit.rooms, visit.actor, ProjectId(project_id))
    )


@router.post("/team/projects/{project_id}/restore", dependencies=[PressedByMember])
def take_project_out(visit: Member, project_id: str) -> Response:
    """Go on with it."""
    return _do(
        visit, "project", lambda: restore_project(visit.rooms, visit.actor, ProjectId(project_id))
    )


@router.get("/join")
def join_page(visit: AnyVisit, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The door for those invited. Looking does not use the invitation up."""
    try:
        with visit.rooms.database.snapshot() as tx:
            visit.rooms.invitations.read(tx, token)
    except NotAuthenticated as error:
        page = JoinPage(token, is_open=False, complaints={"form": complaint(error, visit.words)})
        return visit.show("pages/join.html", page, visit.house.status_of(error))
    return visit.show("pages/join.html", JoinPage(token))


@router.post("/join")
def join_team(visit: AnyVisit, posted: Posted) -> Response:
    """Become a member, and come in."""
    token, name, email = (text_of(posted, key).strip() for key in ("token", "name", "email"))
    try:
        password = text_of(posted, "password")
        person = join(visit.rooms, token, name=name, email=email, password=password)
    except MutoscopeError as error:
        key = error.field if error.field in {"name", "email", "password"} else "form"
        page = JoinPage(token, name, email, complaints={key: complaint(error, visit.words)})
        return visit.show("pages/join.html", page, visit.house.status_of(error))
    with visit.rooms.database.transaction() as tx:
        session = visit.rooms.people.new_session(tx, person.id)
        visit.rooms.trail.record(
            tx,
            person.actor,
            "identity.session.started",
            person.id,
            person.organization_id,
            by="invitation",
        )
    return visit.remember(visit.leads_to("/"), SESSION_COOKIE, session, SESSION_SECONDS)


def role_name(role: Role, say: Words) -> str:
    """What a role is called."""
    match role:
        case Role.OWNER:
            return say("Owner")
        case Role.ADMIN:
            return say("Administrator")
        case Role.PRODUCER:
            return say("Producer")
        case Role.CREATOR:
            return say("Creator")
        case Role.VIEWER:
            return say("Viewer")


def _do(visit: MemberVisit, name: str, act: Callable[[], object]) -> Response:
    """Do it and show the page again; with the reason beside the form where it was refused."""
    try:
        act()
    except MutoscopeError as error:
        return _refuse(visit, name, error)
    return visit.leads_to("/team")


def _refuse(visit: MemberVisit, name: str, error: MutoscopeError) -> Response:
    said = {name: complaint(error, visit.words)}
    return _show(visit, status=visit.house.status_of(error), complaints=said)


def _show(
    visit: MemberVisit,
    *,
    status: int = HTTPStatus.OK,
    link: str = "",
    complaints: Mapping[str, Complaint] | None = None,
) -> Response:
    rooms, organization_id = visit.rooms, visit.person.organization_id
    can_manage = visit.may(Permission.PEOPLE_MANAGE)
    names = {role: role_name(role, visit.words) for role in Role}
    with rooms.database.snapshot() as tx:
        page = TeamPage(
            organization=rooms.projects.organization(tx, organization_id),
            me=visit.person,
            people=rooms.people.list(tx, organization_id),
            projects=rooms.projects.list(tx, organization_id, archived=True),
            invitations=rooms.invitations.list(tx, organization_id) if can_manage else [],
            roles=list(names.items()),
            role_names=names,
            can_manage=can_manage,
            can_manage_projects=visit.may(Permission.PROJECTS_MANAGE),
            link=link,
            complaints=complaints or {},
        )
    return visit.show("pages/team.html", page, status)
