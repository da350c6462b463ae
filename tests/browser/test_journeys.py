"""What people come to the studio for, done with their hands."""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import PASSWORD, PATIENCE_MS, Cinema
from tests.support.pictures import png

from mutoscope.wiring import ADMINISTRATOR

expect.set_options(timeout=PATIENCE_MS)

QUICK = {"seconds": "1", "seed": "7"}


def fill_in(page: Page, prompt: str, **fields: str) -> None:
    """Write a prompt and make it quick to draw."""
    page.locator("#prompt").fill(prompt)
    page.locator("label.segment", has_text="480p").click()
    expect(page.get_by_role("radio", name="480p")).to_be_checked()
    page.wait_for_load_state("networkidle")
    for name, value in (QUICK | fields).items():
        page.locator(f"#{name}").fill(value)


def test_a_sentence_is_written_watched_played_taken_along_and_found(
    cinema: Cinema, tmp_path: Path
) -> None:
    with cinema.screen(locale="zh-CN") as screen:
        page = screen.page
        screen.visit("/")
        before = int(page.locator("#balance").inner_text().replace(",", ""))
        page.locator("[data-example]").first.click()
        expect(page.locator("#prompt")).to_have_value("红色的气球在夕阳下飘过大海")
        expect(page.locator("[data-counter]")).to_have_text("13 / 2500")
        expect(page.locator("#price")).to_contain_text("10 灵感值")
        fill_in(page, "红色的气球在夕阳下飘过大海", seconds="2", count="2")
        expect(page.locator("#price")).to_contain_text("4 灵感值")
        card = submit(page, by_key=True)
        expect(card.locator("progress")).to_be_visible()
        expect(card.locator(".ai-badge")).to_have_text("AI生成")
        expect(card.locator("[data-live-picture]")).to_be_visible()
        expect(card).to_have_class(re.compile("is-succeeded"))
        expect(page.locator("#balance")).to_have_text(f"{before - 4:,}")
        card.locator("a.card-picture").hover()
        expect(card.locator("video.is-playing")).to_be_attached()

        card.locator("a.card-picture").click()
        play_and_step(page)
        page.get_by_role("link", name="结果 2").click()
        expect(page.get_by_role("heading", name="提示词")).to_be_visible()
        expect(page.locator(".facts").first).to_contain_text("种子8")
        with page.expect_download() as download:
            page.get_by_role("link", name="下载").click()
        saved = tmp_path / download.value.suggested_filename
        download.value.save_as(saved)
        assert saved.suffix == ".mp4"
        assert b"ftyp" in saved.read_bytes()[:32]
        assert b"AIGC" in saved.read_bytes()

        page.get_by_role("link", name="作品").click()
        page.get_by_role("searchbox").fill("气球 大海")
        page.get_by_role("button", name="查找").click()
        expect(page.locator("article")).to_have_count(1)


def submit(page: Page, *, by_key: bool = False) -> Locator:
    """Send the form; the new card."""
    before = page.locator("#made article").count()
    if by_key:
        page.locator("#prompt").press("Control+Enter")
    else:
        page.locator("#submit").click()
    expect(page.locator("#made article")).to_have_count(before + 1)
    return page.locator("#made article").first


def until(event: str, claim: str) -> str:
    """A script that waits for a video; pages here evaluate no strings themselves."""
    return f"""video => new Promise(done => {{
        const look = () => {{ if ({claim}) done(); }};
        video.addEventListener("{event}", look);
        look();
    }})"""


def play_and_step(page: Page) -> None:
    """The player plays, steps by one frame and tells which."""
    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    video.evaluate(until("timeupdate", "video.currentTime > 0.1"))
    video.evaluate("video => { video.pause(); video.currentTime = 0; }")
    counter = page.locator("[data-frame-counter]")
    expect(counter).to_have_text("第 1 帧，共 48 帧")
    page.get_by_role("button", name="下一帧").click()
    expect(counter).to_have_text("第 2 帧，共 48 帧")
    page.locator("body").press(".")
    expect(counter).to_have_text("第 3 帧，共 48 帧")
    page.get_by_role("button", name="上一帧").click()
    expect(counter).to_have_text("第 2 帧，共 48 帧")
    page.get_by_role("button", name="循环").click()
    assert video.evaluate("video => video.loop") is False


