"""Let somebody in whom the identity provider knows."""

from sqlalchemy import Connection

from mutoscope.core.errors import NotFound, NotPermitted
from mutoscope.generations.rooms import Rooms
from mutoscope.identity import Begun, Outsider, Person, SignOn


def finish_sign_on(rooms: Rooms, begun: Begun, code: str, redirect_uri: str) -> str:
    """A session for whoever the code stands for.

    NotAuthenticated when the provider's word can't be believed, NotPermitted when the person may
    not come in: of another domain, disabled, or unknown where only the known are let in.
    """
    sign_on = sign_on_of(rooms)
    outsider = sign_on.finish(begun, code, redirect_uri)
    with rooms.database.transaction() as tx:
        person = _known(tx, rooms, sign_on, outsider)
        session = rooms.people.new_session(tx, person.id)
        rooms.trail.record(
            tx,
            person.actor,
            "identity.session.started",
            person.id,
            person.organization_id,
            by=sign_on.terms.issuer,
        )
        return session


def sign_on_of(rooms: Rooms) -> SignOn:
    """The house's single sign-on. NotFound where there is none."""
    if rooms.sign_on is None:
        raise NotFound("there is no single sign-on here")
    return rooms.sign_on


def _known(tx: Connection, rooms: Rooms, sign_on: SignOn, outsider: Outsider) -> Person:
    terms = sign_on.terms
    person = rooms.people.by_identity(tx, issuer=terms.issuer, subject=outsider.subject)
    if person is not None:
        return _still_in(person)
    # By address only once, and only where the provider answers for it: then by its own name.
    domain = outsider.email.rpartition("@")[2]
    if not outsider.email or not outsider.email_is_verified:
        raise NotPermitted("the identity provider does not vouch for an address of yours")
    if terms.domains and domain not in terms.domains:
        raise NotPermitted(f"addresses of {domain} may not sign in here")
    try:
        person = rooms.people.find_by_email(tx, outsider.email, may_be_disabled=True)
    except NotFound:
        person = _stranger(tx, rooms, sign_on, outsider)
    _still_in(person)
    rooms.people.link_identity(tx, person.id, issuer=terms.issuer, subject=outsider.subject)
    return person


def _stranger(tx: Connection, rooms: Rooms, sign_on: SignOn, outsider: Outsider) -> Person:
    role = sign_on.terms.role_of_strangers
    house = rooms.people.house(tx)
    if role is None or house is None:
        raise NotPermitted("nobody here has your address; ask for an invitation")
    person_id = rooms.people.add(
        tx, house, name=outsider.name[:80], email=outsider.email, role=role
    )
    person = rooms.people.find(tx, house, person_id)
    rooms.trail.record(
        tx, person.actor, "identity.person.joined", person_id, house, role=role, by="single sign-on"
    )
    return person


def _still_in(person: Person) -> Person:
    if person.disabled_at is not None:
        raise NotPermitted("this person may not sign in any more")
    return person
