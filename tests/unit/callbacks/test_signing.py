import base64
import hashlib
import hmac

from mutoscope.callbacks import PAUSES_SECONDS, signature_headers
from mutoscope.core.clock import Milliseconds

# The vector that Kling publishes.
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
NOW = Milliseconds(1781080794_999)
SIGNATURE = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
OTHER = "whsec_" + base64.b64encode(b"k" * 32).decode()


def test_the_signature_is_that_of_the_published_vector() -> None:
    assert signature_headers("9876543210", BODY, secrets=[SECRET], now=NOW) == {
        "webhook-id": "9876543210",
        "webhook-timestamp": "1781080794",
        "webhook-signature": SIGNATURE,
    }


def test_while_a_new_secret_takes_over_both_sign() -> None:
    headers = signature_headers("9876543210", BODY, secrets=[OTHER, SECRET], now=NOW)
    signed = hmac.new(b"k" * 32, b"9876543210.1781080794." + BODY, hashlib.sha256).digest()
    ours = "v1," + base64.b64encode(signed).decode()
    assert headers["webhook-signature"] == f"{ours} {SIGNATURE}"


def test_without_a_secret_nothing_is_signed() -> None:
    assert signature_headers("1", BODY, secrets=[], now=NOW) == {}


def test_the_back_off_rises_over_hours() -> None:
    assert list(PAUSES_SECONDS) == sorted(PAUSES_SECONDS)
    assert sum(PAUSES_SECONDS) > 15 * 3600
