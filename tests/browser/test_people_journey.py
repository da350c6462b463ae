"""People come in by single sign-on and by invitation, and are put out while they work."""

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.conftest import PATIENCE_MS, Cinema, Screen, enter_by_link, opening
from tests.support.identity_provider import Provider, providing
from tests.support.program import Service, discrepancies, eventually, house, wallet

from mutoscope.db.schema import job

expect.set_options(timeout=PATIENCE_MS)
ROLES = ("Owner", "Administrator", "Producer", "Creator", "Viewer")
PASSWORD = "a lantern over the sea"


def test_somebody_signs_on_with_the_organization_and_is_put_out_while_they_work(
    cinema: Cinema, tmp_path: Path
) -> None:
    with providing() as provider, opening(cinema, tmp_path / "data", env=set_for(provider)) as day:
        provider.knows("bo", email="bo@example.com", email_verified=True, name="Bo Li")
        with day.screen(signed_in=False, locale="zh-CN") as owner:
            enter_by_link(owner, day.service)
            page = day.browser.new_context(locale="en-US").new_page()
            sign_on(page, day.service.url, provider)
            expect(page.get_by_label("What should be seen?")).to_be_visible()
            make_long_film(page)
            eventually(lambda: states(day.service) == ["running"], "the film to be under way")
            put_out(owner, "Bo Li")
            eventually(lambda: states(day.service) == ["canceled"], "the film to be given up")
            page.goto(f"{day.service.url}/library")
            expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
            sign_on(page, day.service.url, provider)
            expect(page.get_by_role("alert")).to_contain_text("The sign-on did not work")
            page.context.close()
        assert wallet(day.service.data) == ("10000", "0")
        assert discrepancies(day.service.data) == []


def test_an_invitation_lets_somebody_in_as_what_it_says(cinema: Cinema) -> None:
    with cinema.screen(locale="zh-CN") as owner:
        for role in ROLES[2:]:
            link = invite(owner, role)
            with cinema.screen(signed_in=False) as guest:
                join(guest, link, role)
                guest.visit("/team")
                row = guest.page.get_by_role("row").filter(has_text=f"A {role}")
                expect(row).to_contain_text("(you)")
                expect(row).to_contain_text(role)
                expect(guest.page.get_by_role("button", name="Invite")).to_have_count(0)
                guest.visit("/")
                makes = guest.page.get_by_role("button", name="Generate")
                expect(makes).to_be_enabled(enabled=role != "Viewer")
            with cinema.screen(signed_in=False) as late:
                late.page.goto(link)
                expect(late.page.get_by_role("button", name="Join")).to_have_count(0)


def set_for(provider: Provider) -> dict[str, str]:
    return {
        "MUTOSCOPE_SSO_ISSUER": provider.issuer,
        "MUTOSCOPE_SSO_CLIENT_ID": "mutoscope",
        "MUTOSCOPE_SSO_CLIENT_SECRET": "shared",
        "MUTOSCOPE_SSO_DOMAINS": "example.com",
        "MUTOSCOPE_SSO_ROLE": "creator",
    }


def sign_on(page: Page, base: str, provider: Provider) -> None:
    """By the link at the door, typing a name at the provider."""
    # Its page asks another site for its style.
    page.route(lambda url: not url.startswith((base, provider.issuer)), lambda route: route.abort())
    page.goto(f"{base}/sign-in")
    page.get_by_role("link", name="Sign in with your organization").click()
    page.get_by_placeholder("sub").fill("bo")
    page.get_by_role("button", name="Authorize").click()


def make_long_film(page: Page) -> None:
    page.get_by_label("What should be seen?").fill("a red car in the desert")
    page.locator("#seconds").fill("15")
    page.locator("input[name=size][value='1080p']").check()
    page.get_by_role("button", name="Generate").click()


def put_out(owner: Screen, name: str) -> None:
    owner.visit("/team")
    owner.page.once("dialog", lambda dialog: dialog.accept())
    row = owner.page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="停用").click()
    expect(row.get_by_role("button", name="停用")).to_have_count(0)


def states(service: Service) -> list[str]:
    with house(service.data) as rooms, rooms.database.snapshot() as tx:
        return list(tx.scalars(select(job.c.state)))


def invite(owner: Screen, role: str) -> str:
    owner.visit("/team")
    owner.page.get_by_label("角色", exact=True).select_option(role.lower())
    owner.send("邀请")
    return owner.page.locator("#invitation-link").inner_text()


def join(guest: Screen, link: str, role: str) -> None:
    guest.page.goto(link)
    guest.page.get_by_label("Your name").fill(f"A {role}")
    guest.page.get_by_label("E-mail address").fill(f"{role.lower()}@example.org")
    guest.page.get_by_label("Password").fill(PASSWORD)
    guest.send("Join")
