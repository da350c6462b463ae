"""What credits cost and where they come from. Knows nothing of jobs or HTTP."""

from mutoscope.billing.billing import Billing
from mutoscope.billing.prices import PriceRow, Prices

__all__ = ["Billing", "PriceRow", "Prices"]
