import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.support.pictures import png
from tests.support.world import World

from mutoscope.core.errors import NotFound, TooManyJobs
from mutoscope.core.ids import BlobKey, new_generation_id
from mutoscope.core.request import ReferenceRole, Task
from mutoscope.db.schema import delivery, generation
from mutoscope.generations import (
    CallbackWish,
    Generation,
    LinkedUpload,
    Submission,
    Upload,
    delete,
    expire,
    put_back,
    submit,
    sweep,
    throw_away,
)
from mutoscope.outbound import AllowedHosts, Outbound
from mutoscope.storage import FilesystemBlobStore

DAY = 86_400


def submit_with(world: World, picture: bytes) -> Generation:
    """A generation that begins with a picture."""
    wish = world.wish(task=Task.IMAGE_TO_VIDEO)
    upload = Upload(ReferenceRole.FIRST_FRAME, picture, "image")
    return submit(world.rooms, Submission(wish=wish, uploads=[upload]), world.owner)


def blobs_of(made: Generation) -> list[BlobKey]:
    return [asset.blob for asset in made.assets]


def finish(world: World) -> None:
    claim = world.claim()
    assert claim is not None
    world.succeed(claim)


def test_results_are_kept_for_their_time_and_then_gone_with_their_bytes(world: World) -> None:
    made = submit_with(world, png(320, 320))
    [blob] = blobs_of(made)
    finish(world)
    world.clock.advance(seconds=30 * DAY - 1)
    assert expire(world.rooms, 30) == 0
    assert world.rooms.blobs.exists(blob)
    world.clock.advance(seconds=2)
    assert expire(world.rooms, 30) == 1
    assert not world.rooms.blobs.exists(blob)
    with pytest.raises(NotFound):
        world.find(made.id)
    assert expire(world.rooms, 30) == 0


def test_the_words_go_with_the_results_and_the_ledger_stays(world: World) -> None:
    made = world.submit()
    finish(world)
    world.clock.advance(seconds=31 * DAY)
    expire(world.rooms, 30)
    with world.rooms.database.snapshot() as tx:
        row = tx.execute(select(generation).where(generation.c.id == made.id)).one()
    assert "desert" not in str(row)
    assert world.charges() == 1
    assert world.discrepancies() == []


def test_what_is_under_way_does_not_expire(world: World) -> None:
    made = world.submit()
    world.clock.advance(seconds=365 * DAY)
    assert expire(world.rooms, 30) == 0
    assert world.find(made.id).id == made.id


def test_a_picture_that_a_younger_generation_uses_stays(world: World) -> None:
    old = submit_with(world, png(320, 320))
    finish(world)
    world.clock.advance(seconds=20 * DAY)
    young = submit_with(world, png(320, 320))
    finish(world)
    assert blobs_of(old) == blobs_of(young)
    world.clock.advance(seconds=11 * DAY)
    assert expire(world.rooms, 30) == 1
    assert world.rooms.blobs.exists(blobs_of(young)[0])
    delete(world.rooms, world.owner.organization_id, young.id)
    assert not world.rooms.blobs.exists(blobs_of(young)[0])


def test_more_than_a_batch_expires_at_once(world: World) -> None:
    for _ in range(25):
        world.submit()
        finish(world)
    world.clock.advance(seconds=31 * DAY)
    assert expire(world.rooms, 30) == 25


def test_callbacks_expire_with_their_generation(world: World) -> None:
    rooms = replace(world.rooms, outbound=Outbound(AllowedHosts.parse("hooks.example")))
    wish = Submission(
        wish=world.wish(), callback=CallbackWish("https://hooks.example/", "http://b")
    )
    submit(rooms, wish, world.owner)
    finish(world)
    world.clock.advance(seconds=31 * DAY)
    assert expire(rooms, 30) == 1
    with world.rooms.database.snapshot() as tx:
        assert tx.execute(select(delivery)).all() == []


