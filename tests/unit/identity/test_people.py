import pytest
from tests.support.world import World

from mutoscope.core.errors import InvalidRequest, NotAuthenticated
from mutoscope.core.ids import PersonId

PASSWORD = "a long enough password"


@pytest.fixture
def ada(world: World) -> PersonId:
    with world.rooms.database.transaction() as tx:
        return world.rooms.people.add(
            tx, world.owner.organization_id, name="Ada", email="ada@example.com", role="owner"
        )


def test_a_sign_in_link_works_once(world: World, ada: PersonId) -> None:
    with world.rooms.database.transaction() as tx:
        token = world.rooms.people.new_link(tx, ada)
        assert world.rooms.people.use_link(tx, token).id == ada
        with pytest.raises(NotAuthenticated):
            world.rooms.people.use_link(tx, token)


def test_a_sign_in_link_ends_after_a_day(world: World, ada: PersonId) -> None:
    with world.rooms.database.transaction() as tx:
        token = world.rooms.people.new_link(tx, ada)
        world.clock.advance(seconds=24 * 3600 + 1)
        with pytest.raises(NotAuthenticated):
            world.rooms.people.use_link(tx, token)


def test_a_password_opens_the_door_and_another_does_not(world: World, ada: PersonId) -> None:
    with world.rooms.database.transaction() as tx:
        assert not world.rooms.people.an_administrator_has_a_password(tx)
        world.rooms.people.set_password(tx, ada, PASSWORD)
        assert world.rooms.people.an_administrator_has_a_password(tx)
        assert world.rooms.people.check_password(tx, "ada@example.com", PASSWORD).id == ada
        for email, password in (("ada@example.com", "wrong"), ("bob@example.com", PASSWORD)):
            with pytest.raises(NotAuthenticated, match="no such address with this password"):
                world.rooms.people.check_password(tx, email, password)


def test_someone_without_a_password_cannot_sign_in_with_one(world: World, ada: PersonId) -> None:
    with world.rooms.database.snapshot() as tx, pytest.raises(NotAuthenticated):
        world.rooms.people.check_password(tx, "ada@example.com", "nobody")


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_poor_password_is_refused(world: World, ada: PersonId, password: str) -> None:
    with world.rooms.database.transaction() as tx, pytest.raises(InvalidRequest) as refusal:
        world.rooms.people.set_password(tx, ada, password)
    assert refusal.value.field == "password"


def test_a_new_password_ends_every_session(world: World, ada: PersonId) -> None:
    with world.rooms.database.transaction() as tx:
        session = world.rooms.people.new_session(tx, ada)
        found = world.rooms.people.by_session(tx, session)
        assert found is not None
        assert found.id == ada
        world.rooms.people.set_password(tx, ada, PASSWORD)
        assert world.rooms.people.by_session(tx, session) is None


def test_a_session_ends_after_two_weeks(world: World, ada: PersonId) -> None:
    with world.rooms.database.transaction() as tx:
        session = world.rooms.people.new_session(tx, ada)
        world.clock.advance(seconds=15 * 86_400)
        assert world.rooms.people.by_session(tx, session) is None
