"""Signatures of callbacks, by the Standard Webhooks scheme."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from mutoscope.core.clock import Milliseconds


def signature_headers(
    message_id: str, body: bytes, *, secrets: Sequence[str], now: Milliseconds
) -> dict[str, str]:
    """The headers that prove who sent `body`; none without a secret.

    One signature for each secret: while a new one takes over, both are good.
    """
    if not secrets:
        return {}
    moment = datetime.fromtimestamp(now // 1000, UTC)
    text = body.decode()
    signatures = [Webhook(secret).sign(message_id, moment, text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(now // 1000),
        "webhook-signature": " ".join(signatures),
    }
