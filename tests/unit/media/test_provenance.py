"""The AIGC label: its form, its characters, its proof."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutoscope.media import Provenance, check_producer
from mutoscope.media.provenance import is_proven, parse_label

KEY = b"k" * 32
FIELDS = [
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
]
ALLOWED = [chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\']
VALUES = st.text(st.sampled_from(ALLOWED), min_size=1, max_size=128)
# The credit code of the example in GB 32100-2015, a real check digit.
CREDIT_CODE = "91350100M000100Y43"
CODE = f"0011{CREDIT_CODE}1A0B1"


@given(producer=VALUES.filter(lambda text: len(text) != 27), produce_id=VALUES, digest=st.binary())
def test_a_label_has_seven_fields_in_order_and_says_the_producer_twice(
    producer: str, produce_id: str, digest: bytes
) -> None:
    label = Provenance(producer=producer, produce_id=produce_id, key=KEY).sealed(digest)
    text = label.to_json()
    value = json.loads(text)
    assert list(value) == FIELDS
    assert all(isinstance(field, str) for field in value.values())
    assert value["Label"] == "1"
    assert value["ContentPropagator"] == value["ContentProducer"] == producer
    assert value["PropagateID"] == value["ProduceID"] == produce_id
    assert set(text) <= {*ALLOWED, '"'}
    assert parse_label(text) == label


@given(digest=st.binary())
def test_the_proof_takes_the_place_of_its_placeholder(digest: bytes) -> None:
    provenance = Provenance(producer="p", produce_id="i", key=KEY)
    sealed = provenance.sealed(digest)
    assert re.fullmatch(r"v1\.[A-Za-z0-9_-]{43}", sealed.reserved_code_1)
    assert len(sealed.to_json()) == len(provenance.unsealed().to_json())
    assert is_proven(sealed, digest, KEY)
    assert not is_proven(provenance.unsealed(), digest, KEY)


def test_the_proof_covers_producer_id_payload_and_key() -> None:
    label = Provenance(producer="studio", produce_id="7", key=KEY).sealed(b"payload")
    assert not is_proven(replace(label, content_producer="other"), b"payload", KEY)
    assert not is_proven(replace(label, produce_id="8"), b"payload", KEY)
    assert not is_proven(replace(label, label="2"), b"payload", KEY)
    assert not is_proven(label, b"payloae", KEY)
    assert not is_proven(label, b"payload", b"j" * 32)


def test_moving_a_letter_from_producer_to_id_breaks_the_proof() -> None:
    label = Provenance(producer="ab", produce_id="c", key=KEY).sealed(b"")
    assert not is_proven(replace(label, content_producer="a", produce_id="bc"), b"", KEY)


@pytest.mark.parametrize("text", ["伪造", "\ud800", ""])
def test_a_foreign_proof_that_is_not_ascii_is_no_proof(text: str) -> None:
    label = Provenance(producer="ab", produce_id="c", key=KEY).sealed(b"")
    assert not is_proven(replace(label, reserved_code_1=text), b"", KEY)
    assert not is_proven(replace(label, produce_id=text), b"", KEY)


@pytest.mark.parametrize(
    "value", ["", "two words", 'quo"te', "back\\slash", "中文", "x" * 129, "\n"]
)
def test_a_value_outside_the_alphabet_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="ContentProducer"):
        Provenance(producer=value, produce_id="1", key=KEY)
    with pytest.raises(ValueError, match="ProduceID"):
        Provenance(producer="studio", produce_id=value, key=KEY)


def test_a_short_key_is_refused_and_no_key_is_ever_shown() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Provenance(producer="studio", produce_id="1", key=b"short")
    assert "kkk" not in repr(Provenance(producer="studio", produce_id="1", key=KEY))


def test_a_provider_code_must_add_up() -> None:
    check_producer(CODE)
    check_producer("0011-is-a-name-too")
    for wrong in (CODE.replace("Y43", "Y44"), CODE.replace("M", "I"), CODE.lower()):
        with pytest.raises(ValueError, match="does not add up"):
            check_producer(wrong)


@pytest.mark.parametrize(
    ("text", "producer"),
    [
        ('{"Label":"1","ContentProducer":"MiniMax"}', "MiniMax"),
        ('{"AIGC":{"Label":1,"ContentProducer":"豆包"}}', "豆包"),
        ('{"Label":"1"}', ""),
        ('{"Label":"1","ContentProducer":' + "[" * 500 + "]" * 500 + "}", ""),
    ],
)
def test_labels_of_others_are_read_as_they_are(text: str, producer: str) -> None:
    label = parse_label(text)
    assert label is not None
    assert label.label == "1"
    assert label.content_producer == producer


@pytest.mark.parametrize("text", ["", "[]", "null", '"1"', "{", "{}", "[" * 100_000, "1" * 10_000])
def test_what_is_no_label_is_none(text: str) -> None:
    assert parse_label(text) is None
