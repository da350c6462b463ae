"""What the codes of the audit trail say, in words."""

from collections.abc import Mapping

from mutoscope.studio.words import Words


def verb_names(say: Words) -> Mapping[str, str]:
    """Every verb of the trail, and what was done."""
    return {
        "billing.order.canceled": say("an order was canceled"),
        "billing.order.paid": say("an order was paid"),
        "billing.order.placed": say("an order was placed"),
        "billing.payment.heard": say("a payment was reported"),
        "billing.payment.refunded": say("a payment was given back"),
        "billing.plan.archived": say("a plan is offered no more"),
        "billing.plan.ended": say("a plan was ended"),
        "billing.plan.given": say("a plan was given"),
        "billing.plan.offered": say("a plan was offered or changed"),
        "callbacks.delivery.replayed": say("a callback was sent again"),
        "callbacks.secret.drawn": say("a new secret for callbacks"),
        "credits.budget.removed": say("a budget was removed"),
        "credits.budget.set": say("a budget was set"),
        "credits.charge.refunded": say("a charge was given back"),
        "credits.clock.accepted": say("the clock was accepted"),
        "credits.code.redeemed": say("a code was redeemed"),
        "credits.codes.ended": say("codes were ended"),
        "credits.codes.made": say("codes were made"),
        "credits.lot.granted": say("credits were given"),
        "credits.price.set": say("a price was set"),
        "credits.wallet.corrected": say("a wallet was put right"),
        "house.generation.canceled": say("work was stopped by the house"),
        "house.model.made_default": say("a model became the default"),
        "house.organization.created": say("an organization was taken in"),
        "house.service.set_up": say("the service was set up"),
        "house.vendor_name.mapped": say("a vendor's name was mapped"),
        "identity.invitation.created": say("somebody was invited"),
        "identity.invitation.revoked": say("an invitation was revoked"),
        "identity.key.created": say("a key was made"),
        "identity.key.restricted": say("a key was bound to networks"),
        "identity.key.revoked": say("a key was revoked"),
        "identity.organization.changed": say("the organization was changed"),
        "identity.person.demoted": say("somebody may do less"),
        "identity.person.disabled": say("somebody was disabled"),
        "identity.person.enabled": say("somebody was let in again"),
        "identity.person.joined": say("somebody joined"),
        "identity.person.link_made": say("a sign-in link was made"),
        "identity.person.password_set": say("a password was set"),
        "identity.person.promoted": say("somebody may do more"),
        "identity.project.archived": say("a project was archived"),
        "identity.project.created": say("a project was begun"),
        "identity.project.renamed": say("a project was renamed"),
        "identity.project.restored": say("a project was restored"),
        "identity.session.ended": say("signed out"),
        "identity.session.refused": say("a sign-in was refused"),
        "identity.session.started": say("signed in"),
        "policy.words.added": say("words are refused"),
        "policy.words.removed": say("a word is refused no more"),
    }
