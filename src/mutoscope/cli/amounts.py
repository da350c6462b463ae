"""Amounts, days and organizations as people type them."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mutoscope.cli.house import House
    from mutoscope.core.credits import Millicredits
    from mutoscope.core.ids import OrganizationId

AmountArgument = Annotated[str, typer.Argument(help="How many, with up to three decimals.")]
OrganizationOption = Annotated[
    str | None,
    typer.Option("--organization", metavar="ID", help="Whose. [default: the first one]"),
]


def read_amount(text: str, field: str = "AMOUNT", *, may_be_zero: bool = False) -> "Millicredits":
    """Credits. InvalidRequest names the field."""
    from mutoscope.core.credits import Millicredits, parse_credits
    from mutoscope.core.errors import InvalidRequest

    if may_be_zero and text == "0":
        return Millicredits(0)
    try:
        return parse_credits(text)
    except ValueError as error:
        raise InvalidRequest(str(error), field=field) from error


def whose(house: "House", organization: str | None) -> "OrganizationId":
    """The organization that was named, or the first one."""
    from mutoscope.core.ids import OrganizationId

    return OrganizationId(organization or house.owner.organization_id)
