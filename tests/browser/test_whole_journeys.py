"""The whole road of a film, of somebody without credits, and of two who never meet."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import ORGANIZATION, PASSWORD, Cinema, opening
from tests.browser.test_journeys import fill_in, submit, until
from tests.support.program import Service, run

DONE = re.compile("is-succeeded")
LONG_MS = 120_000
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}

CHINESE = SimpleNamespace(
    come_in="进入",
    organization="组织名称",
    name="您的姓名",
    password="密码",
    begin="开始",
    prompt="一只红色的气球飘过大海",
    take="以此帧作首帧",
    first="首帧图片",
    download="下载",
    library="作品",
    words="气球 大海",
    find="查找",
    new_link="新建链接",
    make_link="生成链接",
    remark="意见",
    approve="通过",
    approved="已定稿",
)
ENGLISH = SimpleNamespace(
    come_in="Come in",
    organization="Name of the organization",
    name="Your name",
    password="A password",
    begin="Begin",
    prompt="a red balloon drifts over the sea",
    take="This frame as first frame",
    first="First frame",
    download="Download",
    library="Library",
    words="balloon sea",
    find="Find",
    new_link="A new link",
    make_link="Make a link",
    remark="Remark",
    approve="Approve",
    approved="Approved",
)


def first_run(page: Page, service: Service, say: SimpleNamespace) -> None:
    """The printed link, names, a password, and the create page."""
    link = re.search(r"http\S+token=\S+", service.greeting)
    assert link is not None
    page.goto(link[0])
    page.get_by_role("button", name=say.come_in).click()
    page.get_by_label(say.organization).fill(ORGANIZATION)
    page.get_by_label(say.name).fill("Ada")
    page.get_by_label(say.password).fill(PASSWORD)
    page.get_by_role("button", name=say.begin).click()
    page.locator("#prompt").wait_for()


@pytest.mark.parametrize(
    ("say", "locale", "viewport"),
    [
        pytest.param(CHINESE, "zh-CN", PHONE, id="zh-phone"),
        pytest.param(ENGLISH, "en-US", WIDE, id="en-wide"),
    ],
)
def test_from_the_first_run_to_a_clients_approval(
    cinema: Cinema, tmp_path: Path, say: SimpleNamespace, locale: str, viewport: dict[str, int]
) -> None:
    look: dict[str, Any] = {"locale": locale, "viewport": viewport}
    with opening(cinema, tmp_path / "data") as house, house.screen(**look) as screen:
        page = screen.page
        first_run(page, house.service, say)

        fill_in(page, say.prompt)
        card = submit(page)
        expect(card.locator("progress")).to_be_visible()
        expect(card).to_have_class(DONE, timeout=LONG_MS)
        card.locator("a.card-picture").click()
        video = page.locator("video")
        video.evaluate("video => { video.muted = true; return video.play(); }")
        video.evaluate(until("timeupdate", "video.currentTime > 0.1"))
        video.evaluate("video => video.pause()")

        page.get_by_role("link", name=say.take).click()
        expect(page.get_by_role("img", name=say.first)).to_be_visible()
        expect(page.locator("#prompt")).to_have_value(say.prompt)
        page.locator("#seconds").fill("1")
        card = submit(page)
        expect(card).to_have_class(DONE, timeout=LONG_MS)
        card.locator("a.card-picture").click()
        expect(page.locator("img.reference")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name=say.download).click()
        assert b"AIGC" in Path(download.value.path()).read_bytes()

        page.get_by_role("navigation").get_by_role("link", name=say.library).click()
        page.get_by_role("searchbox").fill(say.words)
        page.get_by_role("button", name=say.find).click()
        expect(page.locator("article")).to_have_count(2)
        page.locator("article a.card-picture").first.click()
        page.get_by_text(say.new_link).click()
        page.get_by_role("button", name=say.make_link).click()
        address = page.locator(".guest-link a").get_attribute("href")
        assert address is not None
        with house.screen(**look) as client:
            client.page.goto(address)
            client.page.get_by_label(say.name).fill("Lin")
            client.page.get_by_role("textbox", name=say.remark).fill("很好 fine")
            client.page.get_by_role("button", name=say.approve, exact=True).click()
            expect(client.page.locator(".verdict").first).to_have_text(say.approved)
        page.reload()
        expect(page.locator(".remarks")).to_contain_text("很好 fine")


def test_without_credits_nothing_typed_is_lost_and_a_code_lets_one_go_on(
    cinema: Cinema, tmp_path: Path
) -> None:
    env = {"MUTOSCOPE_WELCOME_CREDITS": "1"}
    with (
        opening(cinema, tmp_path / "data", env=env) as house,
        house.screen(viewport=PHONE) as screen,
    ):
        page = screen.page
        first_run(page, house.service, ENGLISH)
        fill_in(page, "a red car in the desert", seconds="2")
        expect(page.locator("#price")).to_contain_text("more than there are")
        page.locator("#submit").click()
        expect(page.locator("#complaint-credits")).to_contain_text("not enough credits")
        expect(page.locator("#made article")).to_have_count(0)

        page.locator("#price").get_by_role("link", name="Add credits").click()
        page.get_by_label("Redeem a code").fill("NOT-A-CODE")
        page.get_by_role("button", name="Redeem").click()
        expect(page.locator("#complaint-code")).to_be_visible()
        made = run("codes", "make", "1", "50", data=house.service.data)
        assert made.code == 0, made.err
        page.get_by_label("Redeem a code").fill(made.out.strip())
        page.get_by_role("button", name="Redeem").click()
        expect(page.locator(".said")).to_contain_text("50 credits were added")
        page.get_by_role("link", name="Go on creating").click()
        expect(page.locator("#prompt")).to_have_value("a red car in the desert")
        fill_in(page, "a red car in the desert", seconds="2")
        expect(page.locator("#price")).to_contain_text("49 left after it")
        card = submit(page)
        expect(card).to_have_class(DONE, timeout=LONG_MS)
        expect(page.locator("#balance")).to_have_text("49")


def test_two_people_of_two_organizations_never_see_each_others_things(
    cinema: Cinema, tmp_path: Path
) -> None:
    with opening(cinema, tmp_path / "data") as house, house.screen() as ada:
        first_run(ada.page, house.service, ENGLISH)
        data = house.service.data
        founded = run("organizations", "create", "Rival", "--owner", "eve@rival.example", data=data)
        assert founded.code == 0, founded.err
        rival = founded.out.split()[0]
        granted = run("credits", "grant", "50", "--organization", rival, data=data)
        assert granted.code == 0, granted.err
        token = re.search(r"token=([\w-]+)", founded.out)
        assert token is not None, founded.out
        with house.screen(locale="zh-CN") as eve:
            eve.visit(f"/sign-in?token={token[1]}")
            eve.page.get_by_role("button", name="进入").click()
            eve.page.get_by_label("新密码").fill(PASSWORD)
            eve.page.get_by_role("button", name="保存密码").click()
            eve.page.locator("#prompt").wait_for()
            paths = {}
            for screen, prompt in ((ada, "a red car in the desert"), (eve, "海上的蓝色小船")):
                screen.visit("/")
                fill_in(screen.page, prompt)
                card = submit(screen.page)
                expect(card).to_have_class(DONE, timeout=LONG_MS)
                href = card.locator("a.card-picture").get_attribute("href")
                media = card.locator("img").first.get_attribute("src")
                assert href is not None
                assert media is not None
                paths[screen.page] = href, media
            for screen, other, word in ((ada, eve, "小船"), (eve, ada, "car")):
                page, (href, media) = screen.page, paths[other.page]
                screen.visit("/library")
                expect(page.locator("article")).to_have_count(1)
                expect(page.locator("main")).not_to_contain_text(word)
                for path in (href, media, f"/?from={href.rpartition('/')[2]}"):
                    reply = page.context.request.get(house.service.url + path)
                    assert reply.status == 404, path
                for room in ("/credits", "/team", "/storyboards", "/developers/callbacks"):
                    screen.visit(room)
                    expect(page.locator("main")).not_to_contain_text(word)
                    expect(page.locator("main")).not_to_contain_text(href.rpartition("/")[2])
