"""The durable outbox of callbacks. Knows nothing of HTTP, nor of what a generation is."""

from mutoscope.callbacks.outbox import Delivery, Errand, Outbox, Try
from mutoscope.callbacks.retry import PAUSES_SECONDS
from mutoscope.callbacks.signing import signature_headers

__all__ = [
    "PAUSES_SECONDS",
    "Delivery",
    "Errand",
    "Outbox",
    "Try",
    "signature_headers",
]
