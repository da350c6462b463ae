"""Stripe Checkout, through its own library: the card's number never comes near us."""

import json
from typing import TYPE_CHECKING, Any

from mutoscope.billing.payments.provider import (
    Bill,
    Ended,
    Event,
    Missed,
    Other,
    Paid,
    PaidAgain,
    PaidBack,
    Places,
)
from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import InvalidRequest, NotAuthenticated, PaymentFailed

if TYPE_CHECKING:
    import stripe

PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
# The first month comes with the checkout itself.
FIRST = "subscription_create"


class Stripe:
    """Speaks with Stripe. Loaded when it is first needed: most houses sell nothing."""

    name = "stripe"

    def __init__(self, api_key: str, webhook_secret: str, *, api_base: str = "") -> None:
        """`api_base`: where Stripe's API is, for tests."""
        self._api_key = api_key
        self._webhook_secret = webhook_secret
        self._api_base = api_base

    def checkout(self, bill: Bill, places: Places) -> str:
        """A Checkout Session for one order; asking again for the same order finds the same."""
        import stripe

        price: Any = {
            "currency": bill.currency,
            "unit_amount": bill.price_minor,
            "product_data": {"name": bill.title},
        }
        if bill.is_monthly:
            price["recurring"] = {"interval": "month"}
        try:
            session = self._client().v1.checkout.sessions.create(
                {
                    "mode": "subscription" if bill.is_monthly else "payment",
                    "line_items": [{"price_data": price, "quantity": 1}],
                    "client_reference_id": bill.order_id,
                    "success_url": places.paid,
                    "cancel_url": places.given_up,
                },
                {"idempotency_key": f"mutoscope-{bill.order_id}"},
            )
        except stripe.StripeError as error:
            said = error.user_message or type(error).__name__
            raise PaymentFailed(f"Stripe could not open a payment: {said}") from error
        if not session.url:
            raise PaymentFailed("Stripe answered without an address to pay at")
        return session.url

    def end(self, subscription: str) -> None:
        """Cancel it at once; one that is over already is no error."""
        import stripe

        try:
            self._client().v1.subscriptions.cancel(subscription)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise PaymentFailed(f"Stripe could not end the plan: {error}") from error
        except stripe.StripeError as error:
            said = error.user_message or type(error).__name__
            raise PaymentFailed(f"Stripe could not end the plan: {said}") from error

    def _client(self) -> "stripe.StripeClient":
        import stripe

        addresses: Any = {"api": self._api_base} if self._api_base else {}
        return stripe.StripeClient(self._api_key, base_addresses=addresses)

    def event(self, body: bytes, signature: str) -> Event:
        """A webhook's event, once its signature and its age are checked."""
        import stripe

        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(
                text, signature, self._webhook_secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise NotAuthenticated(
                "this is not signed by Stripe, or was signed too long ago",
                field="Stripe-Signature",
            ) from error
        try:
            return _read(json.loads(text))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidRequest(f"this event can't be read: {error!r}", field="body") from error


def _read(event: Any) -> Event:
    thing = event["data"]["object"]
    told = {"id": event["id"], "kind": event["type"], "at": Milliseconds(event["created"] * 1000)}
    match event["type"]:
        # A bank transfer completes the checkout before it is paid.
        case kind if kind in PAID and thing["payment_status"] in ("paid", "no_payment_required"):
            return Paid(
                **told,
                order_id=thing["client_reference_id"] or "",
                reference=thing["id"],
                amount_minor=thing["amount_total"],
                currency=thing["currency"],
                subscription=thing.get("subscription"),
                names=_names(thing, "id", "payment_intent", "invoice"),
            )
        case "invoice.paid" if thing["billing_reason"] != FIRST and _subscription_of(thing):
            return PaidAgain(
                **told,
                subscription=_subscription_of(thing) or "",
                reference=thing["id"],
                amount_minor=thing["amount_paid"],
                currency=thing["currency"],
                names=_names(thing, "id", "payment_intent", "charge") + _payments_of(thing),
            )
        case "charge.refunded":
            return PaidBack(
                **told,
                names=_names(thing, "id", "payment_intent", "invoice"),
                amount_minor=thing["amount"],
                refunded_minor=thing["amount_refunded"],
            )
        case "invoice.payment_failed" if thing["billing_reason"] != FIRST and _subscription_of(
            thing
        ):
            return Missed(**told, subscription=_subscription_of(thing) or "")
        case "customer.subscription.deleted":
            return Ended(**told, subscription=thing["id"])
        case _:
            return Other(**told)


def _subscription_of(invoice: Any) -> str | None:
    """Where an invoice names its subscription: Stripe moved it in 2025."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    found = details.get("subscription") or invoice.get("subscription")
    return None if found is None else str(found)


def _names(thing: Any, *keys: str) -> tuple[str, ...]:
    return tuple(str(thing[key]) for key in keys if thing.get(key))


def _payments_of(invoice: Any) -> tuple[str, ...]:
    """The intents that paid an invoice: listed in it since 2025, where there were any."""
    payments = (invoice.get("payments") or {}).get("data") or []
    return tuple(name for each in payments for name in _names(each["payment"], "payment_intent"))
