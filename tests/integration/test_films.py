from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.studio import Visitor, visitor
from tests.support.web import Service

from mutoscope import films
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import Conflict, InsufficientCredits, NothingToDraw
from mutoscope.core.ids import GenerationId
from mutoscope.core.state import JobState
from mutoscope.films import Film, TakeKind
from mutoscope.media import Footage, verify_label

# That of the visitor's own worker.
LABEL_KEY = b"k" * 32
BRIEF = "镜头一：一只红色的猫在雪地里走。镜头二：猫跳起来，烟花"


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def begun(member: Visitor, brief: str = BRIEF, seconds: float = 2) -> Film:
    return films.begin(
        member.service.rooms, member.service.owner(), brief=brief, seconds=seconds, ratio="1:1"
    )


def saved(member: Visitor, film: Film) -> Film:
    rooms = member.service.rooms
    with rooms.database.transaction() as tx:
        return films.save(tx, film, rooms.clock.now())


def approved(member: Visitor, film: Film) -> Film:
    rooms, owner = member.service.rooms, member.service.owner()
    with rooms.database.transaction() as tx:
        person = rooms.people.administrator(tx)
        assert person
        films.approve(tx, film, person.id, rooms.clock.now())
        return films.find(tx, owner.organization_id, film.id)


def test_a_brief_becomes_shots_in_its_own_words(member: Visitor) -> None:
    film = begun(member)
    assert [shot.words for shot in film.shots] == ["一只红色的猫在雪地里走", "猫跳起来，烟花"]
    assert [shot.seconds for shot in film.shots] == [1, 1]
    # What the second shot leaves open goes on as it was.
    assert film.shots[1].scene
    assert film.shots[1].scene["place"] == "snowfield"


def test_a_brief_of_nothing_is_refused(member: Visitor) -> None:
    with pytest.raises(NothingToDraw, match="nothing that can be drawn"):
        begun(member, "…！？")


def test_drafts_then_the_approved_film_then_one_labelled_file(
    member: Visitor, tmp_path: Path
) -> None:
    rooms, owner = member.service.rooms, member.service.owner()
    film = begun(member)
    films.draft(rooms, owner, film, film.shots)
    with pytest.raises(Conflict, match="not approved"):
        films.shoot(rooms, owner, film, model_name="storyboard", size="480p")
    film = approved(member, film)
    films.shoot(rooms, owner, film, model_name="storyboard", size="480p")
    with pytest.raises(Conflict, match="shot 1 is not made yet"):
        films.join(rooms, owner, film, TakeKind.FINAL)
    for _ in range(4):
        member.work()
    joined = films.join(rooms, owner, film, TakeKind.FINAL)
    assert films.join(rooms, owner, film, TakeKind.FINAL).id == joined.id
    member.work()
    done = member.find(joined.id)
    assert (done.state, done.cost) == (JobState.SUCCEEDED, 0)
    assert done.results[0].frames == 48
    path = tmp_path / "film.mp4"
    path.write_bytes(member.get(f"/media/{done.results[0].id}").content)
    label = verify_label(path, LABEL_KEY)
    assert label.is_ours
    assert label.labels[0].produce_id == done.results[0].id


def test_a_dissolve_of_the_brief_is_one_in_the_joined_file(member: Visitor) -> None:
    rooms, owner = member.service.rooms, member.service.owner()
    film = begun(member, "a red car in the desert, dissolve to a blue boat on the sea", 2)
    assert [shot.dissolves for shot in film.shots] == [False, True]
    films.draft(rooms, owner, film, film.shots)
    assert member.service.work() == 2
    joined = films.join(rooms, owner, film, TakeKind.DRAFT)
    first, second = film.shots
    cut = saved(member, replace(film, shots=(first, replace(second, dissolves=False))))
    other = films.join(rooms, owner, cut, TakeKind.DRAFT)
    assert other.id != joined.id
    assert member.service.work() == 2
    soft, hard = steps(member, joined.id), steps(member, other.id)
    assert len(soft) == len(hard) == 48 - 1
    assert soft.max() < hard.max() / 2
    assert hard.argmax() == 23


def steps(member: Visitor, generation_id: GenerationId) -> NDArray[np.float64]:
    """How far each frame of a result is from the one before it."""
    result = member.find(generation_id).results[0]
    footage = Footage(lambda: member.service.rooms.blobs.open(result.blob))
    means = np.array([frame.mean(axis=(0, 1)) for frame in footage.frames()], np.float64)
    changes: NDArray[np.float64] = np.abs(np.diff(means, axis=0)).sum(axis=1)
    return changes


def test_a_changed_shot_is_drawn_again_and_the_others_are_not(member: Visitor) -> None:
    rooms, owner = member.service.rooms, member.service.owner()
    film = begun(member)
    films.draft(rooms, owner, film, film.shots)
    first = replace(film.shots[0], words="一只狗在雪地里跑", scene=None)
    film = saved(member, replace(film, shots=(film.shots[1], first)))
    films.draft(rooms, owner, film, film.shots)
    films.draft(rooms, owner, film, film.shots)
    with rooms.database.snapshot() as tx:
        assert len(films.takes(tx, film.id)) == 3


def test_a_change_takes_the_approval_back_and_loses_nobody_elses_work(member: Visitor) -> None:
    film = approved(member, begun(member))
    assert film.is_approved
    changed = saved(member, replace(film, shots=film.shots[::-1]))
    assert not changed.is_approved
    with pytest.raises(Conflict, match="changed this film meanwhile"):
        saved(member, replace(film, title="mine"))


def test_a_film_that_costs_more_than_there_is_begins_no_shot(member: Visitor) -> None:
    rooms, owner = member.service.rooms, member.service.owner()
    film = begun(member)
    with rooms.database.transaction() as tx:
        rest = rooms.ledger.balance(tx, owner.organization_id).available - 1500
        rooms.ledger.correct(tx, owner.organization_id, Millicredits(rest), cause="test")
    with pytest.raises(InsufficientCredits):
        films.draft(rooms, owner, film, film.shots)
    with rooms.database.snapshot() as tx:
        assert films.takes(tx, film.id) == []
