"""What Stripe gives back is taken back, and nobody ends up with two plans."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_stripe_checkout import StandIn, stripe_there  # noqa: F401
from tests.support.web import Service, open_service

from mutoscope.billing import Order, Plan, PlanKind
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId
from mutoscope.generations import audit_credits

SECRET = "whsec_for_tests"
PACK = Plan(
    id="pack",
    kind=PlanKind.PACK,
    title_zh="包",
    title_en="Pack",
    price_minor=1000,
    currency="cny",
    credits=Millicredits(100_000),
)
PRO = Plan(
    id="pro",
    kind=PlanKind.SUBSCRIPTION,
    title_zh="专业版",
    title_en="Pro",
    price_minor=9900,
    currency="cny",
    credits=Millicredits(500_000),
)


@pytest.fixture
def shop(tmp_path: Path, stripe_there: StandIn) -> Iterator[Service]:  # noqa: F811
    """A house that sells, with nothing in its wallet."""
    keys = {
        "stripe_api_key": "sk_test",
        "stripe_webhook_secret": SECRET,
        "stripe_api_base": stripe_there.address,
        "welcome_credits": 0,
    }
    with open_service(tmp_path / "shop", **keys) as service:
        with service.rooms.database.transaction() as tx:
            service.rooms.billing.plans.put(tx, PACK)
            service.rooms.billing.plans.put(tx, PRO)
        yield service


def home(shop: Service) -> OrganizationId:
    return shop.owner().organization_id


def order(shop: Service, plan: Plan) -> Order:
    with shop.rooms.database.transaction() as tx:
        return shop.rooms.billing.orders.place(tx, home(shop), plan.id, provider="stripe")


def tell(shop: Service, name: str, kind: str, **thing: Any) -> int:
    """An event, signed as Stripe signs; the status of the answer."""
    event = {"id": name, "type": kind, "created": int(time.time()), "data": {"object": thing}}
    body, at = json.dumps(event).encode(), int(time.time())
    proof = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={proof}"}
    where = "/api/v1/payments/stripe/webhook"
    return shop.client.post(where, content=body, headers=headers).status_code


def paid(shop: Service, bought: Order, name: str, **more: Any) -> int:
    thing = {
        "id": f"cs_{name}",
        "client_reference_id": bought.id,
        "payment_status": "paid",
        "amount_total": bought.price_minor,
        "currency": bought.currency,
        "payment_intent": None,
        "invoice": None,
    }
    return tell(shop, f"evt_{name}", "checkout.session.completed", **(thing | more))


def refunded(shop: Service, name: str, minor: int, **named: Any) -> int:
    thing = {"id": f"ch_{name}", "amount": 1000, "amount_refunded": minor} | named
    return tell(shop, name, "charge.refunded", **thing)


def available(shop: Service) -> int:
    with shop.rooms.database.snapshot() as tx:
        return shop.rooms.ledger.balance(tx, home(shop)).available


def spend(shop: Service, amount: int) -> None:
    with shop.rooms.database.transaction() as tx:
        shop.rooms.ledger.correct(tx, home(shop), Millicredits(amount), cause="gone")


def told(shop: Service) -> list[dict[str, Any]]:
    with shop.rooms.database.snapshot() as tx:
        lines = shop.rooms.trail.all(tx, home(shop))
        return [dict(each.facts) for each in lines if each.verb == "billing.payment.refunded"]


def test_money_given_back_takes_its_share_of_the_credits_once(shop: Service) -> None:
    assert refunded(shop, "evt_r0", 400, payment_intent="pi_1") == 404, "told before the payment"
    assert paid(shop, order(shop, PACK), "1", payment_intent="pi_1") == 200
    for _ in range(2):
        assert refunded(shop, "evt_r1", 400, payment_intent="pi_1") == 200
    assert available(shop) == 60_000
    assert refunded(shop, "evt_r2", 1000, payment_intent="pi_1") == 200
    assert refunded(shop, "evt_r0", 400, payment_intent="pi_1") == 200, "late, and no news"
    assert available(shop) == 0
    assert [each["taken"] for each in told(shop)] == ["40", "60"]
    assert audit_credits(shop.rooms) == []


def test_what_was_spent_can_not_be_taken_back_and_that_is_told(shop: Service) -> None:
    assert paid(shop, order(shop, PACK), "1", payment_intent="pi_1") == 200
    spend(shop, 70_000)
    assert refunded(shop, "evt_r1", 1000, payment_intent="pi_1") == 200
    assert available(shop) == 0
    assert told(shop) == [{"due": "100", "taken": "30", "missing": "70"}]
    assert audit_credits(shop.rooms) == []


def test_the_lot_that_was_paid_for_is_taken_before_others(shop: Service) -> None:
    with shop.rooms.database.transaction() as tx:
        soon = Milliseconds(shop.rooms.clock.now() + 86_400_000)
        shop.rooms.ledger.grant(
            tx, home(shop), Millicredits(5000), cause="gift", code="gift", expires_at=soon
        )
    assert paid(shop, order(shop, PACK), "1", payment_intent="pi_1") == 200
    assert refunded(shop, "evt_r1", 1000, payment_intent="pi_1") == 200
    with shop.rooms.database.snapshot() as tx:
        assert [(lot.kind, lot.free) for lot in shop.rooms.ledger.lots(tx, home(shop))] == [
            ("gift", 5000)
        ]


def test_a_later_month_is_given_back_by_the_intent_of_its_invoice(shop: Service) -> None:
    assert paid(shop, order(shop, PRO), "1", subscription="sub_1", invoice="in_1") == 200
    month = {
        "id": "in_2",
        "billing_reason": "subscription_cycle",
        "amount_paid": 9900,
        "currency": "cny",
        "parent": {"subscription_details": {"subscription": "sub_1"}},
        "payments": {"data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_2"}}]},
    }
    assert tell(shop, "evt_2", "invoice.paid", **month) == 200
    assert available(shop) == 1_000_000
    assert refunded(shop, "evt_r1", 1000, payment_intent="pi_2") == 200
    assert available(shop) == 500_000
    assert audit_credits(shop.rooms) == []


def test_two_checkouts_paid_at_once_do_not_give_two_plans(
    shop: Service,
    stripe_there: StandIn,  # noqa: F811
) -> None:
    first, second = order(shop, PRO), order(shop, PRO)
    assert paid(shop, first, "1", subscription="sub_1") == 200
    stripe_there.status = 500
    stripe_there.answer = {"error": {"type": "api_error", "message": "down"}}
    assert paid(shop, second, "2", subscription="sub_2") == 502, "to be told again"
    assert available(shop) == 500_000
    stripe_there.status, stripe_there.answer = 200, {"id": "sub_2", "object": "subscription"}
    stripe_there.asked.clear()
    assert paid(shop, second, "2", subscription="sub_2") == 200
    assert [path for path, _, _ in stripe_there.asked] == ["/v1/subscriptions/sub_2"]
    with shop.rooms.database.snapshot() as tx:
        standing = shop.rooms.billing.subscriptions.find(tx, home(shop))
        assert len(shop.rooms.billing.orders.invoices(tx, home(shop))) == 2
    assert standing is not None
    assert standing.provider_ref == "sub_1"
    # What was paid for came, once.
    assert available(shop) == 1_000_000
    assert paid(shop, second, "2", subscription="sub_2") == 200
    assert tell(shop, "evt_3", "customer.subscription.deleted", id="sub_2") == 200
    assert available(shop) == 1_000_000
    with shop.rooms.database.snapshot() as tx:
        assert shop.rooms.billing.plans.terms(tx, home(shop)).plan_id == "pro"
    assert audit_credits(shop.rooms) == []
