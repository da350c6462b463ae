"""Proof that what was paid was delivered: orders, invoices and codes against their lots."""

from collections.abc import Iterator

from sqlalchemy import Connection

from mutoscope.ledger import Discrepancy


def audit_orders(tx: Connection) -> Iterator[Discrepancy]:
    """What was paid or redeemed without its credits, or the other way round."""
    for query, subject, problem in _CHECKS:
        for row in tx.exec_driver_sql(query):
            yield Discrepancy(f"{subject} {row[0]}", problem)


_CHECKS = (
    (
        """
        SELECT purchase.id FROM purchase WHERE status = 'paid' AND credits > 0 AND NOT EXISTS
            (SELECT 1 FROM lot WHERE lot.organization_id = purchase.organization_id
                AND lot.amount = purchase.credits
                AND lot.cause IN ('order:' || purchase.id, provider || ':' || provider_ref))
        """,
        "order",
        "was paid, and its credits never came",
    ),
    (
        """
        SELECT purchase.id FROM purchase JOIN lot ON lot.cause = 'order:' || purchase.id
        WHERE purchase.status <> 'paid'
        """,
        "order",
        "brought credits, and was not paid",
    ),
    (
        """
        SELECT purchase.id FROM purchase LEFT JOIN invoice ON invoice.purchase_id = purchase.id
        WHERE (purchase.status = 'paid') <> (invoice.number IS NOT NULL)
            OR invoice.amount_minor <> purchase.price_minor
            OR invoice.currency <> purchase.currency
        """,
        "order",
        "and its invoice disagree",
    ),
    (
        """
        SELECT number FROM invoice WHERE number > 1
            AND NOT EXISTS (SELECT 1 FROM invoice AS last WHERE last.number = invoice.number - 1)
        """,
        "invoice",
        "follows no other: a number is missing",
    ),
    (
        """
        SELECT substr(code_hash, 1, 12) FROM redeem_code
        LEFT JOIN lot ON lot.cause = 'code:' || code_hash
            AND lot.organization_id = redeem_code.organization_id
        WHERE (redeemed_at IS NULL) <> (lot.id IS NULL)
        """,
        "code",
        "and its credits disagree",
    ),
    (
        """
        SELECT event_id FROM purchase_refund LEFT JOIN transfer
            ON transfer.cause = 'correction:' || provider || ':' || event_id
        WHERE taken <> coalesce(transfer.amount, 0)
        """,
        "refund",
        "and what it took back disagree",
    ),
)
