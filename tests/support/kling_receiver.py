"""A receiver of Kling's callbacks, written from its documentation: it shares no code with us."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

SECONDS_APART_MAX = 300


class Refused(Exception):
    """This was not sent by whom it claims, or not now, or it was heard before."""


class Receiver:
    """Believes what is signed, fresh and new."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._heard: set[str] = set()

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: float) -> Any:
        """The news of a callback, or Refused with the reason. `now` in Unix seconds."""
        given = {name.lower(): value for name, value in headers.items()}
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        if any(name not in given for name in names):
            raise Refused("unsigned")
        message_id, timestamp, signatures = (given[name] for name in names)
        content = f"{message_id}.{timestamp}.".encode() + body
        code = hmac.new(self._key, content, hashlib.sha256).digest()
        mine = "v1," + base64.b64encode(code).decode()
        if not any(hmac.compare_digest(mine, each) for each in signatures.split(" ")):
            raise Refused("forged")
        if not timestamp.isdigit() or abs(now - int(timestamp)) > SECONDS_APART_MAX:
            raise Refused("stale")
        if message_id in self._heard:
            raise Refused("replayed")
        self._heard.add(message_id)
        return json.loads(body)
