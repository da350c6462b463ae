"""The motion brush, subjects and the seed's lock, with hands and by keyboard."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.browser.conftest import PATIENCE_MS, Cinema
from tests.browser.test_journeys import fill_in, submit
from tests.support.pictures import png

expect.set_options(timeout=PATIENCE_MS)

FRAME: Any = {"name": "first.png", "mimeType": "image/png", "buffer": png(640, 480)}
BLUE: Any = {"name": "blue.png", "mimeType": "image/png", "buffer": png(400, 400, "blue")}


def open_brush(page: Page) -> None:
    """Choose a first frame and open the board on it."""
    page.locator("#picture").set_input_files(FRAME)
    page.get_by_text("Motion brush").click()
    expect(page.get_by_role("application")).to_be_visible()


def pull(page: Page, *points: tuple[float, float]) -> None:
    """Draw on the board; points are shares of it."""
    board = page.get_by_role("application")
    # The bar with the price lies over the foot of the page.
    board.evaluate("board => board.scrollIntoView({block: 'center'})")
    box = board.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def choose_size(page: Page, size: str) -> None:
    """Another size, and the controls that come with it."""
    with page.expect_response(lambda response: "/controls" in response.url):
        page.locator("label.segment", has_text=size).click()
    page.wait_for_function(
        "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
    )


def sent(page: Page) -> dict[str, Any]:
    """What the form's own fields hold."""
    found: dict[str, Any] = page.evaluate(
        """() => ({
            still: document.querySelector('#static_mask').files.length,
            moving: document.querySelector('#dynamic_mask').files.length,
            paths: document.querySelector('#trajectories').value.split('\\n').filter(Boolean),
        })"""
    )
    return found


def test_a_part_of_the_picture_is_painted_and_sent_on_its_way(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "it drifts away")
        open_brush(page)
        status = page.locator("[data-brush-status]")
        pull(page, (0.3, 0.5), (0.4, 0.5))
        expect(status).to_contain_text("Draw its path")
        page.get_by_role("button", name="Path", exact=True).click()
        pull(page, (0.35, 0.5), (0.7, 0.2))
        expect(status).to_have_text("Area 1 moves along its path.")
        page.get_by_role("button", name="Stays still").click()
        pull(page, (0.8, 0.9), (0.9, 0.9))
        now = sent(page)
        assert (now["still"], now["moving"], len(now["paths"])) == (1, 1, 1)
        first, last = ([int(n) for n in now["paths"][0].split()[end].split(",")] for end in (0, -1))
        # From the picture's bottom left: it goes right and up.
        assert abs(first[0] - 224) < 12
        assert abs(first[1] - 240) < 12
        assert last[0] > first[0] + 150
        assert last[1] > first[1] + 100

        # Another size brings other controls, and what was painted stays.
        choose_size(page, "720p")
        assert sent(page) == now
        page.get_by_role("button", name="Undo").click()
        assert sent(page)["still"] == 0
        choose_size(page, "480p")
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"), timeout=90_000)
        card.locator("a.card-picture").click()
        expect(page.get_by_role("heading", name="What moves")).to_be_visible()
        expect(page.get_by_role("heading", name="What stays still")).to_have_count(0)


def test_the_brush_works_by_keyboard_and_says_where_it_is(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        open_brush(page)
        board, status = page.get_by_role("application"), page.locator("[data-brush-status]")
        board.focus()
        board.press("ArrowLeft")
        expect(status).to_contain_text("46 % from the left, 50 % from the top")
        board.press("Space")
        board.press("Enter")
        for _ in range(4):
            board.press("ArrowRight")
        board.press("Enter")
        expect(status).to_have_text("Area 1 moves along its path.")
        assert sent(page)["moving"] == 1
        assert len(sent(page)["paths"][0].split()) == 2
        board.press("Backspace")
        assert sent(page)["paths"] == []
        page.get_by_role("button", name="Clear all").click()
        assert sent(page) == {"still": 0, "moving": 0, "paths": []}


def test_subjects_are_chosen_together_and_act_in_the_scene(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "they walk on the beach")
        page.get_by_text("Subjects", exact=True).click()
        page.locator("#subject").set_input_files([FRAME, BLUE])
        choose_size(page, "720p")
        choose_size(page, "480p")
        expect(page.locator("[data-drop-previews] img")).to_have_count(2)
        card = submit(page)
        expect(card).to_have_class(re.compile("is-succeeded"), timeout=90_000)
        card.locator("a.card-picture").click()
        expect(page.get_by_role("heading", name="Subject")).to_have_count(2)


def test_the_lock_keeps_the_seed_of_the_last_one_and_lets_it_go(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/")
        fill_in(page, "a red car in the desert", seed="4711")
        lock = page.get_by_role("button", name="Keep the seed")
        expect(lock).to_have_attribute("aria-pressed", "true")
        submit(page)
        lock.click()
        expect(page.locator("#seed")).to_have_value("")
        expect(lock).to_have_attribute("aria-pressed", "false")
        lock.click()
        expect(page.locator("#seed")).to_have_value("4711")
