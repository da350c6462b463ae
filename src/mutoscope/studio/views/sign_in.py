"""In and out: by a link that works once, or by a password."""

import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.background import BackgroundTask

from mutoscope.core.errors import (
    Conflict,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    TooManyRequests,
)
from mutoscope.generations import finish_sign_on, is_set_up, set_up, sign_on_of
from mutoscope.identity import Begun, Permission, Person
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.visit import (
    SESSION_COOKIE,
    SESSION_SECONDS,
    AnyVisit,
    Member,
    MemberVisit,
    Posted,
    PressedByMember,
    Visit,
    path_within,
    text_of,
)

router = APIRouter()

# A proof of having come by a link, which stands in for the password of old.
BY_LINK = "came by link"
SET_UP_FIELDS = frozenset({"organization", "name", "email", "password"})
SIGN_ON_COOKIE = "mutoscope_sign_on"


@dataclass(frozen=True)
class SignInPage:
    """Everything templates/pages/sign_in.html may use."""

    email: str
    leads_to: str
    complaint: str
    has_sign_on: bool


@dataclass(frozen=True)
class LinkPage:
    """Everything templates/pages/link.html may use."""

    token: str


@dataclass(frozen=True)
class PasswordPage:
    """Everything templates/pages/password.html may use."""

    person: Person
    proof: str
    needs_current: bool
    complaint: str
    current_complaint: str


@dataclass(frozen=True)
class SetUpPage:
    """Everything templates/pages/set_up.html may use."""

    proof: str
    organization: str
    name: str
    email: str
    complaints: Mapping[str, Complaint] = field(default_factory=dict)


@router.get("/sign-in")
def sign_in_page(
    visit: AnyVisit,
    token: Annotated[str, Query(max_length=200)] = "",
    leads_to: Annotated[str, Query(max_length=2000, alias="next")] = "/",
) -> Response:
    """The door. Looking at a link does not use it up: mail programs look at links."""
    if token:
        return visit.show("pages/link.html", LinkPage(token))
    if visit.person is not None:
        return visit.leads_to(path_within(leads_to))
    return visit.show("pages/sign_in.html", _door(visit, "", path_within(leads_to), ""))


@router.post("/sign-in")
def sign_in(visit: AnyVisit, posted: Posted) -> Response:
    """By address and password."""
    email, leads_to = text_of(posted, "email").strip(), path_within(text_of(posted, "next"))
    try:
        person = _check(visit, email, text_of(posted, "password"))
    except NotAuthenticated:
        text = visit.words("No one here has this address with this password.")
        page = _door(visit, email, leads_to, text)
        answer = visit.show("pages/sign_in.html", page, HTTPStatus.UNAUTHORIZED)
        return _told(visit, email, answer)
    except TooManyRequests as error:
        text = visit.words("Too many wrong passwords. Wait a quarter of an hour.")
        page = _door(visit, email, leads_to, text)
        answer = visit.show("pages/sign_in.html", page, visit.house.status_of(error))
        answer.headers["Retry-After"] = str(error.wait_seconds)
        return answer
    with visit.rooms.database.transaction() as tx:
        session = visit.rooms.people.new_session(tx, person.id)
        _record(tx, visit, person, "identity.session.started", by="password")
    return _signed_in(visit, session, leads_to)


@router.post("/sign-in/link")
def sign_in_by_link(visit: AnyVisit, posted: Posted) -> Response:
    """By a link, which is used up now."""
    try:
        with visit.rooms.database.transaction() as tx:
            person = visit.rooms.people.use_link(tx, text_of(posted, "token"))
            session = visit.rooms.people.new_session(tx, person.id)
            _record(tx, visit, person, "identity.session.started", by="link")
    except NotAuthenticated:
        text = visit.words("This link was used before, or is older than a day. Ask for a new one.")
        page = _door(visit, "", "/", text)
        return visit.show("pages/sign_in.html", page, HTTPStatus.UNAUTHORIZED)
    proof = visit.with_session(session).prove(BY_LINK)
    is_first = person.may(Permission.HOUSE_ADMINISTER) and not is_set_up(visit.rooms)
    door = "/set-up" if is_first else "/password"
    return _signed_in(visit, session, f"{door}?proof={proof}")


@router.get("/sign-in/sso")
def begin_sign_on(
    visit: AnyVisit, leads_to: Annotated[str, Query(max_length=2000, alias="next")] = "/"
) -> Response:
    """On to the identity provider, remembering in the browser what to compare on the return."""
    begun = sign_on_of(visit.rooms).begin(_returns_to(visit))
    kept = json.dumps([begun.state, begun.nonce, begun.verifier, path_within(leads_to)])
    answer = RedirectResponse(begun.url, HTTPStatus.SEE_OTHER)
    return visit.remember(answer, SIGN_ON_COOKIE, visit.house.seal.close(kept).decode(), 600)


