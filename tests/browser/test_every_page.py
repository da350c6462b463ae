"""Every page in both languages, by day and by night, on a phone and on a wide screen.

With MUTOSCOPE_SCREENSHOTS set to a folder, each is also kept as a picture there.
"""

import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Cinema, Screen
from tests.support.program import eventually

DRAWN_MS = 120_000  # three drafts, on a crowded machine
PAGES = {
    "create": "/",
    "library": "/library",
    "storyboards": "/storyboards",
    "credits": "/credits",
    "team": "/team",
    "join closed": "/join?token=x",
    "developers": "/developers",
    "admin": "/admin",
    "models": "/admin/models",
    "prices": "/admin/prices",
    "limits": "/admin/limits?plan=x",
    "words": "/admin/words",
    "people": "/admin/people",
    "storage": "/admin/storage",
    "trail": "/admin/trail",
    "callbacks": "/developers/callbacks",
    "support": "/developers/support",
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
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

# Where pictures for the documentation go, which of them, and what is on them.
FOLDER = os.environ.get("MUTOSCOPE_SCREENSHOTS", "")
ROOMS = (
    "film",
    "team",
    "support",
    "admin",
    "prices",
    "trail",
    "create",
    "library",
    "credits",
    "developers",
    "admin",
    "result",
    "running",
    "compare",
    "review",
)
ON_PHONE = ("create", "result", "review")
BRIEFS = {
    "en": "Shot 1: at dawn a little boat crosses the sea. Shot 2: a whale swims past the boat. "
    "Shot 3: fireworks over the sea at night",
    "zh": "镜头一：黎明，一条小船驶过大海。镜头二：一头鲸鱼从船边游过。镜头三：夜晚的海上，烟花",
}
SHOWN = [
    ("夜晚的沙漠里火箭升空", "9:16"),
    ("A little fox runs through a snowy forest", "16:9"),
    ("A whale swims past a small boat at dawn", "16:9"),
]


@pytest.fixture(scope="module")
def pages(cinema: Cinema) -> Iterator[dict[str, str]]:
    """The pages there are, one of a finished film and one of a canceled one among them."""
    size, seconds = ("720p" if FOLDER else "480p"), 1
    body = {"size": size, "seconds": seconds, "seed": 4}
    with cinema.service.client as client:

        def ask(prompt: str, **fields: object) -> str:
            reply = client.post("/generations", json=body | {"prompt": prompt} | fields)
            return str(reply.raise_for_status().json()["id"])

        for prompt, ratio in SHOWN if FOLDER else ():
            ask(prompt, ratio=ratio)
        canceled = ask("a lighthouse by the sea, slow zoom out", seconds=15)
        client.post(f"/generations/{canceled}/cancel").raise_for_status()
        made = ask("黄昏的海上，一只红色的气球")
        eventually(
            lambda: client.get(f"/generations/{made}").json()["state"] == "succeeded", "a film"
        )
        second = ask("黄昏的海上，一只蓝色的气球")
        eventually(
            lambda: client.get(f"/generations/{second}").json()["state"] == "succeeded", "a film"
        )
        review = review_link(cinema, made)
        invited = client.post("/invitations", json={"role": "creator"}).raise_for_status().json()
        # The documentation has one in each language.
        films = {name: film_path(cinema, name) for name in (BRIEFS if FOLDER else ["zh"])}
        running = ask("a train crosses the mountains at sunrise", seconds=15, count=4)
        english = {"film in en": films["en"]} if FOLDER else {}
        yield (
            PAGES
            | english
            | {
                "result": f"/generations/{made}",
                "canceled": f"/generations/{canceled}",
                "compare": f"/compare?of={made}&of={second}",
                "review": review,
                "join": f"/join?token={invited['token']}",
                "film": films["zh"],
                "invoice": invoice_path(client),
                "remix": f"/?from={made}",
                "bin": "/library?bin=1",
                "running": f"/generations/{running}",
            }
        )
        client.post(f"/generations/{running}/cancel")
        client.delete("/plans/pack").raise_for_status()
        # Others count credits after this: it has ended, one way or the other.
        eventually(lambda: client.get(f"/generations/{running}").json()["ended_at"], "a stop")


@pytest.mark.parametrize(("locale", "scheme", "width"), LOOKS)
def test_a_page_fits_its_screen_and_names_its_controls(
    cinema: Cinema, pages: dict[str, str], locale: str, scheme: str, width: int
) -> None:
    height = 844 if width < 500 else 900
    viewport = {"width": width, "height": height}
    with cinema.screen(locale=locale, color_scheme=scheme, viewport=viewport) as screen:
        language = locale[:2]
        for name in (each for each in pages if " in " not in each):
            path = pages.get(f"{name} in {language}", pages[name])
            screen.visit(path)
            check(screen, name)
            look = f"{language}-{'phone' if width < 500 else 'wide'}"
            keep(screen.page, name, look, width)


def review_link(cinema: Cinema, made: str) -> str:
    """A link for guests to a film, with a remark on it."""
    with cinema.screen() as screen:
        page = screen.page
        screen.visit(f"/generations/{made}")
        page.get_by_text("A new link").click()
        page.get_by_role("button", name="Make a link").click()
        href = page.locator(".guest-link a").first.get_attribute("href")
        assert href is not None
        path = href.removeprefix(cinema.service.url)
        screen.visit(path)
        page.get_by_label("Your name").fill("Lin")
        page.get_by_role("textbox", name="Remark").fill("A little more light on it, please.")
        page.get_by_label("At second").fill("0.5")
        page.get_by_role("button", name="Ask for changes").click()
        page.locator(".remarks li").wait_for()
    return path


def invoice_path(client: httpx.Client) -> str:
    """An invoice for credits that were ordered and paid, in a currency without cents."""
    plan = {"kind": "pack", "title_en": "A hundred credits", "title_zh": "一百积分"}
    price = {"price_minor": 1200, "currency": "jpy", "credits": "100"}
    client.put("/plans/pack", json=plan | price).raise_for_status()
    order = client.post("/orders", json={"plan_id": "pack"}).raise_for_status().json()["id"]
    paid = client.post(f"/orders/{order}/paid", json={"reference": "bank 17"})
    paid.raise_for_status()
    [invoice] = client.get("/invoices").raise_for_status().json()["items"]
    return f"/credits/invoices/{invoice['number']}"


def film_path(cinema: Cinema, language: str) -> str:
    """A film of three shots with a draft of each."""
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/storyboards")
        page.get_by_label("The brief").fill(BRIEFS[language])
        page.get_by_label("How long").fill("3")
        screen.send("Make a shot list")
        screen.send("Draw what lacks a draft")
        path = page.url.removeprefix(cinema.service.url).partition("#")[0]
        # What somebody writes meanwhile is left alone; drafts and buttons come by themselves.
        words = page.get_by_label("What shot 2 shows")
        words.fill("A whale waits")
        expect(page.locator(".shot-pictures img[src^='/media/']")).to_have_count(
            3, timeout=DRAWN_MS
        )
        expect(page.get_by_text("1 · Drafts · 3 / 3")).to_be_visible()
        expect(words).to_have_value("A whale waits")
        expect(words).to_be_focused()
    return path


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


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
    assert serious(page) == [], name
    assert page.evaluate("document.documentElement.outerHTML.length") < BYTES_MAX


def keep(page: Page, name: str, look: str, width: int) -> None:
    """For the documentation, where somebody asked for it."""
    if FOLDER and name in (ON_PHONE if width < 500 else ROOMS):
        page.wait_for_timeout(1500)  # Pictures and previews settle; nothing is asserted.
        page.screenshot(
            path=Path(FOLDER) / f"{name}-{look}.jpg", type="jpeg", quality=82, animations="disabled"
        )
