"""Credits as a double-entry ledger. Knows nothing of jobs, models or HTTP."""

from mutoscope.ledger.accounts import Balance
from mutoscope.ledger.audit import Discrepancy, OpenHold, audit, open_holds
from mutoscope.ledger.budgets import Alert, Budget, BudgetId, Budgets, Scope
from mutoscope.ledger.calendar import Period, midnight, month, next_midnight, today, window, zone
from mutoscope.ledger.high_water import EXPIRY_IS_FINAL_AFTER_MS, TimeMark
from mutoscope.ledger.ledger import Ledger
from mutoscope.ledger.lots import Lot, LotKind
from mutoscope.ledger.statement_csv import statement_csv
from mutoscope.ledger.statements import Line, Statement, statement_of
from mutoscope.ledger.transfers import Kind, Transfer

__all__ = [
    "EXPIRY_IS_FINAL_AFTER_MS",
    "Alert",
    "Balance",
    "Budget",
    "BudgetId",
    "Budgets",
    "Discrepancy",
    "Kind",
    "Ledger",
    "Line",
    "Lot",
    "LotKind",
    "OpenHold",
    "Period",
    "Scope",
    "Statement",
    "TimeMark",
    "Transfer",
    "audit",
    "midnight",
    "month",
    "next_midnight",
    "open_holds",
    "statement_csv",
    "statement_of",
    "today",
    "window",
    "zone",
]
