"""Every operation of our own API, with whatever its schema allows and forbids."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from tests.support.web import Service, open_service

from mutoscope.api import native

# A valid shape is not yet a model that is here, a size it has or an id that exists; and a POST may
# well name a path that a GET would take.
NOT_PROMISED = [positive_data_acceptance, negative_data_rejection, unsupported_method]
PATHS = native.build().openapi()["paths"]
# An event stream goes on until its generation ends; it has tests of its own. What takes nothing
# can't be sent anything wrong.
CASES = [
    (mode, method.upper(), path)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if not path.endswith("/events")
    and (mode is GenerationMode.POSITIVE or operation.keys() & {"parameters", "requestBody"})
]


@pytest.fixture(scope="module")
def house() -> Iterator[Service]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_service(Path(folder), welcome_credits=10**9) as service,
    ):
        yield service


@pytest.fixture(scope="module")
def schema(house: Service) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", house.client.app)


@pytest.mark.parametrize(("mode", "method", "path"), CASES)
def test_every_answer_is_what_the_schema_says(
    schema: schemathesis.BaseSchema, house: Service, method: str, path: str, mode: GenerationMode
) -> None:
    strategy = schema[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=strategy)
    def check(case: "schemathesis.Case[Any]") -> None:
        case.call_and_validate(headers=house.headers, excluded_checks=NOT_PROMISED)

    check()


def test_every_operation_is_tried() -> None:
    assert {path for _, _, path in CASES} == {p for p in PATHS if not p.endswith("/events")}
