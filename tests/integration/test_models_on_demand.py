"""A worker holds a model in memory, or lets it go, because an administrator asked it to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.world import World

from mutoscope.jobs import WorkerCard
from mutoscope.settings import Settings
from mutoscope.worker import Workbench

pytest_plugins = ["tests.support.engine_fixtures"]


@pytest.fixture
def bench(world: World, tmp_path: Path) -> Workbench:
    made = Workbench(Settings(data=tmp_path), world.rooms)
    made.worker(("diffusers", "storyboard"))
    return made


def card_of(bench: Workbench) -> WorkerCard:
    card = bench.presence.alive()[bench.name]
    assert card is not None
    return card


def test_a_model_is_in_memory_before_its_first_job(
    bench: Workbench, install: Callable[[str], Path]
) -> None:
    install("ltx")
    install("wan")
    with bench.presence.sign_in(bench.name, bench.card()):
        bench.presence.wish(bench.name, "ltx", is_loaded=True)
        bench.grant_wishes()
        assert card_of(bench).loaded == ("ltx",)
        assert bench.presence.wishes(bench.name) == {}
        # There is room for one.
        bench.presence.wish(bench.name, "wan", is_loaded=True)
        bench.presence.wish(bench.name, "storyboard", is_loaded=True)
        bench.grant_wishes()
        assert card_of(bench).loaded == ("wan",)
        bench.presence.wish(bench.name, "wan", is_loaded=False)
        bench.presence.wish(bench.name, "ltx", is_loaded=False)
        bench.grant_wishes()
        assert card_of(bench).loaded == ()
        assert card_of(bench).unloadable == {}


def test_a_model_that_cannot_be_loaded_says_why_and_the_worker_goes_on(
    bench: Workbench, install: Callable[[str], Path]
) -> None:
    folder = install("ltx")
    weights = next((folder / "transformer").glob("*.safetensors"))
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-10])
    with bench.presence.sign_in(bench.name, bench.card()):
        for name in ("ltx", "gone"):
            bench.presence.wish(bench.name, name, is_loaded=True)
        bench.grant_wishes()
        assert card_of(bench).loaded == ()
        assert weights.name in card_of(bench).unloadable["ltx"]
        assert "gone" in card_of(bench).unloadable
        assert bench.presence.wishes(bench.name) == {}
        weights.write_bytes(whole)
        bench.presence.wish(bench.name, "ltx", is_loaded=True)
        bench.grant_wishes()
        assert card_of(bench).loaded == ("ltx",)
        assert "ltx" not in card_of(bench).unloadable
