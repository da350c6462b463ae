"""Money as people read and write it: a currency has as many places as it has, 0 for the yen."""

from decimal import Decimal, InvalidOperation

from mutoscope.core.errors import InvalidRequest

# More than any price has; what is longer is refused before it is counted with.
TYPED_MAX = 20


def places(currency: str) -> int:
    """How many places its minor unit takes; 2 for a currency that nobody knows."""
    # Its tables are loaded with the first price: a command that shows none need not wait.
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency.upper())


def money_number(minor: int, currency: str) -> str:
    """An amount without its currency, as a form has it: 68.50, or 680 of yen."""
    return f"{Decimal(minor).scaleb(-places(currency)):f}"


def money(minor: int, currency: str) -> str:
    """An amount with its currency, its thousands apart: 1,068.50 CNY."""
    return f"{Decimal(minor).scaleb(-places(currency)):,f} {currency.upper()}"


def minor_of(text: str, currency: str, *, field: str) -> int:
    """Minor units of an amount somebody typed. InvalidRequest where it is none."""
    digits = places(currency)
    example = money_number(68 * 10**digits, currency)
    if not (text and text.isascii() and len(text) <= TYPED_MAX and set(text) <= set("0123456789.")):
        raise InvalidRequest(f"{text!r} is no price", field=field, fix=f"as in {example}")
    try:
        minor = Decimal(text).scaleb(digits)
    except InvalidOperation:
        raise InvalidRequest(f"{text!r} is no price", field=field, fix=f"as in {example}") from None
    if minor != int(minor):
        reason = f"a price in {currency.upper()} has at most {digits} places"
        raise InvalidRequest(reason, field=field, fix=f"as in {example}")
    return int(minor)
