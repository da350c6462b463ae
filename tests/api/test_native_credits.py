"""Credits through our own API, as the house and as its customers call it."""

import csv
import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.support.web import Service, open_service

from mutoscope.generations import audit_credits

SECRET = "whsec_for_tests"
PACK = {
    "kind": "pack",
    "title_zh": "一百灵感值",
    "title_en": "A hundred credits",
    "price_minor": 1000,
    "currency": "cny",
    "credits": "100",
}


@pytest.fixture(autouse=True)
def _the_books_add_up(service: Service) -> Iterator[None]:
    yield
    assert audit_credits(service.rooms) == []


def call(service: Service, method: str, path: str, status: int = 200, **options: Any) -> Any:
    headers = service.headers | options.pop("headers", {})
    answer = service.client.request(method, f"/api/v1{path}", headers=headers, **options)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def make_film(service: Service, **changes: Any) -> Any:
    body = {"prompt": "a red balloon over the sea", "seconds": 1, "size": "480p"} | changes
    made = call(service, "POST", "/generations", 202, json=body)
    service.work()
    return call(service, "GET", f"/generations/{made['id']}")


def test_a_statement_opens_and_every_line_makes_it_close(service: Service) -> None:
    film = make_film(service)
    call(service, "POST", "/credits/grants", 201, json={"amount": "12.5", "expires_in_days": 3})
    refund = {"generation_id": film["id"], "amount": "0.5"}
    call(service, "POST", "/credits/refunds", 201, json=refund)
    call(service, "POST", "/credits/corrections", 201, json={"amount": "2"})
    statement = call(service, "GET", "/credits/statement")
    changes = [Decimal(line["change"]) for line in statement["lines"]]
    assert changes == [Decimal(10_000), Decimal(-1), Decimal("12.5"), Decimal("0.5"), Decimal(-2)]
    assert Decimal(statement["opening"]) + sum(changes) == Decimal(statement["closing"])
    assert statement["closing"] == call(service, "GET", "/credits")["posted"]
    text = service.client.get("/api/v1/credits/statement.csv", headers=service.headers).text
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[2] for row in rows] == [
        "opening",
        "welcome",
        "generation",
        "manual",
        "refund",
        "correction",
        "closing",
    ]
    assert rows[-1][-1] == statement["closing"]


def test_a_projects_statement_says_what_it_spent(service: Service) -> None:
    film = make_film(service)
    project = service.owner().project_id
    spent = call(service, "GET", f"/credits/statement?project_id={project}")
    assert [line["generation_id"] for line in spent["lines"]] == [film["id"]]
    assert (spent["opening"], spent["closing"]) == ("0", "1")
    call(service, "GET", "/credits/statement?project_id=nobodys", 404)


def test_a_month_that_is_none_is_named(service: Service) -> None:
    assert call(service, "GET", "/credits/statement?month=2026-13", 400)["field"] == "month"


def test_a_grant_repeated_under_one_key_gives_once(service: Service) -> None:
    key = {"Idempotency-Key": "spring"}
    body = {"amount": "5"}
    first = call(service, "POST", "/credits/grants", 201, json=body, headers=key)
    assert call(service, "POST", "/credits/grants", 201, json=body, headers=key) == first
    assert call(service, "GET", "/credits")["available"] == "10005"


def test_only_the_house_grants_prices_and_plans(service: Service) -> None:
    stranger = service.stranger()
    for method, path, body in (
        ("POST", "/credits/grants", {"amount": "5"}),
        ("POST", "/credits/corrections", {"amount": "5"}),
        ("POST", "/credits/refunds", {"generation_id": "1", "amount": "5"}),
        ("PUT", "/plans/mine", PACK),
        ("DELETE", "/plans/mine", None),
        ("POST", "/plans/subscriptions", {"organization_id": "x", "plan_id": "y"}),
        (
            "POST",
            "/prices",
            {"model": "storyboard", "size": "720p", "unit": "second", "amount": "0"},
        ),
        ("POST", "/codes", {"name": "mine", "count": 1, "credits": "5"}),
        ("GET", "/codes", None),
        ("POST", "/orders/1/paid", {"reference": "x"}),
    ):
        assert call(stranger, method, path, 403, json=body)["code"] == "not_permitted"


