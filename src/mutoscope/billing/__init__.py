"""What credits cost and where they come from. Knows nothing of jobs or HTTP."""

from mutoscope.billing.audit import audit_orders
from mutoscope.billing.billing import Billing
from mutoscope.billing.codes import Batch
from mutoscope.billing.money import minor_of, money, money_number
from mutoscope.billing.orders import Invoice, Order, OrderStatus
from mutoscope.billing.payments import PaymentProvider, Places
from mutoscope.billing.plans import Plan, PlanKind, SubscriptionStatus, Terms
from mutoscope.billing.prices import PriceRow, Prices
from mutoscope.billing.refunds import Refund
from mutoscope.billing.subscriptions import Subscription

__all__ = [
    "Batch",
    "Billing",
    "Invoice",
    "Order",
    "OrderStatus",
    "PaymentProvider",
    "Places",
    "Plan",
    "PlanKind",
    "PriceRow",
    "Prices",
    "Refund",
    "Subscription",
    "SubscriptionStatus",
    "Terms",
    "audit_orders",
    "minor_of",
    "money",
    "money_number",
]
