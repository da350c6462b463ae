"""Invoices: each on a page that is made to be printed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Response

from mutoscope.billing import Invoice, Order
from mutoscope.identity import Permission
from mutoscope.studio.visit import Member

router = APIRouter()


@dataclass(frozen=True)
class InvoicePage:
    """Everything templates/pages/invoice.html may use."""

    invoice: Invoice
    order: Order
    seller: str


@router.get("/credits/invoices/{number}")
def invoice_page(visit: Member, number: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """One of the organization's invoices."""
    visit.actor.check(Permission.CREDITS_VIEW)
    rooms, organization_id = visit.rooms, visit.owner.organization_id
    with rooms.database.snapshot() as tx:
        invoice = rooms.billing.orders.invoice(tx, organization_id, number)
        order = rooms.billing.orders.find(tx, organization_id, invoice.order_id)
        house = rooms.people.house(tx)
        seller = rooms.projects.organization(tx, house).name if house else ""
    return visit.show("pages/invoice.html", InvoicePage(invoice, order, seller))
