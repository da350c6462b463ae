from tests.support.world import World

from mutoscope.core.ids import OrganizationId


def draw(world: World, *, at_once: bool = False) -> str:
    with world.rooms.database.transaction() as tx:
        return world.rooms.callback_secrets.draw(tx, world.owner.organization_id, at_once=at_once)


def good(world: World, organization_id: OrganizationId | None = None) -> list[str]:
    with world.rooms.database.snapshot() as tx:
        return world.rooms.callback_secrets.good(tx, organization_id or world.owner.organization_id)


def test_there_is_no_secret_until_one_is_drawn(world: World) -> None:
    assert good(world) == []
    secret = draw(world)
    assert secret.startswith("whsec_")
    assert good(world) == [secret]


def test_the_one_before_is_good_for_a_week_more(world: World) -> None:
    old, new = draw(world), draw(world)
    assert good(world) == [new, old]
    world.clock.advance(seconds=7 * 86_400 + 1)
    assert good(world) == [new]


def test_in_an_emergency_the_old_ones_die_at_once(world: World) -> None:
    draw(world)
    draw(world)
    new = draw(world, at_once=True)
    assert good(world) == [new]


def test_each_organization_has_secrets_of_its_own(world: World) -> None:
    draw(world)
    assert good(world, OrganizationId("another")) == []


def test_the_database_holds_no_secret_in_clear(world: World) -> None:
    secret = draw(world)
    with world.rooms.database.snapshot() as tx:
        rows = tx.exec_driver_sql("SELECT * FROM callback_secret").all()
    assert secret.removeprefix("whsec_") not in str(rows)
