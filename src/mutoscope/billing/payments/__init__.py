"""Payment providers: a small seam, with Stripe as the first behind it."""

from mutoscope.billing.payments.provider import (
    Ended,
    Event,
    Missed,
    Other,
    Paid,
    PaidAgain,
    PaidBack,
    PaymentProvider,
    Places,
)

__all__ = [
    "Ended",
    "Event",
    "Missed",
    "Other",
    "Paid",
    "PaidAgain",
    "PaidBack",
    "PaymentProvider",
    "Places",
]