def test_a_price_is_seen_quoted_and_charged(service: Service) -> None:
    new = {"model": "storyboard", "size": "480p", "unit": "second", "amount": "2.5"}
    assert call(service, "POST", "/prices", 201, json=new)["items"][0]["version"] == 1
    shown = call(service, "GET", "/models/storyboard")["price"]["per_second"]
    assert shown == {"480p": "2.5", "720p": "2", "1080p": "4", "sound": "0.1"}
    assert make_film(service)["credits"] == {"quote": "2.5", "cost": "2.5"}


def test_a_price_for_a_task_goes_before_one_for_all(service: Service) -> None:
    for_all = {"model": "storyboard", "size": "480p", "unit": "second", "amount": "2.5"}
    for_task = for_all | {"amount": "7", "task": "text_to_video"}
    for price in (for_all, for_task, for_all | {"task": "image_to_video", "amount": "9"}):
        call(service, "POST", "/prices", 201, json=price)
    written = call(service, "GET", "/prices")["items"]
    assert [row["task"] for row in written] == ["image_to_video", "text_to_video", None]
    shown = call(service, "GET", "/models/storyboard")["price"]
    assert shown["per_second"]["480p"] == "2.5"
    assert shown["per_task"] == {
        "image_to_video": {"480p": "9"},
        "text_to_video": {"480p": "7"},
    }
    # A later price for all changes nothing for the task that has its own.
    call(service, "POST", "/prices", 201, json=for_all | {"amount": "3"})
    assert make_film(service)["credits"] == {"quote": "7", "cost": "7"}
    picture = {"prompt": "a cat", "size": "480p", "task": "text_to_image"}
    asked = call(service, "POST", "/generations", 202, json=picture)
    assert asked["credits"]["quote"] == "0.5"


@pytest.mark.parametrize(
    ("wrong", "field", "fix"),
    [
        ({"task": "text_to_image"}, "unit", "send picture"),
        ({"task": "text_to_speech"}, "size", "one of sound"),
        ({"size": "sound", "task": "text_to_video"}, "size", "480p"),
        ({"size": "sound", "unit": "picture"}, "size", "480p"),
        ({"task": "dancing"}, "task", "image_to_video"),
    ],
)
def test_a_price_for_what_is_not_made_is_refused(
    service: Service, wrong: dict[str, str], field: str, fix: str
) -> None:
    price = {"model": "storyboard", "size": "480p", "unit": "second", "amount": "2"}
    refused = service.client.post("/api/v1/prices", json=price | wrong, headers=service.headers)
    assert refused.status_code in {400, 422}
    assert field in refused.text
    assert fix in refused.text
    assert call(service, "GET", "/prices")["items"] == []


def test_a_sound_has_a_price_of_its_own(service: Service) -> None:
    heard = {"model": "storyboard", "size": "sound", "unit": "second", "amount": "0.4"}
    call(service, "POST", "/prices", 201, json=heard | {"task": "text_to_audio"})
    wish = {"prompt": "x", "task": "text_to_audio", "params": {"sounds": ["rain"]}, "seconds": 5}
    assert call(service, "POST", "/generations", 202, json=wish)["credits"]["quote"] == "2"


def test_a_budget_refuses_in_words_and_says_when_it_frees(service: Service) -> None:
    project = service.owner().project_id
    budget = {"scope": "project", "subject_id": project, "period": "day", "limit": "1.5"}
    call(service, "PUT", "/budgets", json=budget)
    make_film(service)
    body = {"prompt": "a cat", "seconds": 1, "size": "480p"}
    refused = call(service, "POST", "/generations", 402, json=body)
    assert refused["code"] == "budget_exceeded"
    assert "may spend 1.5 a day, and 0.5 are left" in refused["detail"]
    assert "it frees at" in refused["fix"]
    seen = call(service, "GET", "/budgets")
    assert [each["percent"] for each in seen["alerts"]] == [50]
    call(service, "DELETE", f"/budgets/{seen['items'][0]['id']}", 204)
    make_film(service)


