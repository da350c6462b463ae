import pytest
from tests.support.world import World

from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.identity import Networks


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("testclient", False),
        ("", False),
        (None, False),
    ],
)
def test_an_address_is_in_a_network_or_not(address: str | None, is_inside: bool) -> None:
    networks = Networks.parse(["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"])
    assert networks.hold(address) is is_inside


def test_without_networks_anywhere_will_do() -> None:
    assert Networks().hold(None)


def test_what_is_no_network_is_named() -> None:
    with pytest.raises(InvalidRequest, match=r"10\.0\.0\.0/99") as refusal:
        Networks.parse(["10.0.0.0/8", "10.0.0.0/99"])
    assert refusal.value.field == "networks"


def test_a_key_keeps_its_networks_and_loses_them_again(world: World) -> None:
    keys, owner = world.rooms.keys, world.owner
    with world.rooms.database.transaction() as tx:
        made = keys.create(tx, owner.organization_id, owner.project_id, "office")
        keys.restrict(tx, owner.organization_id, made.id, Networks.parse(["10.1.2.3/8", "::1"]))
        assert str(keys.by_api_key(tx, made.api_key).networks) == "10.0.0.0/8,::1/128"
        keys.restrict(tx, owner.organization_id, made.id, Networks())
        assert keys.by_api_key(tx, made.api_key).networks == Networks()


def test_anothers_key_cannot_be_restricted(world: World) -> None:
    keys, owner = world.rooms.keys, world.owner
    with world.rooms.database.transaction() as tx:
        made = keys.create(tx, owner.organization_id, owner.project_id, "office")
        with pytest.raises(NotFound):
            keys.restrict(tx, OrganizationId("rival"), made.id, Networks.parse(["10.0.0.0/8"]))
