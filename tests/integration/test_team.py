"""People and keys: what a role allows, and what ends at once when it changes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.support.web import Service
from tests.support.world import World

from mutoscope.core.actor import Actor
from mutoscope.core.errors import Conflict, InvalidRequest, NotAuthenticated, NotFound, NotPermitted
from mutoscope.core.ids import PersonId
from mutoscope.core.state import JobState
from mutoscope.generations import (
    Owner,
    Submission,
    archive_project,
    begin_project,
    dismiss,
    found_organization,
    invite,
    join,
    make_key,
    readmit,
    revoke_key,
    set_role,
    submit,
    take_back,
)
from mutoscope.identity import Role, Scope

PASSWORD = "correct horse battery"


class Team:
    """An organization with its owner, into which others are brought."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rooms = world.rooms
        with self.rooms.database.transaction() as tx:
            self.owner_id = self.rooms.people.add(
                tx, world.owner.organization_id, name="Ada", email="ada@example.com", role="owner"
            )

    @property
    def owner(self) -> Actor:
        return self.actor(self.owner_id)

    def actor(self, person_id: PersonId) -> Actor:
        with self.rooms.database.snapshot() as tx:
            return self.rooms.people.find(tx, self.world.owner.organization_id, person_id).actor

    def bring(self, role: Role, email: str = "bo@example.com") -> PersonId:
        _, token = invite(self.rooms, self.owner, role=role)
        return join(self.rooms, token, name="Bo", email=email, password=PASSWORD).id

    def session(self, person_id: PersonId) -> str:
        with self.rooms.database.transaction() as tx:
            return self.rooms.people.new_session(tx, person_id)

    def is_in(self, session: str) -> bool:
        with self.rooms.database.snapshot() as tx:
            return self.rooms.people.by_session(tx, session) is not None

    def key_of(self, person_id: PersonId) -> str:
        project = self.world.owner.project_id
        return make_key(self.rooms, self.actor(person_id), project, name="theirs").api_key

    def key_works(self, api_key: str) -> bool:
        with self.rooms.database.snapshot() as tx:
            try:
                self.rooms.keys.by_api_key(tx, api_key)
            except NotAuthenticated:
                return False
        return True

    def verbs(self) -> list[str]:
        with self.rooms.database.snapshot() as tx:
            return [e.verb for e in self.rooms.trail.all(tx, self.world.owner.organization_id)]


@pytest.fixture
def team(world: World) -> Team:
    return Team(world)


def test_an_invitation_makes_one_member_in_the_role_it_names(team: Team) -> None:
    _, token = invite(team.rooms, team.owner, role=Role.CREATOR)
    person = join(team.rooms, token, name="Bo", email=" Bo@Example.com ", password=PASSWORD)
    assert (person.role, person.email) == (Role.CREATOR, "bo@example.com")
    with team.rooms.database.snapshot() as tx:
        team.rooms.people.check_password(tx, "BO@example.com", PASSWORD)
    with pytest.raises(NotAuthenticated):
        join(team.rooms, token, name="Eve", email="eve@example.com", password=PASSWORD)
    assert team.verbs() == ["identity.invitation.created", "identity.person.joined"]


def test_an_invitation_that_is_late_or_taken_back_or_for_another_leads_nowhere(team: Team) -> None:
    invitation, revoked = invite(team.rooms, team.owner, role=Role.CREATOR)
    take_back(team.rooms, team.owner, invitation.id)
    _, addressed = invite(team.rooms, team.owner, role=Role.CREATOR, email="bo@example.com")
    _, late = invite(team.rooms, team.owner, role=Role.CREATOR, days=1)
    with pytest.raises(InvalidRequest, match="another address"):
        join(team.rooms, addressed, name="Eve", email="eve@example.com", password=PASSWORD)
    team.world.clock.advance(seconds=86_401)
    for token in (revoked, late, "join_made_up"):
        with pytest.raises(NotAuthenticated):
            join(team.rooms, token, name="Eve", email="eve@example.com", password=PASSWORD)
    assert team.verbs().count("identity.person.joined") == 0


def test_a_refused_password_leaves_the_invitation_good(team: Team) -> None:
    _, token = invite(team.rooms, team.owner, role=Role.VIEWER)
    with pytest.raises(InvalidRequest):
        join(team.rooms, token, name="Bo", email="bo@example.com", password="short")
    assert join(team.rooms, token, name="Bo", email="bo@example.com", password=PASSWORD)