def test_anothers_budgets_and_orders_are_not_there(service: Service) -> None:
    stranger = service.stranger()
    project = service.owner().project_id
    budget = {"scope": "project", "subject_id": project, "period": "day", "limit": "1"}
    call(stranger, "PUT", "/budgets", 404, json=budget)
    kept = call(service, "PUT", "/budgets", json=budget)["items"][0]
    call(stranger, "DELETE", f"/budgets/{kept['id']}", 404)
    call(service, "PUT", "/plans/pack", json=PACK)
    order = call(service, "POST", "/orders", 201, json={"plan_id": "pack"})
    call(stranger, "GET", f"/orders/{order['id']}", 404)
    call(stranger, "POST", f"/orders/{order['id']}/cancel", 404)
    assert call(stranger, "GET", "/orders")["items"] == []
    assert call(stranger, "GET", "/budgets")["items"] == []


def test_a_code_is_made_redeemed_and_worth_nothing_after(service: Service) -> None:
    made = call(service, "POST", "/codes", 201, json={"name": "fair", "count": 2, "credits": "20"})
    code, other = made["codes"]
    stranger = service.stranger()
    assert call(stranger, "POST", "/credits/redeem", json={"code": code}) == {
        "credits": "20",
        "available": "1020",
    }
    call(service, "POST", "/credits/redeem", 409, json={"code": code})
    call(service, "POST", "/credits/redeem", 404, json={"code": "AAAAA-AAAAA-AAAAA-AAAAA"})
    (batch,) = call(service, "GET", "/codes")["items"]
    assert (batch["count"], batch["redeemed"]) == (2, 1)
    call(service, "DELETE", f"/codes/{batch['id']}", 204)
    call(service, "POST", "/credits/redeem", 409, json={"code": other})


@pytest.mark.parametrize("whose", ["project_id", "person_id"])
@pytest.mark.parametrize("path", ["/credits/statement", "/credits/statement.csv"])
def test_the_statement_of_nobody_known_is_not_there(
    service: Service, path: str, whose: str
) -> None:
    """Another organization's project is as unknown as one that never was."""
    with service.rooms.database.transaction() as tx:
        _, foreign = service.rooms.people.found_organization(tx, "Others")
        person = service.rooms.people.administrator(tx)
    assert person is not None
    mine = {"project_id": service.owner().project_id, "person_id": person.id}[whose]
    assert service.client.get(f"/api/v1{path}?{whose}={mine}", headers=service.headers).is_success
    for theirs in (foreign, "0123"):
        reply = service.client.get(f"/api/v1{path}?{whose}={theirs}", headers=service.headers)
        assert reply.status_code == 404


def test_guessed_codes_are_slowed_down(service: Service) -> None:
    for _ in range(10):
        call(service, "POST", "/credits/redeem", 404, json={"code": "guess"})
    path = "/api/v1/credits/redeem"
    refused = service.client.post(path, json={"code": "guess"}, headers=service.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) <= 60


def test_an_order_paid_by_hand_brings_its_credits_once_and_an_invoice(service: Service) -> None:
    call(service, "PUT", "/plans/pack", json=PACK)
    order = call(service, "POST", "/orders", 201, json={"plan_id": "pack"})
    assert order["status"] == "pending"
    for _ in range(2):
        paid = call(service, "POST", f"/orders/{order['id']}/paid", json={"reference": "bank 17"})
        assert paid["status"] == "paid"
    call(service, "POST", f"/orders/{order['id']}/paid", 409, json={"reference": "bank 18"})
    assert call(service, "GET", "/credits")["available"] == "10100"
    (paper,) = call(service, "GET", "/invoices")["items"]
    assert (paper["number"], paper["amount_minor"], paper["currency"]) == (1, 1000, "cny")
    verbs = [line["verb"] for line in call(service, "GET", "/trail")["items"]]
    assert verbs.count("billing.order.paid") == 1


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e30", "0.0001", "", "x"])
def test_no_amount_that_is_none_is_granted(service: Service, amount: str) -> None:
    refused = call(service, "POST", "/credits/grants", 400, json={"amount": amount})
    assert refused["field"] == "amount"


