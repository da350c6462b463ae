"""What those who run the service do in its administration, with their hands."""

from playwright.sync_api import expect
from tests.browser.conftest import PATIENCE_MS, Cinema

expect.set_options(timeout=PATIENCE_MS)


def test_the_queue_moves_by_itself_and_its_work_is_stopped(cinema: Cinema) -> None:
    with cinema.screen() as screen:
        page = screen.page
        screen.visit("/library")
        page.get_by_label("Settings").click()
        page.get_by_role("link", name="Administration").click()
        expect(page.get_by_role("region", name="Workers")).to_contain_text("Waits for work")
        expect(page.get_by_text("Nothing is being made just now.")).to_be_visible()
        body = {"prompt": "a train in the mountains", "seconds": 15, "size": "1080p", "seed": 4}
        with cinema.service.client as client:
            made = client.post("/generations", json=body).raise_for_status().json()["id"]
        runs = page.get_by_role("region", name="Runs")
        expect(runs).to_contain_text(made)
        expect(page.get_by_role("region", name="Workers")).to_contain_text(made)
        page.once("dialog", lambda dialog: dialog.accept())
        runs.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Nothing is being made just now.")).to_be_visible()
        page.get_by_role("button", name="Check the books").click()
        expect(page.get_by_text("Everything adds up")).to_be_visible()
