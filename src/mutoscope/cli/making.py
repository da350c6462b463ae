"""What `mutoscope generate` does: submit, run in this process, follow, write the files."""

import itertools
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from mutoscope.cli.house import House, open_house
from mutoscope.cli.output import generation_document, print_json
from mutoscope.cli.progress import Shown, progress_bar
from mutoscope.core.credits import credits_text
from mutoscope.core.errors import (
    Conflict,
    GenerationFailed,
    InvalidRequest,
    ModelUnavailable,
    MutoscopeError,
    PictureRejected,
    StorageFull,
)
from mutoscope.core.ids import JobId
from mutoscope.core.request import ReferenceRole, Task, Wish
from mutoscope.core.state import JobState
from mutoscope.generations import Generation, Rooms, Submission, Upload, cancel, find, submit
from mutoscope.worker import Workbench, lanes_here

POLL_SECONDS = 0.1
PICTURE_BYTES_MAX = 10 * 2**20
RECOVERY_TURNS = 50
CANCELED_EXIT = 130
VIDEO_SUFFIX, PICTURE_SUFFIX = ".mp4", ".png"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for on the command line."""

    prompt: str
    output: Path
    model: str | None
    seconds: float | None
    ratio: str | None
    size: str | None
    fps: int | None
    seed: int | None
    image: Path | None = None
    last_image: Path | None = None
    negative_prompt: str = ""
    count: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)

    def wish(self) -> Wish:
        """The order in our own words."""
        return Wish(
            prompt=self.prompt,
            task=self._task(),
            model=self.model,
            negative_prompt=self.negative_prompt,
            size=self.size,
            ratio=self.ratio,
            seconds=self.seconds,
            fps=self.fps,
            seed=self.seed,
            count=self.count,
            params=self.params,
        )

    def _task(self) -> Task:
        """A picture for a .png, a video otherwise; from a picture where one is given."""
        has_picture = self.image is not None or self.last_image is not None
        if self.output.suffix.lower() == PICTURE_SUFFIX:
            return Task.IMAGE_TO_IMAGE if has_picture else Task.TEXT_TO_IMAGE
        return Task.IMAGE_TO_VIDEO if has_picture else Task.TEXT_TO_VIDEO

    def uploads(self) -> list[Upload]:
        """The pictures, read from their files."""
        given = (
            (ReferenceRole.FIRST_FRAME, "--image", self.image),
            (ReferenceRole.LAST_FRAME, "--last-image", self.last_image),
        )
        return [
            Upload(role, _read_picture(path, option), option)
            for role, option, path in given
            if path is not None
        ]

    def targets(self) -> list[Path]:
        """The files to write."""
        return numbered(self.output, self.count)


def numbered(first: Path, count: int) -> list[Path]:
    """out.mp4, out-2.mp4 ..."""
    return [first, *(first.with_stem(f"{first.stem}-{n}") for n in range(2, count + 1))]


def make(order: Order, data: Path | None, *, as_json: bool) -> None:
    """Make the video; with `as_json`, one JSON object is printed whatever happens."""
    try:
        generation = _make(order, data, with_bar=not as_json)
    except MutoscopeError as error:
        if as_json:
            problem = {"code": error.code, "detail": error.detail, "field": error.field}
            print_json({"state": "refused", "error": problem | {"fix": error.fix}, "files": []})
        raise
    files = order.targets()[: len(generation.results)]
    if as_json:
        print_json(generation_document(generation) | {"files": [str(path) for path in files]})
    if generation.state is JobState.CANCELED:
        typer.echo("canceled; nothing was charged", err=True)
        raise typer.Exit(CANCELED_EXIT)
    if generation.failure is not None:
        raise GenerationFailed(f"{generation.failure.detail} (not charged)")
    if not as_json:
        _tell(generation, files)


def _make(order: Order, data: Path | None, *, with_bar: bool) -> Generation:
    check_targets(order.targets())
    uploads = order.uploads()
    house = open_house(data, may_found=True)
    _check_lane(house, order.model)
    with _interrupts() as interrupts:
        generation = submit(
            house.rooms, Submission(wish=order.wish(), uploads=uploads), house.owner
        )
        generation = _follow(house, generation, interrupts, with_bar=with_bar)
    save(house.rooms, generation, order.targets())
    return generation


def check_targets(targets: list[Path]) -> None:
    """Refuse, before anything is charged, what could not be written afterwards."""
    for path in targets:
        if path.suffix.lower() not in (VIDEO_SUFFIX, PICTURE_SUFFIX):
            raise InvalidRequest(
                f"the result is an MP4 or a PNG, and {path} is not named like one",
                field="--output",
                fix=f"-o {path.with_suffix('.mp4')}",
            )
        if path.is_dir():
            raise InvalidRequest(f"{path} is a folder", field="--output", fix="name a file in it")
        if not path.parent.is_dir():
            raise InvalidRequest(
                f"there is no folder {path.parent}",
                field="--output",
                fix=f"mkdir -p {path.parent}",
            )


def _check_lane(house: House, model: str | None) -> None:
    found = house.rooms.catalog.find(model)
    if found.lane not in lanes_here():
        raise ModelUnavailable(
            f"{found.id} needs the engine, which is not installed here",
            field="--model",
            fix="pip install 'mutoscope[engine]' (in a checkout: make engine)",
        )


def _follow(
    house: House, generation: Generation, interrupts: list[int], *, with_bar: bool
) -> Generation:
    """Run the job here, unless a worker on the same data takes it first, and watch it end."""
    bench = Workbench(house.settings, house.rooms)
    own = OwnWorker(bench, JobId(generation.id))
    told = False
    with bench.presence.sign_in(bench.name), progress_bar(shown=with_bar) as show:
        own.start()
        while not generation.state.is_terminal:
            show(Shown.of(generation, house.rooms.clock.now()))
            if (interrupts or own.error) and not told:
                told = True
                with suppress(Conflict):  # It ended in this very moment.
                    cancel(house.rooms, house.owner.organization_id, generation.id)
            own.join(POLL_SECONDS)
            if own.error is not None:
                raise own.error
            with house.rooms.database.snapshot() as tx:
                generation = find(tx, house.owner.organization_id, generation.id)
        show(Shown.of(generation, house.rooms.clock.now()))
        own.done.set()
        own.join()
    return generation


class OwnWorker(threading.Thread):
    """Works on one job, as often as it can be claimed, until `done`."""

    def __init__(self, bench: Workbench, job_id: JobId) -> None:
        super().__init__(name="own-worker", daemon=True)
        self.done = threading.Event()
        self.error: Exception | None = None
        self._bench = bench
        self._job_id = job_id

    def run(self) -> None:
        """See `Worker.run`; what stops it is kept for the main thread to raise."""
        worker = self._bench.worker()
        try:
            for turn in itertools.count():
                if self.done.is_set():
                    return
                if turn % RECOVERY_TURNS == 0:
                    self._bench.put_right()
                if not worker.run_one(only=(self._job_id,)):
                    self.done.wait(POLL_SECONDS)
        except Exception as error:  # The outermost loop of this thread.
            self.error = error


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collects Ctrl-C and SIGTERM, each a wish to cancel; the second ends the program at once."""
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        if heard:
            os._exit(CANCELED_EXIT)
        heard.append(number)

    before = {n: signal.signal(n, hear) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def save(rooms: Rooms, generation: Generation, targets: list[Path]) -> list[Path]:
    """Write the results to files, each whole or not at all; returns those written."""
    pairs = list(zip(generation.results, targets, strict=False))
    for asset, target in pairs:
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with rooms.blobs.open(asset.blob) as source, part.open("wb") as file:
                shutil.copyfileobj(source, file)
            part.replace(target)
        except OSError as error:
            raise StorageFull(
                f"{target} can't be written: {error.strerror}",
                field="--output",
                fix=f"nothing is lost: mutoscope jobs save {generation.id} -o ELSEWHERE.mp4",
            ) from error
        finally:
            part.unlink(missing_ok=True)
    return [target for _, target in pairs]


def _tell(generation: Generation, files: list[Path]) -> None:
    language = (
        "zh"
        if any("\u4e00" <= character <= "\u9fff" for character in generation.request.prompt)
        else "en"
    )
    for note in generation.notes:
        typer.echo(f"note: {getattr(note, language)}", err=True)
    cost = credits_text(generation.cost or generation.quote)
    typer.echo(f"{cost} credits, seed {generation.request.seed}, {_seconds(generation.timings)}")
    for path in files:
        typer.echo(str(path))


def _seconds(timings: Mapping[str, float]) -> str:
    return ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in timings.items())


def _read_picture(path: Path, option: str) -> bytes:
    try:
        if path.stat().st_size > PICTURE_BYTES_MAX:
            raise PictureRejected(
                f"{path} is larger than 10 MB", field=option, fix="send a smaller one"
            )
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path}: {error.strerror}", field=option) from error