def test_a_frame_of_one_film_starts_the_next(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "a red car in the desert")
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"))
        card.locator("a.card-picture").click()
        page.locator("video").evaluate(until("loadeddata", "video.readyState >= 2"))
        page.get_by_role("link", name="This frame as first frame").click()
        expect(page.locator("#prompt")).to_have_value("a red car in the desert")
        expect(page.get_by_role("img", name="First frame")).to_be_visible()
        page.locator("#seconds").fill("1")
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"))
        card.locator("a.card-picture").click()
        expect(page.locator("img.reference")).to_be_visible()


def test_nothing_typed_or_chosen_is_lost_by_an_error_or_a_reload(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "a fox that must not be lost", seed="soon")
        picture = {"name": "first.png", "mimeType": "image/png", "buffer": png(640, 480)}
        page.locator("#picture").set_input_files(picture)  # type: ignore[arg-type]
        page.locator("#submit").click()
        expect(page.locator("#complaint-seed")).to_contain_text("A whole number")
        expect(page.locator("#complaint-seconds")).to_be_hidden()
        expect(page.locator("#prompt")).to_have_value("a fox that must not be lost")
        # Scripts carry the picture over into a form that was drawn anew.
        page.wait_for_function("document.querySelector('#picture').files[0]?.name == 'first.png'")
        page.locator("label.segment", has_text="720p").click()
        page.wait_for_load_state("networkidle")
        # Scripts carry the picture over into a form that was drawn anew.
        page.wait_for_function("document.querySelector('#picture').files[0]?.name == 'first.png'")
        page.reload()
        expect(page.locator("#prompt")).to_have_value("a fox that must not be lost")


def test_a_long_one_is_canceled_and_costs_nothing(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        before = page.locator("#balance").inner_text()
        fill_in(page, "a red car in the desert", seconds="15")
        card = submit(page)
        expect(page.locator("#balance")).not_to_have_text(before)
        card.get_by_role("button", name="Cancel").click()
        expect(card).to_have_class(re.compile("is-canceled"))
        expect(page.locator("#balance")).to_have_text(before)


def test_the_basics_work_without_scripts(cinema: Cinema) -> None:
    with cinema.screen(signed_in=False, java_script_enabled=False) as screen:
        page = screen.page
        screen.visit("/library")
        page.get_by_label("Address").fill(ADMINISTRATOR)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        page.get_by_role("link", name="Create").click()
        page.get_by_label("What should be seen?").fill("a blue boat on the sea")
        page.locator("label.segment", has_text="480p").click()
        page.get_by_label("Length").fill("3")
        page.get_by_role("button", name="Update price and controls").click()
        expect(page.locator("#price")).to_contain_text("3 credits")
        expect(page.get_by_label("What should be seen?")).to_have_value("a blue boat on the sea")
        page.get_by_label("Length").fill("99")
        page.get_by_role("button", name="Generate").click()
        expect(page.locator("#complaint-seconds")).to_be_visible()
        page.get_by_label("Length").fill("1")
        page.get_by_role("button", name="Generate").click()
        expect(page.locator("video")).to_be_visible()
        page.get_by_role("button", name="Vary the seed").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", name="Canceled")).to_be_visible()


def test_a_key_made_here_runs_the_snippets_beside_it(cinema: Cinema, tmp_path: Path) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/developers")
        page.get_by_label("Name of a new key").fill("snippets")
        page.get_by_role("button", name="Make a key").click()
        curl, *programs = page.locator(".snippet code").all_inner_texts()
        assert len(programs) == 3
        commands = [["bash", "-ec", curl], *([sys.executable, "-c", text] for text in programs)]
        for number, command in enumerate(commands):
            folder = tmp_path / str(number)
            folder.mkdir()
            done = subprocess.run(command, cwd=folder, timeout=240, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert b"ftyp" in (folder / "balloon.mp4").read_bytes()[:32]
        screen.visit("/developers")
        expect(page.locator("tr", has_text="snippets")).to_contain_text("just now")
