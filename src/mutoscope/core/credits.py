"""Credits (灵感值), counted in thousandths: whole integers, never floats."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Millicredits = NewType("Millicredits", int)

PER_CREDIT = 1000
AMOUNT_MAX = 10**15


def credits_text(amount: Millicredits) -> str:
    """Write an amount in credits: 1500 -> "1.5", 10000 -> "10"."""
    text = format(Decimal(amount) / PER_CREDIT, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_credits(text: str) -> Millicredits:
    """Read an amount written in credits; ValueError names what is wrong with it."""
    try:
        amount = Decimal(text) * PER_CREDIT
    except InvalidOperation as error:
        raise ValueError(f"not a number of credits: {text!r}") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"credits have at most three decimals; got {text!r}")
    if not 0 < amount <= AMOUNT_MAX:
        raise ValueError(f"credits must be positive and at most {AMOUNT_MAX // PER_CREDIT}")
    return Millicredits(int(amount))
