import re

import html5lib
import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.credits import Millicredits


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def invited(member: Visitor, role: str = "creator") -> str:
    page = member.post("/team/invitations", {"role": role}).text
    link = re.search(r'id="invitation-link">[^<]*(/join\?token=[\w-]+)', page)
    assert link
    return link[1]


def join(member: Visitor, link: str, email: str = "ada@example.com") -> Visitor:
    guest = visitor(member.service)
    assert guest.get(link).status_code == 200
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', guest.get(link).text)
    assert csrf
    form = {"csrf": csrf[1], "token": link.partition("=")[2], "name": "Ada", "email": email}
    reply = guest.post("/join", form | {"password": "correct horse"})
    assert reply.status_code == 303, words_of(reply)
    return guest


def test_an_invited_creator_comes_in_makes_things_and_manages_nobody(member: Visitor) -> None:
    ada = join(member, invited(member))
    assert "Ada" in words_of(ada.get("/team"))
    assert ada.ask().status_code == 303
    assert ada.post("/team/invitations", {"role": "viewer"}).status_code == 403
    assert "Redeem a code" not in words_of(ada.get("/credits"))
    assert ada.post("/credits/redeem", {"code": "x"}).status_code == 403


def test_who_is_disabled_is_out_at_once(member: Visitor) -> None:
    ada = join(member, invited(member))
    path = re.search(r"/team/people/[\w-]+/disable", member.get("/team").text)
    assert path
    assert member.post(path[0]).status_code == 303
    assert ada.get("/team").headers["location"].startswith("/sign-in")


def test_an_invitation_works_once(member: Visitor) -> None:
    link = invited(member)
    join(member, link)
    guest = visitor(member.service)
    assert "was used" in words_of(guest.get(link))
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', guest.get(invited(member)).text)
    assert csrf
    form = {"csrf": csrf[1], "token": link.partition("=")[2], "name": "B", "email": "b@example.com"}
    again = guest.post("/join", form | {"password": "correct horse"})
    assert again.status_code >= 400
    assert 'value="b@example.com"' in again.text


def test_what_comes_next_is_made_in_the_chosen_project(member: Visitor) -> None:
    assert member.post("/team/projects", {"name": "Spring"}).status_code == 303
    path = re.search(r"/team/projects/([\w-]+)/choose", member.get("/team").text)
    assert path
    member.post(path[0])
    assert member.find(member.make()).owner.project_id == path[1]


def test_out_of_credits_then_a_code_and_on_it_goes(member: Visitor) -> None:
    rooms, owner = member.service.rooms, member.service.owner()
    with rooms.database.transaction() as tx:
        rest = rooms.ledger.balance(tx, owner.organization_id).available
        rooms.ledger.correct(tx, owner.organization_id, rest, cause="test")
        _, codes = rooms.billing.codes.make(tx, name="fair", count=1, amount=Millicredits(50_000))
    assert member.ask().status_code == 402
    wrong = member.post("/credits/redeem", {"code": "no such code"})
    assert wrong.status_code == 404
    assert "50 credits were added." in words_of(member.post("/credits/redeem", {"code": codes[0]}))
    assert member.ask().status_code == 303


def test_what_was_paid_has_an_invoice_to_print(member: Visitor) -> None:
    headers, client = member.service.headers, member.service.client
    plan = {"kind": "pack", "title_en": "A hundred credits", "title_zh": "百", "price_minor": 1000,
            "currency": "cny", "credits": "100"}  # fmt: skip
    assert client.put("/api/v1/plans/pack", json=plan, headers=headers).is_success
    assert member.post("/credits/orders", {"plan": "pack"}).status_code == 303
    assert "Invoices" not in words_of(member.get("/credits"))
    order = client.get("/api/v1/orders", headers=headers).json()["items"][0]
    paid = f"/api/v1/orders/{order['id']}/paid"
    assert client.post(paid, json={"reference": "bank 17"}, headers=headers).is_success
    path = re.search(r"/credits/invoices/\d+", member.get("/credits").text)
    assert path
    page = member.get(path[0])
    html5lib.HTMLParser(strict=True).parse(page.text)
    said = words_of(page)
    assert "Invoice 1" in said
    assert "A hundred credits 100 10.00 CNY Paid 10.00 CNY" in said
    assert "bank 17" in said
    assert member.get("/credits/invoices/2").status_code == 404


def test_a_budget_is_set_shown_kept_to_and_removed(member: Visitor) -> None:
    project = re.search(r'value="(project:[\w-]+)"', member.get("/credits").text)
    assert project
    limit = {"subject": project[1], "limit": "0.5", "period": "day"}
    assert member.post("/credits/budgets", limit).status_code == 303
    assert "0.5 a day" in words_of(member.get("/credits"))
    assert member.ask().status_code == 402
    path = re.search(r"/credits/budgets/\d+/remove", member.get("/credits").text)
    assert path
    member.post(path[0])
    assert member.ask().status_code == 303
    assert member.post("/credits/budgets", limit | {"limit": "much"}).status_code == 400