def test_a_disabled_person_is_out_at_once_with_keys_links_and_jobs(team: Team) -> None:
    bo = team.bring(Role.PRODUCER)
    session, key = team.session(bo), team.key_of(bo)
    with team.rooms.database.transaction() as tx:
        link = team.rooms.people.new_link(tx, bo)
    owner = Owner(team.world.owner.organization_id, team.world.owner.project_id, person_id=bo)
    queued = submit(team.rooms, Submission(wish=team.world.wish()), owner)
    running = submit(team.rooms, Submission(wish=team.world.wish()), owner)
    mine = team.world.submit()
    claim = team.world.claim()
    assert claim is not None
    dismiss(team.rooms, team.owner, bo)
    assert not team.is_in(session)
    assert not team.key_works(key)
    with pytest.raises(NotAuthenticated), team.rooms.database.transaction() as tx:
        team.rooms.people.use_link(tx, link)
    with pytest.raises(NotAuthenticated), team.rooms.database.snapshot() as tx:
        team.rooms.people.check_password(tx, "bo@example.com", PASSWORD)
    held_before = team.world.held()
    stopped = {each.id for each in (queued, running)}
    for each in stopped:
        found = team.world.find(each)
        assert found.state is JobState.CANCELED or found.cancel_requested
    assert team.world.state(mine.id) is JobState.QUEUED
    assert held_before == 20_000  # what runs is let go of by its worker, a step later
    readmit(team.rooms, team.owner, bo)
    assert not team.is_in(session)
    assert not team.key_works(key)


@pytest.mark.parametrize("with_key", [True, False])
def test_a_request_that_was_let_in_before_its_asker_was_put_out_is_refused(
    team: Team, with_key: bool
) -> None:
    """Between the check at the door and the write nothing may slip past a demotion."""
    bo = team.bring(Role.ADMIN)
    ours = team.world.owner
    with team.rooms.database.snapshot() as tx:
        key_id = team.rooms.keys.by_api_key(tx, team.key_of(bo)).id if with_key else None
    let_in = Owner(ours.organization_id, ours.project_id, key_id=key_id, person_id=bo)
    set_role(team.rooms, team.owner, bo, Role.VIEWER)
    with pytest.raises(NotAuthenticated if with_key else NotPermitted):
        submit(team.rooms, Submission(wish=team.world.wish()), let_in)
    assert team.world.held() == 0
    dismiss(team.rooms, team.owner, bo)
    with pytest.raises(NotAuthenticated):
        submit(team.rooms, Submission(wish=team.world.wish()), let_in)
    assert team.world.claim() is None


def test_a_demoted_members_old_session_and_key_are_worth_nothing(team: Team) -> None:
    bo = team.bring(Role.ADMIN)
    session, key = team.session(bo), team.key_of(bo)
    _, token = invite(team.rooms, team.actor(bo), role=Role.ADMIN)
    before = team.actor(bo)
    set_role(team.rooms, team.owner, bo, Role.VIEWER)
    assert not team.is_in(session)
    assert not team.key_works(key)
    with pytest.raises(NotAuthenticated):
        join(team.rooms, token, name="Eve", email="eve@example.com", password=PASSWORD)
    with pytest.raises(NotPermitted):
        invite(team.rooms, team.actor(bo), role=Role.VIEWER)
    assert before.may("people.manage")
    assert not team.actor(bo).may("people.manage")
    assert team.verbs()[-1] == "identity.person.demoted"


def test_a_new_password_ends_other_sessions_and_unused_links(team: Team) -> None:
    bo = team.bring(Role.CREATOR)
    session = team.session(bo)
    with team.rooms.database.transaction() as tx:
        link = team.rooms.people.new_link(tx, bo)
        team.rooms.people.set_password(tx, bo, PASSWORD + "!")
    assert not team.is_in(session)
    with pytest.raises(NotAuthenticated), team.rooms.database.transaction() as tx:
        team.rooms.people.use_link(tx, link)


def test_there_is_always_an_owner(team: Team) -> None:
    with pytest.raises(Conflict, match="last owner"):
        dismiss(team.rooms, team.owner, team.owner_id)
    with pytest.raises(Conflict, match="last owner"):
        set_role(team.rooms, team.owner, team.owner_id, Role.ADMIN)
    bo = team.bring(Role.OWNER)
    set_role(team.rooms, team.owner, team.owner_id, Role.ADMIN)
    with pytest.raises(Conflict, match="last owner"):
        dismiss(team.rooms, team.actor(bo), bo)


def test_administrators_neither_make_nor_unmake_owners(team: Team) -> None:
    bo = team.bring(Role.ADMIN)
    admin = team.actor(bo)
    with pytest.raises(NotPermitted):
        dismiss(team.rooms, admin, team.owner_id)
    with pytest.raises(NotPermitted):
        set_role(team.rooms, admin, bo, Role.OWNER)
    with pytest.raises(NotPermitted):
        invite(team.rooms, admin, role=Role.OWNER)


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.CREATOR, Role.VIEWER])
def test_people_are_managed_by_administrators_only(team: Team, role: Role) -> None:
    bo = team.actor(team.bring(role))
    with pytest.raises(NotPermitted):
        invite(team.rooms, bo, role=Role.VIEWER)
    with pytest.raises(NotPermitted):
        set_role(team.rooms, bo, team.owner_id, Role.VIEWER)
    with pytest.raises(NotPermitted):
        found_organization(
            team.rooms, bo, name="Mine", owner_name="Bo", owner_email="bo2@example.com"
        )


