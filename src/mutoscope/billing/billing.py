"""The front of the room: each part of it, built once."""

from sqlalchemy import Connection

from mutoscope.billing.allowance import Allowance
from mutoscope.billing.codes import Codes
from mutoscope.billing.orders import Orders
from mutoscope.billing.payments import PaymentProvider
from mutoscope.billing.plans import Plans, Terms
from mutoscope.billing.prices import Prices
from mutoscope.billing.subscriptions import Subscriptions
from mutoscope.core.clock import Clock
from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId
from mutoscope.ledger import Ledger


class Billing:
    """Prices, plans, orders and codes: what credits cost and where they come from."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        *,
        daily_credits: Millicredits = Millicredits(0),  # noqa: B008 - a plain number
        provider: PaymentProvider | None = None,
    ) -> None:
        """`provider`: who takes the money; None when the house sends its own bills."""
        self.prices = Prices(clock)
        self.plans = Plans(clock, daily_credits=daily_credits)
        self.subscriptions = Subscriptions(clock, ledger, self.plans)
        self.allowance = Allowance(clock, ledger, self.plans)
        self.orders = Orders(clock, ledger, self.plans, self.subscriptions)
        self.codes = Codes(clock, ledger)
        self.provider = provider
        self._ledger = ledger

    def terms(self, tx: Connection, organization_id: OrganizationId) -> Terms:
        """On which terms an organization works; grants the free credits of its day by the way."""
        found = self.plans.terms(tx, organization_id)
        self.allowance.give(tx, organization_id, found)
        return found

    def keep_up(self, tx: Connection) -> None:
        """What time alone brings: lots that are over, months that begin, the credits of the day."""
        self._ledger.expire(tx)
        self.subscriptions.renew(tx)
        self.allowance.give_all(tx)
