"""From a film to a client's word: pages of two people in two browsers."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Cinema
from tests.browser.test_journeys import fill_in, submit


def test_a_client_approves_in_a_second_browser_what_the_library_finds(cinema: Cinema) -> None:
    with cinema.screen() as maker:
        page = maker.page
        maker.visit("/")
        fill_in(page, "a hot air balloon for the client")
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"), timeout=90_000)
        card.locator("a.card-picture").click()
        page.get_by_text("A new link").click()
        page.get_by_role("button", name="Make a link").click()
        address = page.locator(".guest-link a").get_attribute("href")
        assert address is not None
        phone = {"width": 390, "height": 844}
        with cinema.screen(signed_in=False, locale="zh-CN", viewport=phone) as client:
            client.page.goto(address)
            expect(client.page.locator("nav.rooms")).to_have_count(0)
            client.page.get_by_label("您的姓名").fill("林女士")
            client.page.get_by_role("textbox", name="意见").fill("很好")
            client.page.get_by_role("button", name="当前").click()
            client.page.get_by_role("button", name="通过").click()
            expect(client.page.locator(".verdict").first).to_have_text("已定稿")
        page.reload()
        expect(page.locator(".remarks")).to_contain_text("很好")

        maker.send("4 stars")
        maker.visit("/library?stars=4&words=client")
        page.locator("article").hover()
        page.locator(".pick input").check()
        expect(page.locator("[data-picked]")).to_have_text("1 picked")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as ZIP").click()
        assert download.value.suggested_filename == "mutoscope.zip"
        page.get_by_role("button", name="Delete").click()
        expect(page.locator("article")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("article")).to_have_count(1)