def test_only_the_first_organization_runs_the_house(team: Team) -> None:
    founded = found_organization(
        team.rooms, team.owner, name="Rival", owner_name="Eve", owner_email="eve@example.com"
    )
    assert founded.owner.role is Role.OWNER
    assert not founded.owner.actor.may("house.administer")
    with pytest.raises(NotPermitted):
        found_organization(
            team.rooms, founded.owner.actor, name="X", owner_name="X", owner_email="x@example.com"
        )
    with pytest.raises(NotFound):
        dismiss(team.rooms, founded.owner.actor, team.owner_id)
    with pytest.raises(Conflict, match="address"):
        team.bring(Role.VIEWER, email="eve@example.com")


def test_a_key_expires_and_tells_when_it_was_used(team: Team) -> None:
    made = make_key(team.rooms, team.owner, team.world.owner.project_id, name="a day", days=1)
    assert team.key_works(made.api_key)
    team.world.clock.advance(seconds=86_401)
    assert not team.key_works(made.api_key)


def test_a_key_makes_no_stronger_key_than_itself(team: Team) -> None:
    project = team.world.owner.project_id
    made = make_key(
        team.rooms, team.owner, project, name="people only", scopes=frozenset({Scope.ADMIN})
    )
    with team.rooms.database.snapshot() as tx:
        key = team.rooms.keys.by_api_key(tx, made.api_key)
    with pytest.raises(NotPermitted, match=r"generations\.create"):
        make_key(team.rooms, key.actor(in_house=True), project, name="stronger")


def test_a_key_of_another_organization_is_not_there(team: Team) -> None:
    founded = found_organization(
        team.rooms, team.owner, name="Rival", owner_name="Eve", owner_email="eve@example.com"
    )
    made = make_key(team.rooms, team.owner, team.world.owner.project_id, name="ours")
    with pytest.raises(NotFound):
        revoke_key(team.rooms, founded.owner.actor, made.id)
    with pytest.raises(NotFound):
        make_key(team.rooms, founded.owner.actor, team.world.owner.project_id, name="x")
    assert team.key_works(made.api_key)


def test_the_last_project_stays_and_names_are_taken_once(team: Team) -> None:
    with pytest.raises(Conflict, match="last project"):
        archive_project(team.rooms, team.owner, team.world.owner.project_id)
    spring = begin_project(team.rooms, team.owner, "Spring")
    with pytest.raises(Conflict, match="already"):
        begin_project(team.rooms, team.owner, " spring ")
    assert archive_project(team.rooms, team.owner, spring.id).is_archived


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_entry SET verb = 'x'",
        "DELETE FROM trail_entry",
        "REPLACE INTO trail_entry SELECT * FROM trail_entry LIMIT 1",
    ],
)
def test_the_trail_can_only_be_added_to(team: Team, statement: str) -> None:
    team.bring(Role.VIEWER)
    refused = pytest.raises(IntegrityError, match="only ever added to")
    with refused, team.rooms.database.transaction() as tx:
        tx.execute(text(statement))
    assert len(team.verbs()) == 2


def test_a_key_does_what_its_scopes_say_and_no_more(service: Service) -> None:
    rooms = service.rooms
    with rooms.database.snapshot() as tx:
        owner = rooms.people.administrator(tx)
    assert owner is not None
    wanted = {
        Scope.GENERATIONS_READ: ("GET", "/api/v1/generations"),
        Scope.GENERATIONS_WRITE: ("POST", "/api/v1/generations"),
        Scope.CREDITS_READ: ("GET", "/api/v1/credits"),
    }
    for scope in wanted:
        made = make_key(rooms, owner.actor, owner.project_id, name=scope, scopes=frozenset({scope}))
        headers = {"Authorization": f"Bearer {made.api_key}"}
        for other, (method, path) in wanted.items():
            body = {"prompt": "a cat", "seconds": 1} if method == "POST" else None
            reply = service.client.request(method, path, headers=headers, json=body)
            assert (reply.status_code == 403) == (other is not scope), reply.text
            if reply.status_code == 403:
                assert reply.json()["code"] == "scope_missing"
                assert other in reply.json()["detail"]
        with rooms.database.snapshot() as tx:
            assert rooms.keys.find(tx, owner.organization_id, made.id).last_used_at is not None
