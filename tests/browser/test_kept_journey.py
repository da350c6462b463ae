"""What was typed for a film is there after a reload; the player shows its poster until touched."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Cinema
from tests.browser.test_journeys import fill_in, submit


def test_a_film_keeps_what_was_typed_through_a_reload(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/storyboards")
        brief = "Shot 1: a red boat on the sea. Shot 2: a whale swims past it"
        page.get_by_label("The brief").fill(brief)
        page.reload()
        expect(page.get_by_label("The brief")).to_have_value(brief)
        page.get_by_label("How long").fill("2")
        page.get_by_role("button", name="Make a shot list").click()
        second = page.get_by_label("What shot 2 shows")
        expect(second).to_have_value("a whale swims past it")

        second.fill("a whale jumps")
        page.get_by_label("Seconds of shot 2").fill("3")
        page.reload()
        expect(second).to_have_value("a whale jumps")
        expect(page.get_by_label("Seconds of shot 2")).to_have_value("3")
        page.get_by_role("button", name="Save").last.click()
        expect(page.locator(".page-head")).to_contain_text("4 s")
        second.fill("never saved")
        page.get_by_label("Seconds of shot 2").fill("3")
        page.get_by_role("button", name="Move shot 2 up").click()
        expect(page.get_by_label("What shot 1 shows")).to_have_value("never saved")
        page.reload()
        expect(page.get_by_label("What shot 2 shows")).to_have_value("a red boat on the sea")
        screen.visit("/storyboards")
        expect(page.get_by_label("The brief")).to_have_value("")


def test_the_frame_that_is_seen_is_the_one_that_is_counted_and_taken(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "a red car in the desert", seconds="2")
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"), timeout=90_000)
        card.locator("a.card-picture").click()
        video = page.locator("video")
        video.evaluate("v => new Promise(d => v.readyState >= 2 ? d() : v.onloadeddata = d)")
        expect(page.locator("[data-frame-counter]")).to_have_text("frame 25 of 48")
        assert "/media/" in video.evaluate("v => v.poster")
        page.get_by_role("button", name="One frame on").click()
        expect(page.locator("[data-frame-counter]")).to_have_text("frame 26 of 48")
        page.reload()
        page.get_by_role("link", name="This frame as first frame").click()
        expect(page.get_by_role("img", name="First frame")).to_be_visible()
