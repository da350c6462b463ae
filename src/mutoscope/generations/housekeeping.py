"""What those who run the service do for, or to, its organizations; the trail of each tells."""

from dataclasses import replace

from mutoscope.billing import Plan, SubscriptionStatus
from mutoscope.core.actor import Actor
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits, credits_text
from mutoscope.core.errors import NotPermitted
from mutoscope.core.ids import OrganizationId, PersonId, new_opaque_id
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Permission, Role, may_give

DAY_MS = 86_400_000


def acting_in(rooms: Rooms, actor: Actor, organization_id: OrganizationId) -> Actor:
    """Somebody of the house, with an owner's rights in a tenant; at home they have their own."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.snapshot() as tx:
        rooms.projects.organization(tx, organization_id)
    if organization_id == actor.organization_id:
        return actor
    return replace(actor, organization_id=organization_id, role=Role.OWNER)


def new_sign_in_link(rooms: Rooms, actor: Actor, person_id: PersonId) -> str:
    """A token that signs somebody of one's organization in once, within a day."""
    actor.check(Permission.PEOPLE_MANAGE)
    with rooms.database.transaction() as tx:
        person = rooms.people.find(tx, actor.organization_id, person_id)
        if not may_give(actor.role, person.role):
            raise NotPermitted("only owners make a link for an owner")
        if person.disabled_at is not None:
            raise NotPermitted("who is disabled does not come in", fix="let them in again first")
        token = rooms.people.new_link(tx, person_id)
        verb = "identity.person.link_made"
        rooms.trail.record(tx, actor, verb, person_id, person.organization_id)
        return token


def grant_credits(
    rooms: Rooms,
    actor: Actor,
    organization_id: OrganizationId,
    amount: Millicredits,
    *,
    days: int | None = None,
) -> None:
    """Put new credits into a wallet, for good or for so many days."""
    actor.check(Permission.HOUSE_ADMINISTER)
    cause = f"grant:{new_opaque_id()}"
    until = None if days is None else Milliseconds(rooms.clock.now() + days * DAY_MS)
    with rooms.database.transaction() as tx:
        rooms.projects.organization(tx, organization_id)
        rooms.ledger.grant(tx, organization_id, amount, cause=cause, expires_at=until)
        told = {"credits": credits_text(amount)} | ({"days": str(days)} if days else {})
        verb = "credits.lot.granted"
        rooms.trail.record(tx, actor, verb, cause, organization_id, **told)


def give_plan(
    rooms: Rooms, actor: Actor, organization_id: OrganizationId, plan_id: str | None
) -> None:
    """Give a plan from now on, in place of the one there is; None ends that."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        rooms.projects.organization(tx, organization_id)
        subscriptions = rooms.billing.subscriptions
        if plan_id is None:
            subscriptions.set_status(tx, organization_id, SubscriptionStatus.CANCELED)
            rooms.trail.record(tx, actor, "billing.plan.ended", "subscription", organization_id)
        else:
            cause = f"plan:{organization_id}:{new_opaque_id()}"
            subscriptions.begin(tx, organization_id, plan_id, cause=cause)
            rooms.trail.record(tx, actor, "billing.plan.given", plan_id, organization_id)


def offer_plan(rooms: Rooms, actor: Actor, plan: Plan) -> None:
    """Offer a plan, or change it for everyone who has it."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        rooms.billing.plans.put(tx, plan)
        told = {"price_minor": plan.price_minor, "credits": credits_text(plan.credits)}
        verb = "billing.plan.offered"
        rooms.trail.record(tx, actor, verb, plan.id, actor.organization_id, **told)


def archive_plan(rooms: Rooms, actor: Actor, plan_id: str) -> None:
    """Offer it no more. Who has it keeps it."""
    actor.check(Permission.HOUSE_ADMINISTER)
    with rooms.database.transaction() as tx:
        rooms.billing.plans.archive(tx, plan_id)
        verb = "billing.plan.archived"
        rooms.trail.record(tx, actor, verb, plan_id, actor.organization_id)
