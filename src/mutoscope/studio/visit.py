"""One request to the studio: who came, in which language, and how a page is shown to them."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from mutoscope.core.actor import Actor
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import NotAuthenticated, NotPermitted
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import Permission, Person
from mutoscope.studio.doorkeeper import Doorkeeper
from mutoscope.studio.house import House
from mutoscope.studio.templating import Templates
from mutoscope.studio.words import Words, choose_language, words_for

SESSION_COOKIE = "mutoscope_session"
LANGUAGE_COOKIE = "mutoscope_language"
THEME_COOKIE = "mutoscope_theme"
THEMES = ("auto", "light", "dark")
SESSION_SECONDS = 14 * 86_400
CHOICE_SECONDS = 365 * 86_400


@dataclass(frozen=True)
class Frame:
    """What stands around every page: everything `base.html` may use."""

    person: Person | None
    available: Millicredits | None
    language: str
    theme: str
    csrf: str
    path: str
    # Where a form that changes the language or the theme leads back to.
    here: str


@dataclass(frozen=True)
class Visit:
    """A request and what the studio knows of its sender."""

    request: Request
    house: House
    person: Person | None
    session: str

    @property
    def rooms(self) -> Rooms:
        """The rooms below."""
        return self.house.rooms

    @property
    def doorkeeper(self) -> Doorkeeper:
        """Whoever counts wrong passwords."""
        doorkeeper: Doorkeeper = self.request.app.state.doorkeeper
        return doorkeeper

    @property
    def words(self) -> Words:
        """In the visitor's language."""
        return words_for(self.language)

    @property
    def language(self) -> str:
        """The one they chose, or their browser's."""
        headers = self.request.headers
        return choose_language(
            self.request.cookies.get(LANGUAGE_COOKIE), headers.get("accept-language", "")
        )

    @property
    def base_url(self) -> str:
        """How whoever came here reaches this service."""
        url = self.request.url
        return self.house.public_url.rstrip("/") or f"{url.scheme}://{url.netloc}"

    @property
    def theme(self) -> str:
        """Light, dark, or what their machine says."""
        chosen = self.request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else THEMES[0]

    @property
    def is_partial(self) -> bool:
        """A script asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def csrf(self) -> str:
        """Proves that a form was written for this visitor in this session."""
        return self.prove("form")

    def prove(self, purpose: str) -> str:
        """A proof that only this visitor, in this session, can be given."""
        visitor: str = self.request.state.visitor
        message = "\0".join((purpose, visitor, self.session))
        return hmac.new(self.house.key, message.encode(), hashlib.sha256).hexdigest()

    def is_proof(self, purpose: str, given: str) -> bool:
        """Whether `given` is that proof."""
        return hmac.compare_digest(self.prove(purpose).encode(), given.encode())

    def show(
        self, template: str, page: object, status: int = HTTPStatus.OK, **headers: str
    ) -> Response:
        """Render a page or a partial. Header names are written with underscores."""
        templates: Templates = self.request.app.state.templates
        html = templates.render(template, page, self.frame(), self.words, self.rooms.clock.now())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return HTMLResponse(html, status, named | {"Vary": "Cookie, Accept-Language, HX-Request"})

    def frame(self) -> Frame:
        """The surroundings of a page."""
        url = self.request.url
        is_page = self.request.method in {"GET", "HEAD"} and not self.is_partial
        return Frame(
            person=self.person,
            available=self._available(),
            language=self.language,
            theme=self.theme,
            csrf=self.csrf,
            path=url.path,
            here=f"{url.path}?{url.query}".rstrip("?") if is_page else "/",
        )

    def leads_to(self, path: str) -> Response:
        """Go on elsewhere: a redirect for browsers, an instruction for our script."""
        if self.is_partial:
            return Response(headers={"HX-Redirect": path})
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)

    def with_session(self, session: str) -> "Visit":
        """The same visitor, just signed in."""
        return Visit(self.request, self.house, self.person, session)

    def remember(self, answer: Response, name: str, value: str, seconds: int) -> Response:
        """Set a cookie that scripts can't read and other sites can't send along."""
        is_https: bool = self.request.state.is_https
        answer.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_https
        )
        return answer

    def _available(self) -> Millicredits | None:
        if self.person is None:
            return None
        with self.rooms.database.snapshot() as tx:
            return self.rooms.ledger.balance(tx, self.person.organization_id).available


@dataclass(frozen=True)
class MemberVisit(Visit):
    """A visit by somebody who has signed in."""

    person: Person

    @property
    def owner(self) -> Owner:
        """On whose behalf they ask."""
        person = self.person
        return Owner(person.organization_id, person.project_id, person_id=person.id)

    @property
    def actor(self) -> Actor:
        """They, as those who do something."""
        return self.person.actor

    def may(self, permission: Permission) -> bool:
        """Whether their role allows it."""
        return self.person.may(permission)

    def check_may_make(self) -> None:
        """NotPermitted for those who may only look."""
        if not self.may(Permission.GENERATIONS_CREATE):
            raise NotPermitted("your role may look, not make")


def visit_of(request: Request) -> Visit:
    """Whoever it is."""
    house: House = request.app.state.house
    session = request.cookies.get(SESSION_COOKIE, "")
    person = None
    if session:
        with house.rooms.database.snapshot() as tx:
            person = house.rooms.people.by_session(tx, session)
    return Visit(request, house, person, session if person else "")


AnyVisit = Annotated[Visit, Depends(visit_of)]


def member_visit(visit: AnyVisit) -> MemberVisit:
    """Somebody who has signed in. NotAuthenticated sends everyone else to the door."""
    if visit.person is None:
        raise NotAuthenticated
    return MemberVisit(visit.request, visit.house, visit.person, visit.session)


Member = Annotated[MemberVisit, Depends(member_visit)]


def housekeeper_visit(visit: Member) -> MemberVisit:
    """Somebody who administers this service. NotPermitted for everyone else."""
    visit.actor.check(Permission.HOUSE_ADMINISTER)
    return visit


Housekeeper = Annotated[MemberVisit, Depends(housekeeper_visit)]


async def posted_form(request: Request, visit: AnyVisit) -> AsyncIterator[FormData]:
    """The fields of a form that we wrote for this visitor. NotPermitted when it is another's."""
    async with request.form(max_files=16, max_fields=100) as form:
        token = form.get("csrf")
        if not isinstance(token, str) or not visit.is_proof("form", token):
            raise NotPermitted("this form is out of date", field="csrf")
        yield form


Posted = Annotated[FormData, Depends(posted_form)]


async def member_form(visit: Member, posted: Posted) -> FormData:
    """A form of ours, from somebody who has signed in."""
    assert visit.person
    return posted


# For a button that says all there is to say.
PressedByMember = Depends(member_form)


def text_of(form: FormData, name: str) -> str:
    """What was typed into a field; a file is not text."""
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def path_within(text: str) -> str:
    """A path of this site, or the front page: nobody is led elsewhere."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path and text.isprintable() and len(text) < 2000 else "/"


def door(request: Request) -> str:
    """The sign-in page that leads back to where somebody wanted to go."""
    url = request.url
    wanted = f"{url.path}?{url.query}".rstrip("?")
    is_page = request.method in {"GET", "HEAD"} and "hx-request" not in request.headers
    if not is_page or wanted == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(wanted, safe='')}"