@pytest.mark.parametrize("seconds", ["-5", "0", "NaN", "Infinity", "1e308"])
def test_no_length_that_is_none_is_held_for(service: Service, seconds: str) -> None:
    body = f'{{"prompt": "a cat", "seconds": {seconds}}}'
    headers = {"Content-Type": "application/json"}
    refused = call(service, "POST", "/generations", 400, content=body, headers=headers)
    assert refused["field"] == "seconds"
    assert call(service, "GET", "/credits")["held"] == "0"


@pytest.mark.parametrize("count", [-1, 0, 10**9])
def test_no_count_that_is_none_is_held_for(service: Service, count: int) -> None:
    refused = call(service, "POST", "/generations", 400, json={"prompt": "a cat", "count": count})
    assert refused["field"] == "count"
    assert call(service, "GET", "/credits")["held"] == "0"


def test_stripes_webhook_hears_stripe_and_nobody_else(tmp_path: Path) -> None:
    keys = {"stripe_api_key": "sk_test", "stripe_webhook_secret": SECRET}
    with open_service(tmp_path / "shop", **keys) as shop:
        call(shop, "PUT", "/plans/pack", json=PACK)
        with shop.rooms.database.transaction() as tx:
            orders = shop.rooms.billing.orders
            order = orders.place(tx, shop.owner().organization_id, "pack", provider="stripe")
        thing = {
            "id": "cs_1",
            "client_reference_id": order.id,
            "payment_status": "paid",
            "amount_total": 1000,
            "currency": "cny",
        }
        event = {
            "id": "evt_1",
            "type": "checkout.session.completed",
            "created": int(time.time()),
            "data": {"object": thing},
        }
        assert hear(shop, event, "whsec_guessed").status_code == 401
        assert [hear(shop, event, SECRET).json()["heard"] for _ in range(2)] == ["now", "before"]
        bare = shop.client.post("/api/v1/payments/stripe/webhook", json=event)
        assert bare.status_code == 401
        assert call(shop, "GET", "/credits")["available"] == "10100"
        assert audit_credits(shop.rooms) == []


def hear(shop: Service, event: dict[str, Any], secret: str) -> Any:
    body = json.dumps(event).encode()
    at = int(time.time())
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={proof}"}
    return shop.client.post("/api/v1/payments/stripe/webhook", content=body, headers=headers)


def test_where_nothing_is_sold_no_webhook_listens(service: Service) -> None:
    assert service.client.post("/api/v1/payments/stripe/webhook").status_code == 404


def test_who_moved_money_by_hand_is_in_the_trail(service: Service) -> None:
    call(service, "POST", "/credits/grants", 201, json={"amount": "5"})
    call(service, "PUT", "/plans/pack", json=PACK)
    price = {"model": "storyboard", "size": "480p", "unit": "second", "amount": "2.5"}
    call(service, "POST", "/prices", 201, json=price)
    call(service, "POST", "/codes", 201, json={"name": "fair", "count": 1, "credits": "20"})
    with service.rooms.database.snapshot() as tx:
        entries = service.rooms.trail.page(tx, service.owner().organization_id)
    assert [each.verb for each in reversed(entries)][-4:] == [
        "credits.lot.granted",
        "billing.plan.offered",
        "credits.price.set",
        "credits.codes.made",
    ]


def test_a_keys_spending_counts_to_whoever_made_it(service: Service) -> None:
    maker = service.owner().person_id
    assert maker is not None
    cap = {"scope": "person", "subject_id": maker, "period": "day", "limit": "0.5"}
    call(service, "PUT", "/budgets", json=cap)
    body = {"prompt": "a cat", "seconds": 1, "size": "480p"}
    refused = call(service, "POST", "/generations", 402, json=body)
    assert refused["code"] == "budget_exceeded"


def test_a_plan_is_given_and_ended(service: Service) -> None:
    call(service, "PUT", "/plans/pro", json=PACK | {"kind": "subscription"})
    body = {"organization_id": service.owner().organization_id, "plan_id": "pro"}
    call(service, "POST", "/plans/subscriptions", 201, json=body)
    assert call(service, "GET", "/plans")["subscription"]["status"] == "active"
    call(service, "DELETE", "/plans/subscriptions/mine", 204)
    call(service, "DELETE", "/plans/subscriptions/mine", 404)
    assert call(service, "GET", "/plans")["subscription"]["status"] == "canceled"
    assert call(service, "GET", "/credits")["available"] == "10100"
