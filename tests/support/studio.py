"""Somebody at the studio's pages, without a browser: reads HTML, fills in forms, keeps cookies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any, Protocol, cast

from starlette.testclient import TestClient
from tests.support.flat_renderer import FlatRenderer
from tests.support.web import Service

from mutoscope.core.ids import GenerationId
from mutoscope.generations import Generation, find
from mutoscope.generations.files import FileMaker
from mutoscope.generations.run import Runner
from mutoscope.wiring import ADMINISTRATOR


class Reply(Protocol):
    """An HTTP answer, whichever client received it."""

    status_code: int
    text: str
    content: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """The body, read as JSON."""
        ...


SMALL = {"size": "480p", "seconds": "1", "seed": "7"}


class Fields(HTMLParser):
    """What the fields of a page hold: inputs as a browser would send them, and textareas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.names: set[str] = set()
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag in ("input", "select", "textarea"):
            self.names.add(name)
        if tag == "textarea":
            self._textarea = name
            self.values[name] = ""
        if tag == "input" and (
            given.get("type") not in ("radio", "checkbox") or "checked" in given
        ):
            self.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data.removeprefix("\n")


@dataclass(frozen=True)
class Visitor:
    """A browser without a screen."""

    service: Service
    web: TestClient

    def get(self, path: str, **headers: str) -> Reply:
        """Look at a page; redirects are not followed."""
        return cast(Reply, self.web.get(path, headers=headers))

    def csrf(self) -> str:
        """The token in the forms of this visitor."""
        page = self.web.get("/library", follow_redirects=True).text
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert found is not None, page
        return found[1]

    def post(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a form of ours."""
        data = {"csrf": self.csrf()} | dict(form or {})
        reply = self.web.post(path, data=data, files=files, headers=dict(headers or {}))
        return cast(Reply, reply)

    def new_link(self) -> str:
        """A one-time link for the administrator."""
        rooms = self.service.rooms
        with rooms.database.transaction() as tx:
            person = rooms.people.find_by_email(tx, ADMINISTRATOR)
            return rooms.people.new_link(tx, person.id)

    def come_in(self) -> "Visitor":
        """Sign in by a link."""
        assert self.post("/sign-in/link", {"token": self.new_link()}).status_code == 303
        return self

    def ask(self, prompt: str = "a red car in the desert", **fields: str) -> Reply:
        """Fill in the create form and send it."""
        return self.post("/generations", SMALL | {"prompt": prompt} | fields)

    def make(self, prompt: str = "a red car in the desert", **fields: str) -> GenerationId:
        """Ask for something and see that it was accepted."""
        return self.asked_for(self.ask(prompt, **fields)).id

    def asked_for(self, reply: Reply) -> Generation:
        """The generation that a form has led to."""
        assert reply.status_code == 303, words_of(reply)
        return self.find(GenerationId(int(reply.headers["location"].rpartition("/")[2])))

    def find(self, generation_id: GenerationId) -> Generation:
        """A generation as it stands."""
        with self.service.rooms.database.snapshot() as tx:
            return find(tx, self.service.owner().organization_id, generation_id)

    def work(self) -> None:
        """Do the next job, with a renderer that is quick and can fail."""
        rooms = self.service.rooms
        with rooms.database.transaction() as tx:
            claim = rooms.jobs.claim(tx, owner="test", lanes=["storyboard"])
        assert claim is not None, "nothing to do"
        maker = FileMaker(rooms.blobs, rooms.clock, "Mutoscope", b"k" * 32)
        Runner(rooms, FlatRenderer(), maker, self.service.settings.data / "scratch")(claim)


def visitor(service: Service, language: str = "en") -> Visitor:
    """A browser of its own, not signed in."""
    web = TestClient(service.client.app, raise_server_exceptions=False, follow_redirects=False)
    web.headers["Accept-Language"] = language
    return Visitor(service, web)


def words_of(reply: Reply) -> str:
    """What a page says to people, in one line."""
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", reply.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
