"""Small translations: errors to codes, shots, camera moves, amounts."""

from http import HTTPStatus

import pytest

from mutoscope.api.dialects.kling.errors import code_of, message_of
from mutoscope.api.dialects.kling.fields import CameraControl
from mutoscope.api.dialects.kling.parts import camera
from mutoscope.api.dialects.kling.replies import units_text
from mutoscope.api.dialects.kling.shots import Shot, shot_params, shots_in
from mutoscope.core import errors
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import InvalidRequest, MutoscopeError


def every_error() -> list[type[MutoscopeError]]:
    kinds = [MutoscopeError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return kinds


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_documented_code_and_its_status(kind: type[MutoscopeError]) -> None:
    status, code = code_of(kind())
    documented = {
        401: range(1000, 1005),
        429: (1100, 1101, 1102, 1302, 1303, 1304),
        403: (1103,),
        400: (1200, 1201, 1300, 1301),
        404: (1202, 1203),
        500: (5000,),
        503: (5001,),
        504: (5002,),
    }
    assert code in documented[status]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (errors.StorageFull(), (HTTPStatus.SERVICE_UNAVAILABLE, 5001)),
        (errors.ModelUnavailable(), (HTTPStatus.SERVICE_UNAVAILABLE, 5001)),
        (errors.TooManyRequests(), (HTTPStatus.TOO_MANY_REQUESTS, 1302)),
        (errors.NotPermitted(), (HTTPStatus.FORBIDDEN, 1103)),
        (errors.PictureRejected(), (HTTPStatus.BAD_REQUEST, 1201)),
    ],
    ids=str,
)
def test_errors_that_are_hard_to_provoke_have_their_codes(
    error: MutoscopeError, answer: tuple[HTTPStatus, int]
) -> None:
    assert code_of(error) == answer


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidRequest("it is wrong"), "it is wrong"),
        (InvalidRequest("it is wrong", field="mode"), "mode: it is wrong"),
        (InvalidRequest("mode is wrong", field="mode", fix="send std"), "mode is wrong; send std"),
        (InvalidRequest("a lone \ud800"), "a lone ?"),
    ],
)
def test_a_message_names_the_field_and_the_fix(error: InvalidRequest, message: str) -> None:
    assert message_of(error) == message


@pytest.mark.parametrize(
    ("amount", "units"), [(0, "0"), (10, "1"), (35, "3.5"), (0.5, "0.05"), (1000, "100")]
)
def test_ten_credits_are_a_unit(amount: float, units: str) -> None:
    assert units_text(Millicredits(round(amount * 1000))) == units


@pytest.mark.parametrize(
    ("prompt", "shots"),
    [
        ("a cat", []),
        ("", []),
        ("shot of a cat", []),
        ("shot 1, a cat", []),
        ("shot 1, 2, a cat; then a dog", []),
        ("shot 1, 5, a cat", [Shot(1, "a cat", 5)]),
        (
            "Shot 1, 2, 一只猫; shot 2,3,a dog, barking;",
            [Shot(1, "一只猫", 2), Shot(2, "a dog, barking", 3)],
        ),
    ],
)
def test_shots_are_found_where_a_prompt_lists_nothing_else(prompt: str, shots: list[Shot]) -> None:
    assert shots_in(prompt) == shots


def test_shots_are_put_in_order() -> None:
    params = shot_params([Shot(2, "b", 3), Shot(1, "a", 2)], seconds=5, field="multi_prompt")
    assert [shot["prompt"] for shot in params["multi_prompt"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("shots", "message"),
    [
        ([Shot(number, "a", 1) for number in range(1, 8)], "lists 7 shots"),
        ([Shot(1, "a", 2), Shot(1, "b", 3)], "there is no shot 2"),
        ([Shot(1, "a" * 513, 5)], "has 513 characters"),
        ([Shot(1, "a", float("nan"))], "take nan s"),
    ],
)
def test_shots_that_make_no_film_are_refused(shots: list[Shot], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        shot_params(shots, seconds=5, field="multi_prompt")


@pytest.mark.parametrize(
    ("body", "move"),
    [
        ({"type": "down_back"}, {"type": "down_back"}),
        ({"type": "forward_up", "config": None}, {"type": "forward_up"}),
        ({"type": "forward_up", "config": {"zoom": 0}}, {"type": "forward_up"}),
        ({"type": "simple", "config": {"pan": "3"}}, {"type": "simple", "config": {"pan": 3.0}}),
        (
            {"type": "simple", "config": {"roll": -10, "zoom": 0, "tilt": None}},
            {"type": "simple", "config": {"roll": -10.0}},
        ),
    ],
)
def test_camera_moves_are_read_as_clients_write_them(body: object, move: object) -> None:
    assert camera(CameraControl.model_validate(body)) == move
