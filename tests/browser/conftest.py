"""The real service, and a real Chromium that notices every error and every foreign request."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from tests.support.program import NOTHING, Service, serving

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ORGANIZATION = "Lantern Films"
PASSWORD = "correct horse battery"
PATIENCE_MS = 20_000


@dataclass
class Screen:
    """A page in a browser of its own, and what went wrong there."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(self.base + path)

    def send(self, button: str) -> None:
        """Press a button that sends a form, and wait for the page that answers it."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).click()

    def watch(self) -> None:
        """Note console errors, broken scripts and requests that leave the origin."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal is no error of the page, though Chromium logs its status.
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "blob:")):
            self.complaints.append(f"left the origin: {request.url}")


@dataclass(frozen=True)
class Cinema:
    """The service and the browser to look at it with."""

    service: Service
    browser: Browser
    state: dict[str, Any]

    @contextmanager
    def screen(self, *, signed_in: bool = True, **options: Any) -> Iterator[Screen]:
        """A fresh browser window; fails if anything was wrong in it."""
        options.setdefault("viewport", {"width": 1440, "height": 900})
        options.setdefault("locale", "en-US")
        state = self.state if signed_in else None
        context = self.browser.new_context(storage_state=state, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        screen = Screen(context.new_page(), self.service.url)
        screen.watch()
        try:
            yield screen
        finally:
            context.close()
        assert screen.complaints == []


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`mutoscope serve` with its worker."""
    with serving(tmp_path_factory.mktemp("studio") / "data") as service:
        yield service


@pytest.fixture(scope="package")
def cinema(service: Service) -> Iterator[Cinema]:
    """A browser in which the administrator has signed in by the link of the first start."""
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing: apt-get install -y chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        state: dict[str, Any] = {}
        cinema = Cinema(service, browser, state)
        with cinema.screen(signed_in=False, locale="zh-CN") as screen:
            enter_by_link(screen, service)
            state |= screen.page.context.storage_state()
        yield cinema
        browser.close()


@contextmanager
def opening(cinema: Cinema, data: Path, *, env: Mapping[str, str] = NOTHING) -> Iterator[Cinema]:
    """A service of its own in the same browser, on its first day: nobody has come in yet."""
    with serving(data, env=env) as service:
        yield Cinema(service, cinema.browser, {})


def enter_by_link(screen: Screen, service: Service) -> None:
    """First run: the printed link, then names and a password."""
    link = re.search(r"http\S+token=\S+", service.greeting)
    assert link is not None, service.greeting
    page = screen.page
    page.goto(link[0])
    page.get_by_role("button", name="进入").click()
    page.get_by_label("组织名称").fill(ORGANIZATION)
    page.get_by_label("您的姓名").fill("Ada")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="开始").click()
    page.get_by_label("想看到什么画面？").wait_for()
