"""Who may come in: each failure with its own code, and no forged token ever."""

import time
from collections.abc import Callable

import pytest
from tests.support.kling_client import sign_token, unsigned_token
from tests.support.kling_house import KlingHouse

from mutoscope.api.dialects.kling.errors import code_of
from mutoscope.core import errors
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits

PATH = "/v1/videos/text2video"
MODERN = "/text-to-video/kling-3.0"


def answer(kling: KlingHouse, authorization: str | None, path: str = PATH) -> tuple[int, int, str]:
    headers = {} if authorization is None else {"Authorization": authorization}
    method, body = ("GET", None) if path == PATH else ("POST", {"prompt": "a cat"})
    content = kling.ask(method, path, body, headers=headers)
    return content.status_code, content.json()["code"], content.json()["message"]


def token(kling: KlingHouse, **changes: object) -> str:
    keys = kling.service.credentials
    return sign_token(keys.access_key, keys.secret_key, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("authorization", [None, "", " "])
def test_no_credentials_is_1001(shared_kling: KlingHouse, authorization: str | None) -> None:
    assert answer(shared_kling, authorization)[:2] == (401, 1001)


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Basic YTpi", "mk_no", "x y z"])
def test_a_header_of_another_kind_is_1002(shared_kling: KlingHouse, authorization: str) -> None:
    assert answer(shared_kling, authorization)[:2] == (401, 1002)


def test_garbage_is_1002_in_klings_words(shared_kling: KlingHouse) -> None:
    expected = "The token was expected to have 3 parts, but got 0"
    assert answer(shared_kling, "Bearer garbage") == (401, 1002, expected)


def test_a_token_too_long_is_told_so(shared_kling: KlingHouse) -> None:
    expected = "the token has more than 4096 characters"
    long = token(shared_kling, note="x" * 4096)
    assert answer(shared_kling, f"Bearer {long}") == (401, 1002, expected)


def test_an_unknown_api_key_is_1002(shared_kling: KlingHouse) -> None:
    assert answer(shared_kling, "Bearer mk_nobody")[:2] == (401, 1002)


def test_a_revoked_key_opens_nothing(kling: KlingHouse) -> None:
    keys, rooms = kling.service.credentials, kling.service.rooms
    with rooms.database.transaction() as tx:
        rooms.keys.revoke(tx, kling.service.owner().organization_id, keys.id)
    assert answer(kling, f"Bearer {keys.api_key}")[:2] == (401, 1002)
    assert answer(kling, f"Bearer {token(kling)}")[:2] == (401, 1000)


@pytest.mark.parametrize("access_key", ["ak_nobody", "\ud800", "钥匙", "a\0b"], ids=ascii)
def test_an_unknown_access_key_is_1000(shared_kling: KlingHouse, access_key: str) -> None:
    stranger = sign_token(access_key, "sk_nothing")
    assert answer(shared_kling, f"Bearer {stranger}")[:2] == (401, 1000)


def test_a_wrong_signature_is_1002(shared_kling: KlingHouse) -> None:
    forged = sign_token(shared_kling.service.credentials.access_key, "sk_wrong")
    assert answer(shared_kling, f"Bearer {forged}")[:2] == (401, 1002)


def test_a_token_from_the_future_is_1003(shared_kling: KlingHouse) -> None:
    early = token(shared_kling, nbf=int(time.time()) + 600)
    assert answer(shared_kling, f"Bearer {early}")[:2] == (401, 1003)


def test_a_token_from_the_past_is_1004(shared_kling: KlingHouse) -> None:
    late = token(shared_kling, exp=int(time.time()) - 600)
    assert answer(shared_kling, f"Bearer {late}")[:2] == (401, 1004)


@pytest.mark.parametrize(
    "changes",
    [{"exp": None}, {"exp": "soon"}, {"iss": None}, {"iss": 7}, {"nbf": "later"}],
    ids=str,
)
def test_a_token_without_its_claims_is_refused(
    shared_kling: KlingHouse, changes: dict[str, object]
) -> None:
    assert answer(shared_kling, f"Bearer {token(shared_kling, **changes)}")[:2] == (401, 1002)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", ""])
def test_an_unsigned_token_is_refused(shared_kling: KlingHouse, alg: str) -> None:
    unsigned = unsigned_token(shared_kling.service.credentials.access_key, alg)
    assert answer(shared_kling, f"Bearer {unsigned}")[:2] == (401, 1002)


@pytest.mark.parametrize(
    ("alg", "digest"),
    [("HS384", "sha384"), ("HS512", "sha512"), ("RS256", "sha256"), (7, "sha256")],
)
def test_the_algorithm_is_not_the_callers_choice(
    shared_kling: KlingHouse, alg: object, digest: str
) -> None:
    other = token(shared_kling, header={"alg": alg, "typ": "JWT"}, digest=digest)
    assert answer(shared_kling, f"Bearer {other}")[:2] == (401, 1002)


def test_a_signed_link_is_no_token(kling: KlingHouse) -> None:
    task = kling.client().call("POST", PATH, {"prompt": "a cat"})
    kling.work()
    done = kling.client().call("GET", f"{PATH}/{task['task_id']}")
    link = done["task_result"]["videos"][0]["url"]
    assert answer(kling, f"Bearer {link.split('/files/')[1].split('/')[0]}")[:2] == (401, 1002)


@pytest.mark.parametrize(
    "changes",
    [
        lambda now: {"iat": now},
        lambda now: {"nbf": None},
        lambda now: {"exp": now + 10**8},
        lambda now: {"exp": now - 5, "nbf": now + 5},
        lambda now: {"aud": "api", "sub": 7, "extra": {"a": [1]}},
    ],
    ids=["iat", "no nbf", "far exp", "clocks 5 s apart", "other claims"],
)
def test_tokens_as_clients_really_make_them_are_welcome(
    shared_kling: KlingHouse, changes: Callable[[int], dict[str, object]]
) -> None:
    made = token(shared_kling, **changes(int(time.time())))
    assert answer(shared_kling, f"Bearer {made}")[:2] == (200, 0)


def test_strangers_are_turned_away_before_their_body_is_read(shared_kling: KlingHouse) -> None:
    reply = shared_kling.service.client.post(PATH, content=b"{ this is no JSON")
    assert (reply.status_code, reply.json()["code"]) == (401, 1001)


def test_a_refusal_names_the_scheme(shared_kling: KlingHouse) -> None:
    reply = shared_kling.ask("GET", PATH, headers={})
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", [MODERN, "/tasks"])
def test_the_new_standard_takes_api_keys_only(shared_kling: KlingHouse, path: str) -> None:
    status, code, message = answer(shared_kling, f"Bearer {token(shared_kling)}", path)
    assert (status, code) == (401, 1002)
    assert "does not support AccessKey and SecretKey" in message
    unknown = answer(shared_kling, "Bearer mk_nobody", path)
    assert unknown[:2] == (401, 1002)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (errors.InArrears(), (429, 1101)),
        (errors.InsufficientCredits(), (429, 1102)),
        (errors.BudgetExceeded(), (429, 1102)),
        (errors.ModelNotInPlan(), (403, 1103)),
        (errors.ScopeMissing(), (403, 1103)),
        (errors.StorageFull(), (503, 5001)),
        (errors.ModelUnavailable(), (503, 5001)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_refusal_of_the_account_has_klings_code(
    error: errors.MutoscopeError, answer: tuple[int, int]
) -> None:
    assert code_of(error) == answer


def test_a_pack_ends_with_the_last_of_its_credits(kling: KlingHouse) -> None:
    rooms = kling.service.rooms
    ends = Milliseconds(rooms.clock.now() + 5_000_000)
    with rooms.database.transaction() as tx:
        organization, project = rooms.people.found_organization(tx, "Brief")
        rooms.ledger.open_wallet(tx, organization)
        for number, end in enumerate((Milliseconds(ends - 1000), ends)):
            rooms.ledger.grant(
                tx, organization, Millicredits(70_000), cause=f"c{number}", expires_at=end
            )
        key = rooms.keys.create(tx, organization, project, "brief")
    path = "/account/costs?start_time=0&end_time=99999999999999"
    reply = kling.ask("GET", path, headers={"Authorization": f"Bearer {key.api_key}"})
    [pack] = reply.json()["data"]["resource_pack_subscribe_infos"]
    assert (pack["remaining_quantity"], pack["invalid_time"]) == (14.0, ends)
