"""Fixtures that every kind of test shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.support.web import Service, open_service
from tests.support.world import World, open_world

# No test may reach another machine's model hub, and idle torch threads must not spin.
os.environ.update(HF_HUB_OFFLINE="1", OMP_WAIT_POLICY="passive", GOMP_SPINCOUNT="0")

settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A house with one organization and 1,000 credits."""
    yield from open_world(tmp_path)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The web app and its house, with 10,000 credits."""
    with open_service(tmp_path / "data") as service:
        yield service
