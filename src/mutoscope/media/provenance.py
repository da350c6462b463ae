"""The AIGC label: who made a file, which one it is, and proof that it is still that one.

The value is one JSON object of seven strings, as GB 45438-2025 (Annex E) asks. `ReservedCode1`
holds our proof: an HMAC over the label and the digest of the media payload, that is of what people
see and hear. It is not over the whole file, since a signature added later must not break it.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from typing import Any

GENERATED = "1"
KEY_BYTES_MIN = 16
LABEL_BYTES_MAX = 1 << 20
VALUE_LENGTH_MAX = 128

_PROOF = "v1."
# As long as a proof, so that it can be replaced where it stands.
_NO_PROOF_YET = _PROOF + "0" * 43
# Printable ASCII but for the space, the quotation mark and the backslash.
_VALUE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]*")
_CODE = re.compile(r"0011([0-9A-HJ-NP-RT-UW-Y]{18})[0-9][0-9A-Z]{4}")
_CREDIT_CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NAMES = {
    "label": "Label",
    "content_producer": "ContentProducer",
    "produce_id": "ProduceID",
    "reserved_code_1": "ReservedCode1",
    "content_propagator": "ContentPropagator",
    "propagate_id": "PropagateID",
    "reserved_code_2": "ReservedCode2",
}


@dataclass(frozen=True, kw_only=True)
class AigcLabel:
    """The seven fields of the label, in their order."""

    label: str
    content_producer: str
    produce_id: str
    reserved_code_1: str
    content_propagator: str
    propagate_id: str
    reserved_code_2: str

    def to_json(self) -> str:
        """The value as it is written: compact, in order, never escaped since nothing needs it."""
        value = {_NAMES[field]: text for field, text in asdict(self).items()}
        return json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What turns a payload into a label: the producer's code, the asset's id and a secret key.

    The producer is a 27-character provider code or, without one, an ASCII name without spaces.
    """

    producer: str
    produce_id: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_producer(self.producer)
        _check_value("ProduceID", self.produce_id)
        if len(self.key) < KEY_BYTES_MIN:
            raise ValueError(f"the key of the label needs at least {KEY_BYTES_MIN} bytes")

    def unsealed(self) -> AigcLabel:
        """The label while the payload is not known yet; as long as the sealed one."""
        return self._label(_NO_PROOF_YET)

    def sealed(self, payload_digest: bytes) -> AigcLabel:
        """The label of the payload with this SHA-256 digest."""
        return self._label(_proof(self.key, self._label(""), payload_digest))

    def _label(self, proof: str) -> AigcLabel:
        return AigcLabel(
            label=GENERATED,
            content_producer=self.producer,
            produce_id=self.produce_id,
            reserved_code_1=proof,
            # Annex E, note 1: at first writing the propagator is the producer.
            content_propagator=self.producer,
            propagate_id=self.produce_id,
            reserved_code_2="",
        )


def is_proven(label: AigcLabel, payload_digest: bytes, key: bytes) -> bool:
    """Whether the holder of `key` labelled this payload, with this producer and this id."""
    proof = _proof(key, label, payload_digest)
    return hmac.compare_digest(_bytes(proof), _bytes(label.reserved_code_1))


def parse_label(text: str) -> AigcLabel | None:
    """Read a label, ours or another's: also wrapped in {"AIGC": ...}. None if it is no label."""
    if len(text) > LABEL_BYTES_MAX:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get("AIGC"), dict):
        value = value["AIGC"]
    if not isinstance(value, dict) or "Label" not in value:
        return None
    return AigcLabel(**{field: _text(value.get(name)) for field, name in _NAMES.items()})


def pixels_digest(*, width: int, height: int, rgb: bytes) -> bytes:
    """The payload digest of a picture: SHA-256 of its sides and its decoded RGB pixels."""
    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return hashlib.sha256(sides + rgb).digest()


def check_producer(producer: str) -> None:
    """Raise ValueError unless `producer` may stand in a label; a provider code must add up."""
    _check_value("ContentProducer", producer)
    if len(producer) != 27 or not producer.startswith("0011"):
        return
    code = _CODE.fullmatch(producer)
    if code is None or not _adds_up(code[1]):
        raise ValueError(
            f"ContentProducer looks like a provider code but does not add up: {producer!r};"
            " compare the social credit code in it with the licence"
        )


def _text(value: Any) -> str:
    """Deployed services write numbers and leave fields out; reading accepts it."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else ""


def _check_value(name: str, value: str) -> None:
    if not value or len(value) > VALUE_LENGTH_MAX or not _VALUE.fullmatch(value):
        raise ValueError(
            f"{name} must be 1 to {VALUE_LENGTH_MAX} printable ASCII characters without space,"
            f" quotation mark and backslash; got {value[:80]!r}"
        )


def _proof(key: bytes, label: AigcLabel, payload_digest: bytes) -> str:
    """`v1.` and the HMAC. A NUL ends each part, so that no two labels spell the same message."""
    parts = (label.label, label.content_producer, label.produce_id)
    message = b"".join(_bytes(part) + b"\0" for part in parts) + payload_digest
    code = hmac.new(key, message, hashlib.sha256).digest()
    return _PROOF + urlsafe_b64encode(code).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """JSON of strangers can spell what UTF-8 can't; it is compared all the same."""
    return text.encode("utf-8", "surrogatepass")


def _adds_up(credit_code: str) -> bool:
    """Whether the check digit of a unified social credit code is right (GB 32100-2015)."""
    *body, last = (_CREDIT_CODE_DIGITS.index(character) for character in credit_code)
    weighted = sum(digit * pow(3, place, 31) for place, digit in enumerate(body))
    return last == -weighted % 31
