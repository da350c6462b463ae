"""Credits as a double-entry ledger. Knows nothing of jobs, models or HTTP."""

from mutoscope.ledger.accounts import Balance
from mutoscope.ledger.audit import Discrepancy, OpenHold, audit, open_holds
from mutoscope.ledger.ledger import Ledger
from mutoscope.ledger.transfers import Kind, Transfer

__all__ = [
    "Balance",
    "Discrepancy",
    "Kind",
    "Ledger",
    "OpenHold",
    "Transfer",
    "audit",
    "open_holds",
]
