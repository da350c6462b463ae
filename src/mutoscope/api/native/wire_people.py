"""What goes over the wire about organizations, people, projects, keys and the trail."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from mutoscope.api.native.wire import time_text
from mutoscope.api.native.wire_credits import Body
from mutoscope.core.clock import Milliseconds
from mutoscope.identity import (
    Credentials,
    Invitation,
    Key,
    Organization,
    Person,
    Project,
    permissions_of,
)
from mutoscope.trail import Entry

Name = Annotated[str, Field(max_length=200)]
Email = Annotated[str, Field(max_length=254, examples=["ada@example.com"])]
RoleName = Annotated[
    str, Field(max_length=20, description="owner, admin, producer, creator or viewer")
]


ScopeName = Annotated[str, Field(max_length=40, examples=["generations:read"])]


def _when(at: Milliseconds | None) -> str | None:
    return None if at is None else time_text(at)


class OrganizationReply(BaseModel):
    """A tenant."""

    id: str
    name: str
    time_zone: str
    created_at: str


class OrganizationChange(Body):
    """What to change; the rest stays."""

    name: Name | None = None
    time_zone: Annotated[str, Field(max_length=100, examples=["Asia/Shanghai"])] | None = None


class NewOrganizationBody(Body):
    """A tenant to take in, and who owns it."""

    name: Name
    owner_name: Name
    owner_email: Email


class NewOrganizationReply(BaseModel):
    """The tenant; `owner_link` signs its owner in, once, within a day."""

    organization: OrganizationReply
    owner: "PersonReply"
    owner_link: str


class OrganizationList(BaseModel):
    """All tenants, oldest first."""

    items: list[OrganizationReply]


class PersonReply(BaseModel):
    """Somebody in the organization."""

    id: str
    name: str
    email: str
    role: str
    permissions: list[str]
    disabled_at: str | None
    created_at: str


class PersonList(BaseModel):
    """Everyone in the organization, the disabled too."""

    items: list[PersonReply]


class PersonChange(Body):
    """What to change; the rest stays."""

    role: RoleName | None = None
    disabled: bool | None = None


class InvitationBody(Body):
    """Whom to invite as what."""

    role: RoleName
    email: Email | None = None
    days: Annotated[int, Field(ge=1, le=30)] = 7


class InvitationReply(BaseModel):
    """An invitation; who may follow it, as what, until when."""

    id: str
    role: str
    email: str | None
    invited_by: str | None
    created_at: str
    expires_at: str


class NewInvitationReply(InvitationReply):
    """The same with its link, which is shown this once."""

    token: str
    url: str


class InvitationList(BaseModel):
    """The invitations that can still be followed."""

    items: list[InvitationReply]


class JoinBody(Body):
    """Who follows an invitation."""

    token: Annotated[str, Field(max_length=200)]
    name: Name
    email: Email
    password: Annotated[str, Field(max_length=200)]


class ProjectBody(Body):
    """A project's name."""

    name: Name


class ProjectChange(Body):
    """What to change; the rest stays."""

    name: Name | None = None
    archived: bool | None = None


class ProjectReply(BaseModel):
    """A piece of the organization's work."""

    id: str
    name: str
    created_at: str
    archived_at: str | None


class ProjectList(BaseModel):
    """Projects, oldest first."""

    items: list[ProjectReply]


class KeyBody(Body):
    """A key to make: without scopes the usual ones, without days it never expires."""

    name: Name
    project_id: Annotated[str, Field(max_length=64)] | None = None
    scopes: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] | None = (
        None
    )
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class KeyReply(BaseModel):
    """A key, without its secrets."""

    id: str
    name: str
    access_key: str
    project_id: str
    scopes: list[str]
    networks: list[str]
    created_by: str | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NewKeyReply(BaseModel):
    """A key with its secrets, which are shown this once."""

    id: str
    access_key: str
    secret_key: str
    api_key: str


class KeyList(BaseModel):
    """The keys that work."""

    items: list[KeyReply]


class TrailEntryReply(BaseModel):
    """Who (a person, a key on their behalf, or neither) did what (`verb`) to what (`subject`)."""

    id: str
    at: str
    person_id: str | None
    key_id: str | None
    verb: str
    subject: str
    facts: dict[str, Any]


class TrailList(BaseModel):
    """The trail, newest first; `cursor` leads to what came before."""

    items: list[TrailEntryReply]
    cursor: str | None


def organization_reply(it: Organization) -> OrganizationReply:
    """A tenant, for those who may know."""
    return OrganizationReply(
        id=it.id, name=it.name, time_zone=it.time_zone, created_at=time_text(it.created_at)
    )


def person_reply(it: Person) -> PersonReply:
    """A person, for their organization."""
    return PersonReply(
        id=it.id,
        name=it.name,
        email=it.email,
        role=it.role,
        permissions=sorted(permissions_of(it.role, in_house=it.in_house)),
        disabled_at=_when(it.disabled_at),
        created_at=time_text(it.created_at),
    )


def invitation_reply(it: Invitation) -> InvitationReply:
    """An invitation, for those who manage people."""
    return InvitationReply(
        id=it.id,
        role=it.role,
        email=it.email,
        invited_by=it.invited_by,
        created_at=time_text(it.created_at),
        expires_at=time_text(it.expires_at),
    )


def project_reply(it: Project) -> ProjectReply:
    """A project, for its organization."""
    return ProjectReply(
        id=it.id,
        name=it.name,
        created_at=time_text(it.created_at),
        archived_at=_when(it.archived_at),
    )


def key_reply(it: Key) -> KeyReply:
    """A key, for those who manage keys."""
    return KeyReply(
        id=it.id,
        name=it.name,
        access_key=it.access_key,
        project_id=it.project_id,
        scopes=sorted(it.scopes),
        networks=[str(network) for network in it.networks.networks],
        created_by=it.person_id,
        created_at=time_text(it.created_at),
        expires_at=_when(it.expires_at),
        last_used_at=_when(it.last_used_at),
    )


def new_key_reply(it: Credentials) -> NewKeyReply:
    """A key that was made just now."""
    return NewKeyReply(
        id=it.id, access_key=it.access_key, secret_key=it.secret_key, api_key=it.api_key
    )


def entry_reply(it: Entry) -> TrailEntryReply:
    """A line of the trail."""
    return TrailEntryReply(
        id=str(it.id),
        at=time_text(it.at),
        person_id=it.person_id,
        key_id=it.key_id,
        verb=it.verb,
        subject=it.subject,
        facts=dict(it.facts),
    )