def test_bytes_without_an_owner_go_after_two_days(world: World, tmp_path: Path) -> None:
    blobs = FilesystemBlobStore(tmp_path / "blobs")
    rooms = replace(world.rooms, blobs=blobs)
    used = submit_with(replace(world, rooms=rooms), png(320, 320))
    orphan = blobs.put(io.BytesIO(b"left by a crash"))
    fresh = blobs.put(io.BytesIO(b"about to be referred to"))
    age(tmp_path / "blobs", [orphan, *blobs_of(used)], world, days=3)
    age(tmp_path / "blobs", [fresh], world, days=1)
    assert sweep(rooms, tmp_path / "scratch") == (1, 0)
    assert not blobs.exists(orphan)
    assert blobs.exists(fresh)
    assert blobs.exists(blobs_of(used)[0])


def age(root: Path, keys: list[BlobKey], world: World, *, days: int) -> None:
    """Let blobs have been put so long ago, by the clock of the house."""
    then = world.clock.now() / 1000 - days * DAY
    for key in keys:
        os.utime(root / key[:2] / key[2:4] / key, (then, then))


def test_workspaces_go_when_their_jobs_have_ended(world: World, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    ended, running = world.submit(), world.submit()
    finish(world)
    names = [str(ended.id), str(running.id), str(new_generation_id()), "somebody's own"]
    for name in names:
        (scratch / name / "latents").mkdir(parents=True)
    assert sweep(world.rooms, scratch) == (0, 2)
    assert {each.name for each in scratch.iterdir()} == {str(running.id), "somebody's own"}


def test_an_organization_has_only_so_many_generations_under_way(world: World) -> None:
    strict = replace(world, rooms=replace(world.rooms, jobs_at_once_max=2))
    strict.submit()
    strict.submit()
    held = strict.held()
    with pytest.raises(TooManyJobs, match="2 generations are under way"):
        strict.submit()
    assert strict.held() == held
    finish(strict)
    strict.submit()


def test_a_repeat_under_the_same_key_is_answered_when_there_is_no_room(world: World) -> None:
    strict = replace(world, rooms=replace(world.rooms, jobs_at_once_max=1))
    first = strict.submit(key="once")
    assert strict.submit(key="once").id == first.id


def test_one_organization_does_not_take_the_room_of_another(world: World) -> None:
    strict = replace(world.rooms, jobs_at_once_max=1)
    mine = world.submit()
    with world.rooms.database.transaction() as tx:
        organization, project = world.rooms.people.found_organization(tx, "Rival")
        world.rooms.ledger.open_wallet(tx, organization)
        world.rooms.ledger.grant(tx, organization, mine.quote, code="gift", cause="rival")
    rival = replace(world.owner, organization_id=organization, project_id=project)
    made = submit(strict, Submission(wish=world.wish()), rival)
    assert made.owner.organization_id == organization


def test_nothing_is_fetched_for_a_request_that_is_refused_anyway(world: World) -> None:
    strict = replace(world.rooms, jobs_at_once_max=1)
    world.submit()
    linked = LinkedUpload(ReferenceRole.FIRST_FRAME, "https://never.example/a.png", "image")
    wish = world.wish(task=Task.IMAGE_TO_VIDEO)
    with pytest.raises(TooManyJobs):
        submit(strict, Submission(wish=wish, uploads=[linked]), world.owner)


def test_what_was_thrown_away_is_kept_for_a_week_to_be_taken_back(world: World) -> None:
    made = submit_with(world, png(320, 320))
    finish(world)
    throw_away(world.rooms, world.owner.organization_id, [made.id])
    world.clock.advance(seconds=6 * DAY)
    assert expire(world.rooms, 0) == 0
    world.clock.advance(seconds=2 * DAY)
    assert expire(world.rooms, 0) == 1
    assert put_back(world.rooms, world.owner.organization_id, [made.id]) == 0
    assert not any(world.rooms.blobs.exists(blob) for blob in blobs_of(made))
