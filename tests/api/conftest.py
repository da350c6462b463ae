"""Fixtures for tests that speak HTTP."""

from collections.abc import Iterator

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.web import Service, open_service


@pytest.fixture
def kling(service: Service) -> KlingHouse:
    """A house of its own, seen through Kling's API."""
    return KlingHouse(service)


@pytest.fixture(scope="session")
def shared_kling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KlingHouse]:
    """One house for tests that look at refusals, which leave nothing behind."""
    with open_service(tmp_path_factory.mktemp("kling") / "data") as service:
        yield KlingHouse(service)
