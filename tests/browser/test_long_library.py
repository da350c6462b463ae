"""Ten thousand works: the library goes on as one scrolls, and stays smooth."""

from pathlib import Path

from playwright.sync_api import expect
from tests.browser.conftest import Cinema, enter_by_link, opening
from tests.browser.test_journeys import fill_in, submit
from tests.support.long_library import fill
from tests.support.program import house

from mutoscope.core.ids import GenerationId

WORKS, SEEN = 10_000, 400
# Half of the frames come within this: generous, for Chromium paints with the processor here.
MEDIAN_MS_MAX = 50
SCROLL = """async seen => {
    const times = [];
    let before = performance.now();
    const end = before + 60000;
    while (document.querySelectorAll("article").length < seen && performance.now() < end) {
        scrollBy(0, 60);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
    }
    times.sort((a, b) => a - b);
    return [times[times.length >> 1], times[Math.floor(times.length * 0.95)]];
}"""


def test_ten_thousand_works_scroll_smoothly(cinema: Cinema, tmp_path: Path) -> None:
    with (
        opening(cinema, tmp_path / "data") as place,
        place.screen(locale="zh-CN") as screen,
    ):
        page = screen.page
        enter_by_link(screen, place.service)
        fill_in(page, "a red car in the desert")
        card = submit(page)
        expect(card.locator("img[src^='/media/']")).to_be_visible(timeout=90_000)
        made = GenerationId(int((card.get_attribute("id") or "").removeprefix("card-")))
        with house(place.service.data) as rooms, rooms.database.transaction() as tx:
            fill(tx, made, WORKS)
        screen.visit("/library")
        median, most = page.evaluate(SCROLL, SEEN)
        print(f"a frame takes {median:.0f} ms, 95 % within {most:.0f} ms")
        assert page.locator("article").count() >= SEEN
        assert median < MEDIAN_MS_MAX
