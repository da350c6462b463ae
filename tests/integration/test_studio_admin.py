"""The administration: for those who run the service, and for nobody else."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from tests.support.kling_house import KlingHouse
from tests.support.studio import Fields, Visitor, visitor, words_of
from tests.support.web import Service

import mutoscope
from mutoscope.core.clock import Milliseconds
from mutoscope.core.ids import GenerationId
from mutoscope.core.state import JobState
from mutoscope.generations import Filter, Generation, kept, listing, put_back, throw_away
from mutoscope.generations.store import find_for_worker
from mutoscope.jobs import Presence, WorkerCard
from mutoscope.studio.verbs import fact_names, verb_names
from mutoscope.studio.words import words_for
from mutoscope.trail import Entry

VERB = re.compile(r'"((?:billing|callbacks|credits|house|identity|policy)\.[a-z_]+\.[a-z_]+)"')

PAGES = (
    "/admin",
    "/admin/models",
    "/admin/limits",
    "/admin/words",
    "/admin/people",
    "/admin/storage",
    "/admin/prices",
    "/admin/trail",
)


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


@pytest.fixture
def eve(service: Service) -> Visitor:
    """The owner of another organization, signed in."""
    credentials = service.stranger().credentials
    with service.rooms.database.snapshot() as tx:
        key = service.rooms.keys.by_api_key(tx, credentials.api_key)
    return _signed_in(service, key.organization_id, "owner")


@pytest.fixture
def producer(service: Service) -> Visitor:
    """Somebody of the house who produces films and administers nothing."""
    return _signed_in(service, service.owner().organization_id, "producer")


def _signed_in(service: Service, organization_id: str, role: str) -> Visitor:
    rooms = service.rooms
    with rooms.database.transaction() as tx:
        person = rooms.people.add(
            tx,
            organization_id,  # type: ignore[arg-type]
            name=role,
            email=f"{role}@example.com",
            role=role,
        )
        session = rooms.people.new_session(tx, person)
    guest = visitor(service)
    guest.web.cookies.set("mutoscope_session", session)
    return guest


def trail(member: Visitor) -> list[Entry]:
    """What was done in the first organization, newest first."""
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        return rooms.trail.page(tx, member.service.owner().organization_id)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_administration_is_html_for_its_administrator_alone(
    member: Visitor, eve: Visitor, producer: Visitor, path: str
) -> None:
    page = member.get(path)
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    # Whoever administers a tenant reads its own trail, and that alone.
    for other in (producer,) if path == "/admin/trail" else (eve, producer):
        refusal = other.get(path)
        assert refusal.status_code == 403
        assert "Queue" not in words_of(refusal)
    assert visitor(member.service).get(path).headers["location"].startswith("/sign-in")


def test_the_menu_leads_to_the_administration_only_who_may_enter(
    member: Visitor, producer: Visitor
) -> None:
    assert 'href="/admin"' in member.get("/library").text
    assert 'href="/admin' not in producer.get("/library").text


def test_the_queue_shows_everybodys_work_without_their_words(member: Visitor, eve: Visitor) -> None:
    assert eve.ask("a secret project of ours").status_code == 303
    member.make("a red car")
    text = words_of(member.get("/admin"))
    assert "Rival" in text
    assert "a secret project" not in member.get("/admin").text
    assert "No worker is alive" in text


def test_the_house_stops_anybodys_work_and_the_trail_says_so(member: Visitor) -> None:
    made = member.make("a red car")
    assert member.post(f"/admin/queue/{made}/cancel").status_code == 303
    assert member.find(made).state is JobState.CANCELED
    done = trail(member)[0]
    assert (done.verb, done.subject) == ("house.generation.canceled", str(made))
    assert done.person_id is not None


def test_others_stop_nothing(member: Visitor, eve: Visitor, producer: Visitor) -> None:
    made = member.make("a red car")
    for other in (eve, producer):
        assert other.post(f"/admin/queue/{made}/cancel").status_code == 403
        assert other.get("/admin/live").status_code == 403
    assert member.find(made).state is JobState.QUEUED


def test_a_worker_that_lives_is_shown_with_what_it_serves_and_holds(member: Visitor) -> None:
    presence = Presence(member.service.settings.data / "workers")
    card = WorkerCard(("storyboard",), Milliseconds(1), ("wan-2.2",))
    member.make("a red car")
    with presence.sign_in("host:1:a", card):
        text = words_of(member.get("/admin"))
    assert "host:1:a storyboard wan-2.2" in text
    assert "No worker" not in text
    with presence.sign_in("host:1:a", WorkerCard(("diffusers",), Milliseconds(1))):
        assert "No worker here serves: storyboard" in words_of(member.get("/admin"))


def test_a_model_is_loaded_and_let_go_when_somebody_asks(
    member: Visitor, producer: Visitor
) -> None:
    folder = member.service.settings.data / "models/my-wan"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text('{"_class_name": "WanPipeline"}')
    ask = {"model": "my-wan", "loaded": "yes"}
    assert producer.post("/admin/models/memory", ask).status_code == 403
    assert member.post("/admin/models/memory", ask | {"model": "none"}).status_code == 404
    assert "no worker here serves my-wan" in words_of(member.post("/admin/models/memory", ask))
    presence = Presence(member.service.settings.data / "workers")
    loaded = WorkerCard(("diffusers",), Milliseconds(1), ("my-wan",))
    unable = WorkerCard(("diffusers",), Milliseconds(1), unloadable={"my-wan": "no weights"})
    with presence.sign_in("host:1:a", replace(loaded, loaded=())), presence.sign_in("host:2:b"):
        assert member.post("/admin/models/memory", ask).status_code == 303
        assert "asked to load: 1" in words_of(member.get("/admin/models"))
        assert presence.wishes("host:1:a") == {"my-wan": True}
        assert presence.wishes("host:2:b") == {}
        presence.tell("host:1:a", loaded)
        assert "warm in 1 of 1" in words_of(member.get("/admin/models"))
        assert member.post("/admin/models/memory", ask | {"loaded": "no"}).status_code == 303
        assert presence.wishes("host:1:a") == {"my-wan": False}
        presence.tell("host:1:a", unable)
        assert "no weights" in words_of(member.get("/admin/models"))
    verbs = [each.verb for each in trail(member)]
    assert verbs[:2] == ["house.model.unload_asked", "house.model.load_asked"]


def test_the_books_are_checked_on_demand(member: Visitor) -> None:
    assert "Everything adds up" in words_of(member.post("/admin/audit"))


def test_a_price_holds_from_now_or_from_a_day_on_and_the_trail_tells(member: Visitor) -> None:
    what = {"what": "storyboard:480p:second"}
    assert member.post("/admin/prices", what | {"amount": "3"}).status_code == 303
    assert "3 credits" in words_of(member.get("/quote?size=480p&seconds=1"))
    later = what | {"amount": "7.5", "since": "2999-01-31"}
    assert member.post("/admin/prices", later).status_code == 303
    text = words_of(member.get("/admin/prices"))
    assert "480p any 3 a second version 1 instead of 1" in text
    assert "2 storyboard 480p any 7.5 a second 2999-01-31 00:00:00 UTC to come" in text
    assert "3 credits" in words_of(member.get("/quote?size=480p&seconds=1"))
    told = [(e.subject, e.facts["amount"]) for e in trail(member) if e.verb == "credits.price.set"]
    assert told == [("storyboard", "7.5"), ("storyboard", "3")]


def test_a_price_for_one_task_is_set_and_shown_with_it(member: Visitor) -> None:
    form = {"what": "storyboard:480p:second", "task": "text_to_video", "amount": "6"}
    assert member.post("/admin/prices", form).status_code == 303
    text = words_of(member.get("/admin/prices"))
    assert "480p Text to video 6 a second version 1 instead of 1" in text
    assert "480p any 1 a second the model itself" in text
    assert "6 credits" in words_of(member.get("/quote?size=480p&seconds=1"))


@pytest.mark.parametrize(
    ("form", "beside"),
    [
        ({"amount": "much"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1", "since": "2001-01-01"}, "since"),
        ({"amount": "1", "since": "soon"}, "since"),
        ({"amount": "1", "what": "storyboard:8k:second"}, "what"),
        ({"amount": "1", "what": "nothing"}, "what"),
        ({"amount": "1", "task": "text_to_image"}, "task"),
        ({"amount": "1", "task": "dancing"}, "task"),
    ],
)
def test_a_price_that_cannot_be_is_refused_beside_its_field_and_kept(
    member: Visitor, form: dict[str, str], beside: str
) -> None:
    reply = member.post("/admin/prices", {"what": "storyboard:480p:second"} | form)
    assert 400 <= reply.status_code < 500
    assert f'id="complaint-{beside}" role="alert">' in reply.text
    assert f'value="{form["amount"]}"' in reply.text
    assert not [e for e in trail(member) if e.verb == "credits.price.set"]


def test_the_trail_is_sought_and_exported_as_it_is_shown(member: Visitor, eve: Visitor) -> None:
    member.post("/team/projects", {"name": "Spring"})
    member.post("/admin/prices", {"what": "storyboard:480p:second", "amount": "3"})
    page = words_of(member.get("/admin/trail?verb=credits."))
    assert "credits.price.set" in page
    assert "Spring" not in page
    lines = member.get("/admin/trail/mutoscope-trail.csv?verb=credits.").text.splitlines()
    assert [line.split(",")[5] for line in lines] == ["verb", "credits.price.set"]
    assert member.get("/admin/trail?since=2999-01-01").text.count("<td>") == 0
    assert member.get("/admin/trail?since=soon").status_code == 400
    assert member.get("/admin/trail/mutoscope-trail.exe").status_code == 404


def test_the_trail_names_the_key_and_what_it_notes(member: Visitor) -> None:
    service = member.service
    with service.rooms.database.snapshot() as tx:
        key = service.rooms.keys.by_api_key(tx, service.credentials.api_key)
    wish = {"role": "creator"}
    made = service.client.post("/api/v1/invitations", json=wish, headers=service.headers)
    assert made.status_code == 201
    page = words_of(member.get("/admin/trail?verb=identity.invitation"))
    assert f"by the key {key.name}" in page
    assert key.id not in page
    assert "role creator" in page
    assert "None" not in page


def test_another_tenants_trail_is_read_by_the_house_alone(member: Visitor, eve: Visitor) -> None:
    ours = member.service.owner().organization_id
    eve.post("/team/projects", {"name": "Rivalry"})
    theirs = eve.get("/admin/trail")
    assert "Rivalry" in theirs.text
    assert 'href="/admin"' not in theirs.text
    assert eve.get(f"/admin/trail?organization={ours}").status_code == 404
    assert eve.get(f"/admin/trail/mutoscope-trail.csv?organization={ours}").status_code == 404
    with member.service.rooms.database.snapshot() as tx:
        rival = member.service.rooms.projects.organizations(tx)[1].id
    assert "Rivalry" in member.get(f"/admin/trail?organization={rival}").text


def test_a_vendors_name_is_mapped_used_and_freed(member: Visitor) -> None:
    kling = KlingHouse(member.service)
    mapped = {"name": "kling-v1", "model": "storyboard", "size_std": "480p"}
    assert member.post("/admin/models/names", mapped).status_code == 303
    wish = {"model_name": "kling-v1", "prompt": "a car", "mode": "std"}
    assert kling.ask("POST", "/v1/videos/text2video", wish).status_code == 200
    with member.service.rooms.database.snapshot() as tx:
        [made] = listing(tx, member.service.owner().organization_id, Filter())
    assert made.request.size == "480p"
    assert "kling-v1 storyboard std 480p" in words_of(member.get("/admin/models"))
    assert trail(member)[0].verb == "house.vendor_name.mapped"
    assert member.post("/admin/models/names", {"name": "kling-v1", "model": ""}).status_code == 303
    assert "No name is mapped" in words_of(member.get("/admin/models"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "gpt"},
        {"model": "none"},
        {"size_std": "9p"},
        {"model": "", "size_std": "480p"},
        {"name": "kling-v1", "size_4k": "480p"},
    ],
)
def test_a_mapping_that_would_fail_later_is_refused_now(
    member: Visitor, wrong: dict[str, str]
) -> None:
    form = {"name": "kling-v1", "model": "storyboard"} | wrong
    reply = member.post("/admin/models/names", form)
    assert 400 <= reply.status_code < 500
    assert 'id="complaint-names" role="alert">' in reply.text
    assert "No name is mapped" in words_of(reply)
    assert not [e for e in trail(member) if e.verb == "house.vendor_name.mapped"]


def test_the_default_model_is_whoever_names_none(member: Visitor) -> None:
    catalog, folder = member.service.rooms.catalog, member.service.settings.data / "models/my-wan"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text('{"_class_name": "WanPipeline"}')
    assert member.post("/admin/models/default", {"model": "my-wan"}).status_code == 303
    assert catalog.find(None).id == "my-wan" == catalog.models()[0].id
    assert trail(member)[0].verb == "house.model.made_default"
    assert member.post("/admin/models/default", {"model": "none"}).status_code in (400, 404, 422)
    assert catalog.find(None).id == "my-wan"
    assert member.post("/admin/models/default", {"model": "storyboard"}).status_code == 303
    assert catalog.find(None).id == "storyboard"


PLAN = {
    "id": "pro",
    "kind": "subscription",
    "title_en": "Pro",
    "title_zh": "专业版",
    "price": "68.50",
    "currency": "cny",
    "credits": "660",
    "jobs_at_once": "3",
    "sizes": "480p, 720p",
    "retention_days": "90",
}


def test_a_plan_is_offered_changed_given_ended_and_archived(member: Visitor) -> None:
    rooms, ours = member.service.rooms, member.service.owner().organization_id
    assert member.post("/admin/limits/plans", PLAN).status_code == 303
    assert "68.50 CNY 660 3 all 480p, 720p 90" in words_of(member.get("/admin/limits"))
    assert Fields(member.get("/admin/limits?plan=pro").text).values["price"] == "68.50"
    assert member.post("/admin/limits/plans", PLAN | {"jobs_at_once": ""}).status_code == 303
    given = {"subscriber": ours, "plan": "pro"}
    assert member.post("/admin/people/plan", given).status_code == 303
    with rooms.database.snapshot() as tx:
        terms = rooms.billing.plans.terms(tx, ours)
    assert (terms.plan_id, terms.jobs_at_once, terms.retention_days) == ("pro", None, 90)
    assert "by its plan Mutoscope 90" in words_of(member.get("/admin/storage"))
    assert member.post("/admin/people/plan", given | {"plan": ""}).status_code == 303
    assert member.post("/admin/limits/plans/pro/archive").status_code == 303
    assert "No plan is on offer." in words_of(member.get("/admin/limits"))
    verbs = [entry.verb for entry in trail(member)]
    assert [v for v in verbs if v.startswith("billing.")] == [
        "billing.plan.archived",
        "billing.plan.ended",
        "billing.plan.given",
        "billing.plan.offered",
        "billing.plan.offered",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "1.234"},
        {"price": "x"},
        {"price": "1e3"},
        {"price": "12.5", "currency": "jpy"},
        {"kind": "gift"},
        {"title_zh": ""},
        {"jobs_at_once": "0"},
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_stays_typed(
    member: Visitor, wrong: dict[str, str]
) -> None:
    reply = member.post("/admin/limits/plans", PLAN | wrong)
    assert 400 <= reply.status_code < 500
    assert 'id="complaint-plan" role="alert">' in reply.text
    assert Fields(reply.text).values["credits"] == "660"
    assert "No plan is on offer." in words_of(reply)


def test_credits_are_granted_and_both_trails_tell(member: Visitor, eve: Visitor) -> None:
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        rival = rooms.projects.organizations(tx)[1].id
    form = {"whose": rival, "amount": "12.5", "days": "30"}
    assert member.post("/admin/people/credits", form).status_code == 303
    assert "1,012.5" in words_of(member.get("/admin/people"))
    assert "1,012.5" in words_of(eve.get("/credits"))
    assert "credits.lot.granted" in words_of(eve.get("/admin/trail"))
    for wrong in ({"amount": "0"}, {"amount": "-3"}, {"days": "0"}, {"whose": "nobody"}):
        reply = member.post("/admin/people/credits", form | wrong)
        assert 400 <= reply.status_code < 500
        assert 'id="complaint-credits" role="alert">' in reply.text
    assert eve.post("/admin/people/credits", form).status_code == 403
    assert "1,012.5" in words_of(eve.get("/credits"))


def test_an_organization_is_taken_in_and_its_owner_comes_in_by_the_link(member: Visitor) -> None:
    form = {"name": "Studio Nine", "owner": "Nina", "email": "nina@nine.example"}
    page = member.post("/admin/people/organizations", form)
    nina = come_in_by(member, page.text)
    assert "Studio Nine" in words_of(nina.get("/team"))
    assert nina.get("/admin/people").status_code == 403
    assert member.post("/admin/people/organizations", form).status_code == 409


def come_in_by(member: Visitor, page: str) -> Visitor:
    """Somebody who follows the link on a page."""
    token = re.search(r"/sign-in\?token=([\w-]+)", page)
    assert token is not None, page
    guest = visitor(member.service)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', guest.get("/sign-in").text)
    assert csrf is not None
    reply = guest.post("/sign-in/link", {"csrf": csrf[1], "token": token[1]})
    assert reply.status_code == 303
    return guest


def test_the_house_disables_readmits_and_lets_in_whoever_it_is(
    member: Visitor, eve: Visitor
) -> None:
    rooms = member.service.rooms
    with rooms.database.transaction() as tx:
        rival = rooms.projects.organizations(tx)[1].id
        other = rooms.people.add(tx, rival, name="Bob", email="bob@rival.example", role="owner")
    bob = {"organization": rival, "person": other}
    assert member.post("/admin/people/disable", bob).status_code == 303
    assert member.post("/admin/people/link", bob).status_code == 403
    assert member.post("/admin/people/enable", bob).status_code == 303
    guest = come_in_by(member, member.post("/admin/people/link", bob).text)
    assert "Bob" in words_of(guest.get("/team"))
    told = words_of(eve.get("/admin/trail"))
    for verb in ("disabled", "enabled", "link_made"):
        assert f"identity.person.{verb}" in told
    # Nobody is found in an organization that is not theirs.
    wrong = bob | {"organization": member.service.owner().organization_id}
    assert member.post("/admin/people/disable", wrong).status_code == 404


def test_an_administrator_of_the_house_has_no_way_to_become_its_owner(member: Visitor) -> None:
    ours = member.service.owner().organization_id
    admin = _signed_in(member.service, ours, "admin")
    with member.service.rooms.database.snapshot() as tx:
        owner = member.service.rooms.people.administrator(tx)
    assert owner is not None
    target = {"organization": ours, "person": owner.id}
    assert admin.get("/admin/people").status_code == 200
    assert admin.post("/admin/people/link", target).status_code == 403
    assert admin.post("/admin/people/disable", target).status_code == 403


def test_storage_weighs_what_is_kept_and_what_goes_next(member: Visitor) -> None:
    rooms, ours = member.service.rooms, member.service.owner().organization_id
    made = member.make("a red car")
    member.work()
    throw_away(rooms, ours, [made])
    size = sum(asset.size_bytes for asset in find_any(member, made).assets)
    with rooms.database.snapshot() as tx:
        now = kept(tx, rooms, 30, soon_days=7)
        later = kept(tx, rooms, 3, soon_days=7)
    assert now.bytes == size == sum(heap.bytes for heap in now.by_kind)
    assert (now.in_bin.number, now.in_bin.bytes) == (1, size)
    put_back(rooms, ours, [made])
    with rooms.database.snapshot() as tx:
        assert kept(tx, rooms, 30, soon_days=7).soon.number == 0
        assert kept(tx, rooms, 0, soon_days=7).soon.number == 0
    assert later.soon.number == 1
    assert "Videos 1" in words_of(member.get("/admin/storage"))


def find_any(member: Visitor, generation_id: GenerationId) -> Generation:
    """A generation, thrown away or not."""
    with member.service.rooms.database.snapshot() as tx:
        return find_for_worker(tx, generation_id)


@pytest.mark.parametrize(
    ("currency", "price", "minor", "shown"),
    [
        ("cny", "1068.5", 106_850, "1,068.50 CNY"),
        ("jpy", "1200", 1200, "1,200 JPY"),
        ("krw", "9900", 9900, "9,900 KRW"),
        ("kwd", "1.125", 1125, "1.125 KWD"),
    ],
)
def test_a_price_has_the_places_of_its_currency(
    member: Visitor, currency: str, price: str, minor: int, shown: str
) -> None:
    told = {"price": price, "currency": currency}
    assert member.post("/admin/limits/plans", PLAN | told).status_code == 303
    with member.service.rooms.database.snapshot() as tx:
        [plan] = member.service.rooms.billing.plans.offered(tx)
    assert plan.price_minor == minor
    assert shown in words_of(member.get("/admin/limits"))
    assert shown in words_of(member.get("/credits"))
    # What is filled in to be changed is the same price again.
    typed = Fields(member.get("/admin/limits?plan=pro").text).values["price"]
    assert float(typed) == float(price)


def test_words_are_refused_found_and_allowed_again(member: Visitor, eve: Visitor) -> None:
    assert "No word is refused." in words_of(member.get("/admin/words"))
    assert member.post("/admin/words", {"words": "gore\n\n  血腥 "}).status_code == 303
    assert member.ask("a film full of GORE").status_code == 422
    assert "血腥" not in member.get("/admin/words?q=gor").text
    assert "No word of the list is like that." in words_of(member.get("/admin/words?q=zzz"))
    wrong = member.post("/admin/words", {"words": "fine\n…"})
    assert wrong.status_code == 400
    assert 'id="complaint-words" role="alert">' in wrong.text
    assert "fine\n…</textarea>" in wrong.text
    assert member.post("/admin/words", {"words": " "}).status_code == 400
    assert eve.post("/admin/words", {"words": "rival"}).status_code == 403
    assert member.post("/admin/words/remove", {"word": "gore"}).status_code == 303
    assert member.post("/admin/words/remove", {"word": "gore"}).status_code == 404
    assert member.ask("a film full of gore").status_code == 303
    told = [(e.verb, e.subject) for e in trail(member)]
    assert told[0] == ("policy.words.removed", "gore")
    assert told[1] == ("policy.words.added", "2")
    assert "words are refused policy.words.added" in words_of(member.get("/admin/trail"))


def test_every_verb_of_the_trail_is_said_in_words_of_both_languages() -> None:
    written = {
        verb
        for path in Path(mutoscope.__file__).parent.rglob("*.py")
        for verb in VERB.findall(path.read_text(encoding="utf-8"))
    }
    for language in ("en", "zh"):
        names = verb_names(words_for(language))
        assert written <= names.keys()
    # Those that are put together from two halves are there as well.
    assert {"identity.person.promoted", "identity.project.restored"} <= names.keys()


def test_every_fact_of_the_trail_has_a_name_in_both_languages() -> None:
    noted = {
        keyword.arg
        for path in Path(mutoscope.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("trail.record")
        for keyword in call.keywords
        if keyword.arg
    }
    assert "time_zone" in noted
    for language in ("en", "zh"):
        assert noted <= fact_names(words_for(language)).keys()
    assert fact_names(words_for("zh"))["role"] == "角色"
