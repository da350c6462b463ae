"""What a payment provider does for us: it takes the money, and tells us so."""

from dataclasses import dataclass
from typing import Protocol

from mutoscope.core.clock import Milliseconds


@dataclass(frozen=True)
class Bill:
    """What somebody wants to buy, for the provider's page."""

    order_id: str
    title: str
    price_minor: int
    currency: str
    is_monthly: bool


@dataclass(frozen=True)
class Places:
    """Where the buyer goes afterwards."""

    paid: str
    given_up: str


@dataclass(frozen=True)
class Event:
    """Something that a provider told us; its id is the same whenever it is told."""

    id: str
    kind: str
    at: Milliseconds


@dataclass(frozen=True)
class Paid(Event):
    """An order was paid."""

    order_id: str
    reference: str
    amount_minor: int
    currency: str
    # Of what will be paid every month from now on.
    subscription: str | None
    # What else the provider calls this payment: its refund may come under that name.
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaidAgain(Event):
    """Another month of a subscription was paid."""

    subscription: str
    reference: str
    amount_minor: int
    currency: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaidBack(Event):
    """Money was given back: of `amount_minor`, `refunded_minor` in all so far."""

    names: tuple[str, ...]
    amount_minor: int
    refunded_minor: int


@dataclass(frozen=True)
class Missed(Event):
    """A month of a subscription could not be collected."""

    subscription: str


@dataclass(frozen=True)
class Ended(Event):
    """A subscription is over."""

    subscription: str


@dataclass(frozen=True)
class Other(Event):
    """Nothing that matters here."""


class PaymentProvider(Protocol):
    """One way to pay."""

    name: str

    def checkout(self, bill: Bill, places: Places) -> str:
        """The address of a page where the bill can be paid. PaymentFailed when there is none."""
        ...

    def end(self, subscription: str) -> None:
        """Collect nothing more for it. PaymentFailed when the provider says no."""
        ...

    def event(self, body: bytes, signature: str) -> Event:
        """What a notification says. NotAuthenticated unless it is the provider's own, and fresh."""
        ...
