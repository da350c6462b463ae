"""Builds the web process. It loads no model and no torch."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from mutoscope import studio
from mutoscope.api import files, native
from mutoscope.api.limits import BodyLimit
from mutoscope.api.links import LINKS_KEY, Links
from mutoscope.api.problems import answer_errors, problem, status_of
from mutoscope.api.throttle import Throttle
from mutoscope.generations import Rooms
from mutoscope.identity import Seal
from mutoscope.jobs import Presence
from mutoscope.settings import Settings
from mutoscope.wiring import DATABASE, MODELS, SCRATCH, WORKERS

if TYPE_CHECKING:
    from mutoscope.api.dialects.kling import Names
    from mutoscope.api.dialects.kling.operations import Operation


def build(settings: Settings, rooms: Rooms, seal: Seal) -> "WebApp":
    """The pages, our own API, the files, and each dialect as an app with its own errors."""
    links = Links(
        seal.derive(LINKS_KEY), settings.result_link_days, settings.public_url, rooms.clock
    )
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(files.router)
    answer_errors(app, problem)
    throttle = Throttle(settings.requests_per_minute)

    def furnished(each: FastAPI) -> FastAPI:
        each.state.throttle = throttle
        each.state.rooms = rooms
        each.state.links = links
        each.state.events_poll_seconds = settings.events_poll_seconds
        return each

    kling_app = LateApp(lambda: _kling(settings, furnished))
    own_app = furnished(native.build())
    furnished(app)
    house = studio.House(
        rooms=rooms,
        key=seal.derive("studio forms"),
        seal=seal,
        send_file=files.send,
        status_of=status_of,
        vendors=vendors_here,
        public_url=settings.public_url,
        events_poll_seconds=settings.events_poll_seconds,
        office=_office(settings),
    )
    pages = LateApp(lambda: studio.build(house))
    vendors = {"kling": kling_app}
    reception = Reception(pages, app, own_app, vendors, vendors.get(settings.root_dialect))
    return WebApp(BodyLimit(reception, settings.body_bytes_max), late=(pages, kling_app))


def _office(settings: Settings) -> studio.Office:
    data = settings.data
    return studio.Office(
        data=data,
        database=data / DATABASE,
        models=data / MODELS,
        scratch=data / SCRATCH,
        workers=Presence(data / WORKERS),
        names=lambda: _kling_names(settings),
        requests_per_minute=settings.requests_per_minute,
        body_bytes_max=settings.body_bytes_max,
        retention_days=settings.retention_days,
    )


def _kling_names(settings: Settings) -> "Names":
    from mutoscope.api.dialects import kling

    return kling.Names(settings.data / "kling_models.json")


def _kling(settings: Settings, furnished: Callable[[FastAPI], FastAPI]) -> ASGIApp:
    from mutoscope.api.dialects import kling

    return kling.Polls(furnished(kling.build(_kling_names(settings))))


def vendors_here() -> tuple[studio.Vendor, ...]:
    """Whose clients are understood, and how far: from the dialects' own tables."""
    from mutoscope.api.dialects.kling import page

    chapters = tuple(
        studio.Chapter(title, tuple(_offer(operations) for operations in found))
        for title, found in page.offers()
    )
    return (studio.Vendor("kling", "Kling", chapters, page.support_page()),)


def _offer(operations: Sequence["Operation"]) -> studio.Offer:
    """The first of them makes what the others ask after: it says how far they go."""
    first = operations[0]
    calls = tuple(f"{each.method} {each.path}" for each in operations)
    return studio.Offer(first.purpose, calls, first.support.level, first.support.how)


class LateApp:
    """An app that is built at its first request, or when there is time: not while we start."""

    def __init__(self, build_app: Callable[[], ASGIApp]) -> None:
        self._build = build_app
        self._app: ASGIApp | None = None
        self._turn = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        app = self._app
        if app is None:
            app = await run_in_threadpool(self.built)
        await app(scope, receive, send)

    def built(self) -> ASGIApp:
        """The app, built once whoever asks first."""
        with self._turn:
            app = self._app or self._build()
            self._app = app
            return app


OWN_API = "/api/v1"
OWN_PATHS = frozenset({"api", "files"})


class Reception:
    """Shows people to the pages and programs to the APIs, by the first part of the path."""

    def __init__(
        self,
        pages: ASGIApp,
        programs: ASGIApp,
        own_api: ASGIApp,
        vendors: Mapping[str, ASGIApp],
        at_root: ASGIApp | None,
    ) -> None:
        """`own_api` is at OWN_API, `programs` has the files and answers what is nowhere.

        `vendors`: each at a path of its own name; `at_root`: whose paths need no name.
        """
        self._pages = pages
        self._programs = programs
        self._own_api = own_api
        self._vendors = vendors
        self._at_root = at_root or programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what no page owns may be the root dialect's."""
        if scope["type"] != "http":
            await self._programs(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(
            "//"
        ):  # a base URL that ends in a slash, and a path that begins with one
            path = f"/{path.lstrip('/')}"
            scope = {**scope, "path": path}
        # Not mounted in another app: the call that must be quick would pass through two.
        if path.startswith(f"{OWN_API}/"):
            scope = {**scope, "root_path": f"{scope.get('root_path', '')}{OWN_API}"}
            await self._own_api(scope, receive, send)
            return
        first = path.split("/", 2)[1]
        if first in studio.OWNED_PATHS:
            await self._pages(scope, receive, send)
        elif first in OWN_PATHS:
            await self._programs(scope, receive, send)
        elif first in self._vendors:
            scope = {**scope, "root_path": f"{scope.get('root_path', '')}/{first}"}
            await self._vendors[first](scope, receive, send)
        else:
            await self._at_root(scope, receive, send)


class WebApp:
    """The whole of the web process, as the server sees it."""

    def __init__(self, front: ASGIApp, late: tuple[LateApp, ...]) -> None:
        self._front = front
        self._late = late

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self._front(scope, receive, send)

    def furnish(self) -> None:
        """Build what was left for later; the first visitor need not wait for it."""
        for app in self._late:
            app.built()
