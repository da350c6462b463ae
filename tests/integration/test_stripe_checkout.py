"""Asking Stripe for a page to pay at: its own library, against a server that answers as Stripe."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from mutoscope.billing.payments import Places
from mutoscope.billing.payments.provider import Bill
from mutoscope.billing.payments.stripe import Stripe
from mutoscope.core.errors import PaymentFailed

PLACES = Places(paid="http://here/credits", given_up="http://here/credits")


@dataclass
class StandIn:
    """Where Stripe would be: keeps what it was asked, answers what it was told to."""

    address: str = ""
    status: int = 200
    answer: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]], str | None]] = field(default_factory=list)


@pytest.fixture
def stripe_there() -> Iterator[StandIn]:
    there = StandIn()

    class Answers(BaseHTTPRequestHandler):
        def do_DELETE(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            there.asked.append((self.path, parse_qs(body), self.headers.get("Idempotency-Key")))
            text = json.dumps(there.answer).encode()
            self.send_response(there.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    there.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()


def bill(*, is_monthly: bool) -> Bill:
    return Bill("order-1", "专业版 / Pro", 9900, "cny", is_monthly)


@pytest.mark.parametrize("is_monthly", [True, False])
def test_a_bill_becomes_a_page_to_pay_at(stripe_there: StandIn, is_monthly: bool) -> None:
    stripe_there.answer = {
        "id": "cs_1",
        "object": "checkout.session",
        "url": "https://checkout.stripe.com/c/pay/cs_1",
    }
    shop = Stripe("sk_test", "whsec", api_base=stripe_there.address)
    assert shop.checkout(bill(is_monthly=is_monthly), PLACES) == stripe_there.answer["url"]
    ((path, sent, key),) = stripe_there.asked
    assert path == "/v1/checkout/sessions"
    assert key == "mutoscope-order-1"
    assert sent["mode"] == ["subscription" if is_monthly else "payment"]
    assert sent["client_reference_id"] == ["order-1"]
    assert sent["line_items[0][price_data][unit_amount]"] == ["9900"]
    assert sent["line_items[0][price_data][currency]"] == ["cny"]
    assert ("line_items[0][price_data][recurring][interval]" in sent) is is_monthly


def test_what_stripe_refuses_is_said_in_its_words(stripe_there: StandIn) -> None:
    stripe_there.status = 402
    stripe_there.answer = {"error": {"type": "card_error", "message": "Your account is closed."}}
    shop = Stripe("sk_test", "whsec", api_base=stripe_there.address)
    with pytest.raises(PaymentFailed, match=r"Your account is closed\."):
        shop.checkout(bill(is_monthly=False), PLACES)


def test_a_stripe_that_is_not_there_is_no_crash(stripe_there: StandIn) -> None:
    shop = Stripe("sk_test", "whsec", api_base="http://127.0.0.1:9")
    with pytest.raises(PaymentFailed):
        shop.checkout(bill(is_monthly=False), PLACES)


def test_a_plan_is_ended_where_it_is_collected(stripe_there: StandIn) -> None:
    shop = Stripe("sk_test", "whsec", api_base=stripe_there.address)
    stripe_there.answer = {"id": "sub_1", "object": "subscription", "status": "canceled"}
    shop.end("sub_1")
    stripe_there.status = 404
    missing = {"type": "invalid_request_error", "code": "resource_missing", "message": "gone"}
    stripe_there.answer = {"error": missing}
    shop.end("sub_1")
    assert [path for path, _, _ in stripe_there.asked] == ["/v1/subscriptions/sub_1"] * 2
    stripe_there.answer = {"error": {"type": "invalid_request_error", "message": "no"}}
    with pytest.raises(PaymentFailed):
        shop.end("sub_1")
