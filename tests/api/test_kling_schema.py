"""Every operation of Kling's API that is served, with whatever its schema allows and forbids."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from tests.support.kling_house import KlingHouse
from tests.support.web import open_service

from mutoscope.api.dialects import kling

# A valid shape is not yet a model, size or id that is here; what is left out may be written as "",
# [] or null; and Kling answers a wrong method with 404.
NOT_PROMISED = [
    positive_data_acceptance,
    negative_data_rejection,
    unsupported_method,
    missing_required_header,
]
PATHS = kling.build().openapi()["paths"]
CASES = [
    (mode, method.upper(), path)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or operation.keys() & {"parameters", "requestBody"}
]


@pytest.fixture(scope="module")
def house() -> Iterator[KlingHouse]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_service(Path(folder), welcome_credits=10**9) as service,
    ):
        yield KlingHouse(service)


@pytest.fixture(scope="module")
def schema(house: KlingHouse) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/kling/openapi.json", house.service.client.app)


@pytest.mark.parametrize(("mode", "method", "path"), CASES)
def test_every_answer_is_what_the_schema_says(
    schema: schemathesis.BaseSchema,
    house: KlingHouse,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    strategy = schema[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=strategy)
    def check(case: "schemathesis.Case[Any]") -> None:
        # A path with a line break reaches no mounted app: the house answers, in its own shape.
        assume("\n" not in unquote(case.formatted_path))
        case.call_and_validate(headers=house.service.headers, excluded_checks=NOT_PROMISED)

    check()
