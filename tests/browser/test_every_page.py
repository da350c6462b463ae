"""Every page in both languages, by day and by night, on a phone and on a wide screen.

With MUTOSCOPE_SCREENSHOTS set to a folder, each is also kept as a picture there.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Cinema, Screen
from tests.support.program import eventually

PAGES = {
    "create": "/",
    "library": "/library",
    "credits": "/credits",
    "developers": "/developers",
    "password": "/password",
    "error": "/generations/1",
}
LOOKS = [
    pytest.param("zh-CN", "dark", 1440, id="zh-night-wide"),
    pytest.param("en-US", "light", 1440, id="en-day-wide"),
    pytest.param("en-US", "dark", 390, id="en-night-phone"),
    pytest.param("zh-CN", "light", 390, id="zh-day-phone"),
]
BYTES_MAX = 150_000


@pytest.fixture(scope="module")
def pages(cinema: Cinema) -> dict[str, str]:
    """The pages there are, one of a finished film and one of a failed one among them."""
    with cinema.service.client as client:
        body = {"prompt": "黄昏的海上，一只红色的气球", "seconds": 1, "size": "480p", "seed": 4}
        made = client.post("/generations", json=body).raise_for_status().json()["id"]
        stopped = client.post("/generations", json=body | {"seconds": 15}).json()["id"]
        client.post(f"/generations/{stopped}/cancel").raise_for_status()
        eventually(
            lambda: client.get(f"/generations/{made}").json()["state"] == "succeeded", "a film"
        )
    return PAGES | {"result": f"/generations/{made}", "canceled": f"/generations/{stopped}"}


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_a_page_fits_its_screen_and_names_its_controls(
    cinema: Cinema, pages: dict[str, str], locale: str, scheme: str, width: int
) -> None:
    height = 844 if width < 500 else 900
    viewport = {"width": width, "height": height}
    with cinema.screen(locale=locale, color_scheme=scheme, viewport=viewport) as screen:
        for name, path in pages.items():
            screen.visit(path)
            check(screen, name)
            keep(screen.page, f"{name}-{locale[:2]}-{scheme}-{width}")


def check(screen: Screen, name: str) -> None:
    """What holds on every page."""
    page = screen.page
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name} is {wide} px wider than its screen"
    assert page.locator("h1").count() == 1, name
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, img, video')]
            .filter(part => part.type !== 'hidden' && part.checkVisibility())
            .filter(part => !(part.innerText?.trim() || part.labels?.length || part.alt != null
                || part.getAttribute('aria-label') || part.getAttribute('aria-hidden')
                || part.querySelector('img[alt]:not([alt=""])')))
            .map(part => part.outerHTML.slice(0, 120))"""
    )
    assert nameless == [], name
    assert page.evaluate("document.documentElement.outerHTML.length") < BYTES_MAX


def keep(page: Page, name: str) -> None:
    """For the documentation, where somebody asked for it."""
    folder = os.environ.get("MUTOSCOPE_SCREENSHOTS")
    if folder:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(folder) / f"{name}.png")