@router.get("/sign-in/sso/return")
def finish_sign_on_here(
    visit: AnyVisit,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """Back from the identity provider."""
    leads_to = "/"
    try:
        begun, leads_to = _begun(visit, state)
        session = finish_sign_on(visit.rooms, begun, code, _returns_to(visit))
    except (NotAuthenticated, NotPermitted, InvalidRequest) as error:
        text = visit.words("The sign-on did not work: %s") % error.detail
        page = _door(visit, "", leads_to, text)
        answer = visit.show("pages/sign_in.html", page, HTTPStatus.UNAUTHORIZED)
    else:
        answer = _signed_in(visit, session, leads_to)
    answer.delete_cookie(SIGN_ON_COOKIE, path="/")
    return answer


def _door(visit: Visit, email: str, leads_to: str, complaint: str) -> SignInPage:
    return SignInPage(email, leads_to, complaint, visit.rooms.sign_on is not None)


def _begun(visit: Visit, state: str) -> tuple[Begun, str]:
    """What this browser set out with. NotAuthenticated when the return is not its own."""
    try:
        kept = visit.house.seal.open(visit.request.cookies.get(SIGN_ON_COOKIE, "").encode())
    except Conflict as error:
        raise NotAuthenticated("it was begun in another browser, or too long ago") from error
    expected, nonce, verifier, leads_to = json.loads(kept)
    if not hmac.compare_digest(expected.encode(), state.encode()):
        raise NotAuthenticated("it was begun in another browser, or too long ago")
    return Begun("", expected, nonce, verifier), leads_to


def _returns_to(visit: Visit) -> str:
    url = visit.request.url
    base = visit.house.public_url.rstrip("/") or f"{url.scheme}://{url.netloc}"
    return f"{base}/sign-in/sso/return"


@router.post("/sign-out", dependencies=[PressedByMember])
def sign_out(visit: Member) -> Response:
    """End this session."""
    with visit.rooms.database.transaction() as tx:
        visit.rooms.people.end_session(tx, visit.session)
        _record(tx, visit, visit.person, "identity.session.ended")
    answer = visit.leads_to("/sign-in")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/set-up")
def set_up_page(visit: Member, proof: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The first run: names and the first password. Later it leads to the password alone."""
    if is_set_up(visit.rooms) or not visit.is_proof(BY_LINK, proof):
        return visit.leads_to("/password")
    with visit.rooms.database.snapshot() as tx:
        house = visit.rooms.projects.organization(tx, visit.person.organization_id)
    page = SetUpPage(proof, house.name, "", visit.person.email)
    return visit.show("pages/set_up.html", page)


@router.post("/set-up")
def set_up_here(visit: Member, posted: Posted) -> Response:
    """Name everything, and go to work."""
    proof, organization, name, email = (
        text_of(posted, key).strip() for key in ("proof", "organization", "name", "email")
    )
    if not visit.is_proof(BY_LINK, proof):
        raise NotPermitted("only the link of the first start leads here")
    try:
        set_up(
            visit.rooms,
            visit.person,
            organization=organization,
            name=name,
            email=email,
            password=text_of(posted, "password"),
        )
    except (InvalidRequest, Conflict) as error:
        beside = error.field if error.field in SET_UP_FIELDS else "form"
        said = {str(beside): complaint(error, visit.words)}
        page = SetUpPage(proof, organization, name, email, said)
        return visit.show("pages/set_up.html", page, visit.house.status_of(error))
    with visit.rooms.database.transaction() as tx:
        session = visit.rooms.people.new_session(tx, visit.person.id)
    return _signed_in(visit, session, "/")


@router.get("/password")
def password_page(visit: Member, proof: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Choose a password: the first, or another."""
    return visit.show("pages/password.html", _password_page(visit, proof))


@router.post("/password")
def set_password(visit: Member, posted: Posted) -> Response:
    """Set it; every other session of theirs ends."""
    proof, current = text_of(posted, "proof"), text_of(posted, "current")
    page = _password_page(visit, proof)
    if page.needs_current and not _is_password(visit, current):
        text = visit.words("This is not your password.")
        page = _password_page(visit, proof, current_complaint=text)
        answer = visit.show("pages/password.html", page, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _told(visit, visit.person.email, answer)
    try:
        with visit.rooms.database.transaction() as tx:
            visit.rooms.people.set_password(tx, visit.person.id, text_of(posted, "password"))
            session = visit.rooms.people.new_session(tx, visit.person.id)
            _record(tx, visit, visit.person, "identity.person.password_set")
    except InvalidRequest:
        text = visit.words("A password has 10 to 200 characters.")
        page = _password_page(visit, proof, complaint=text)
        return visit.show("pages/password.html", page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _signed_in(visit, session, "/")


def _told(visit: Visit, email: str, answer: Response) -> Response:
    """The answer to a wrong password, which the trail tells of once it is sent.

    Not before: how long it takes must tell nobody which addresses exist. The doorkeeper sees to it
    that there are few.
    """
    rooms, wrong = visit.rooms, visit.doorkeeper.wrong(email)

    def record() -> None:
        with suppress(NotFound, InvalidRequest), rooms.database.transaction() as tx:
            whose = rooms.people.find_by_email(tx, email, may_be_disabled=True)
            rooms.trail.record(
                tx,
                None,
                "identity.session.refused",
                whose.id,
                whose.organization_id,
                by="password",
                wrong=wrong,
            )

    answer.background = BackgroundTask(record)
    return answer


def _record(tx: Connection, visit: Visit, person: Person, verb: str, **facts: object) -> None:
    visit.rooms.trail.record(tx, person.actor, verb, person.id, person.organization_id, **facts)


def _signed_in(visit: Visit, session: str, leads_to: str) -> Response:
    return visit.remember(visit.leads_to(leads_to), SESSION_COOKIE, session, SESSION_SECONDS)


def _password_page(
    visit: MemberVisit, proof: str, *, complaint: str = "", current_complaint: str = ""
) -> PasswordPage:
    came_by_link = visit.is_proof(BY_LINK, proof)
    return PasswordPage(
        person=visit.person,
        proof=proof if came_by_link else "",
        needs_current=visit.person.has_password and not came_by_link,
        complaint=complaint,
        current_complaint=current_complaint,
    )


def _is_password(visit: MemberVisit, password: str) -> bool:
    try:
        _check(visit, visit.person.email, password)
    except NotAuthenticated:
        return False
    return True


def _check(visit: Visit, email: str, password: str) -> Person:
    with visit.doorkeeper.watch(email), visit.rooms.database.snapshot() as tx:
        return visit.rooms.people.check_password(tx, email, password)
