"""The front of the room: each part of it, built once."""

from dataclasses import dataclass, field

from mutoscope.billing.prices import Prices
from mutoscope.core.clock import Clock
from mutoscope.ledger import Ledger


@dataclass(frozen=True)
class Billing:
    """Prices, and who pays them with what."""

    clock: Clock
    ledger: Ledger
    prices: Prices = field(init=False)

    def __post_init__(self) -> None:
        """Build the parts."""
        object.__setattr__(self, "prices", Prices(self.clock))
