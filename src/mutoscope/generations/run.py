"""Make what was asked for: render, encode, store, settle. Runs in a worker."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from mutoscope.catalog import Model
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import (
    GenerationCanceled,
    JobMoved,
    MutoscopeError,
)
from mutoscope.core.expansion import SIDE_MAX
from mutoscope.core.ids import GenerationId
from mutoscope.core.rendering import Note, Picture, Renderer
from mutoscope.core.request import SEED_MAX, Reference, ReferenceRole, Task
from mutoscope.core.state import Stage
from mutoscope.generations import store
from mutoscope.generations.extend import ShotFootage, after, dubbed, joined
from mutoscope.generations.files import FileMaker
from mutoscope.generations.generation import Asset, AssetKind, Failure, Generation
from mutoscope.generations.progress import Reporter
from mutoscope.generations.rooms import Rooms
from mutoscope.jobs import Claim
from mutoscope.media import Footage, decode_picture

log = structlog.get_logger()

# Larger references are scaled down: no result is larger.
PICTURE_SIDE_MAX = 2048


@dataclass(frozen=True)
class Runner:
    """Runs claims of one lane with the renderer that serves it."""

    rooms: Rooms
    renderer: Renderer
    file_maker: FileMaker
    # Where an attempt keeps what the next one can use; a folder a job, gone when it has ended.
    scratch: Path

    def __call__(self, claim: Claim) -> None:
        """Bring the job to its end, or back to the queue; never raises what a job can cause."""
        workspace = self.scratch / str(claim.job_id)
        try:
            self._run(claim, workspace)
        except JobMoved:
            # Its successor uses the workspace now.
            log.warning("job lost", job=claim.job_id, attempt=claim.attempt)
            return
        except GenerationCanceled:
            self._cancel(claim)
        except MutoscopeError as error:
            self._fail(claim, Failure(error.code, error.detail), try_again=error.retryable)
        except Exception as error:
            # The engine is other people's code on other people's weights: anything may come out.
            log.exception("job failed", job=claim.job_id, attempt=claim.attempt)
            # What is in the message is for the log: it may name paths, and prompts of others.
            detail = f"the engine stumbled ({type(error).__name__}); the worker's log says where"
            failure = Failure("engine_error", detail)
            self._fail(claim, failure, try_again=True)
        self._tidy(claim, workspace)

    def _run(self, claim: Claim, workspace: Path) -> None:
        workspace.mkdir(parents=True, exist_ok=True)
        with self.rooms.database.snapshot() as tx:
            generation = store.find_for_worker(tx, GenerationId(claim.job_id))
        show = self.file_maker.previewer(generation.id, workspace)
        report = Reporter(self.rooms, claim, generation.request.count, show)
        report(Stage.LOAD, 0, 1)
        pictures = self._pictures(generation)
        earlier = self._earlier(generation)
        shots = self._shots(generation)
        reading = self.rooms.catalog.find(generation.request.model).read(generation.request.prompt)
        assets: list[Asset] = []
        # Of several results each note is told once; of several words each has its own.
        notes: dict[Note, None] = dict.fromkeys(reading.notes)
        for position in range(generation.request.count):
            report.begin_result(position)
            # Each of several results has a seed of its own, and may be asked for alone later.
            seed = (generation.request.seed + position) % (SEED_MAX + 1)
            request = replace(generation.request, prompt=reading.text, seed=seed)
            if shots:
                clip = joined(shots)
            else:
                clip = self.renderer.render(request, pictures, workspace, report)
            if earlier is not None:
                is_dubbing = request.task is Task.VIDEO_TO_AUDIO
                clip = (dubbed if is_dubbing else after)(earlier, clip)
            assets += self.file_maker.make(generation, position, clip, workspace, report)
            notes |= dict.fromkeys(clip.notes)
        report(Stage.STORE, 1, 1)
        report.end()
        self._succeed(claim, generation, assets, tuple(notes), report.timings)

    def _pictures(self, generation: Generation) -> tuple[Picture, ...]:
        pictures = []
        for reference in generation.request.references:
            if reference.role.is_shot:
                continue
            if reference.role is ReferenceRole.SOURCE_VIDEO:
                # A video is gone on from where it ends.
                footage = self._footage(reference)
                pictures.append(Picture(reference, footage.last_frame()))
                continue
            with self.rooms.blobs.open(reference.blob) as file:
                # An inset stays as it is, to the pixel.
                is_inset = reference.role is ReferenceRole.INSET
                most = SIDE_MAX if is_inset else PICTURE_SIDE_MAX
                pictures.append(Picture(reference, decode_picture(file.read(), max_side=most)))
        return tuple(pictures)

    def _earlier(self, generation: Generation) -> Footage | None:
        """The video that the new frames come after, where there is one."""
        sources = (
            self._footage(reference)
            for reference in generation.request.references
            if reference.role is ReferenceRole.SOURCE_VIDEO
        )
        return next(sources, None)

    def _shots(self, generation: Generation) -> list[ShotFootage]:
        """The videos that are to become one, where that is all there is to do."""
        return [
            ShotFootage(self._footage(each), each.role is ReferenceRole.SHOT_DISSOLVING)
            for each in generation.request.references
            if each.role.is_shot
        ]

    def _footage(self, reference: Reference) -> Footage:
        return Footage(lambda: self.rooms.blobs.open(reference.blob))

    def _succeed(
        self,
        claim: Claim,
        generation: Generation,
        assets: list[Asset],
        notes: tuple[Note, ...],
        timings: Mapping[str, float],
    ) -> None:
        """The job ends, its files appear and it is paid for: in one transaction."""
        model = self.rooms.catalog.find(generation.request.model)
        cost = min(generation.quote, _cost(model, generation, frames=_made(generation, assets)))
        waited = ((generation.started_at or generation.created_at) - generation.created_at) / 1000
        seconds = {name: round(value, 3) for name, value in timings.items()}
        with self.rooms.database.transaction() as tx:
            self.rooms.jobs.succeed(tx, claim)
            store.insert_assets(tx, generation.owner, assets)
            self.rooms.ledger.post(tx, str(generation.id), amount=cost)
            store.record_success(
                tx,
                generation.id,
                cost=cost,
                notes=notes,
                timings={"wait": round(waited, 3), **seconds},
            )
        log.info("job succeeded", job=claim.job_id, attempt=claim.attempt, cost=cost)

    def _tidy(self, claim: Claim, workspace: Path) -> None:
        """Drop what only another attempt could use, once there will be none."""
        with self.rooms.database.snapshot() as tx:
            ended = self.rooms.jobs.find(tx, claim.job_id).state.is_terminal
        if ended:
            shutil.rmtree(workspace, ignore_errors=True)

    def _cancel(self, claim: Claim) -> None:
        with _unless_lost(claim), self.rooms.database.transaction() as tx:
            self.rooms.jobs.stop(tx, claim)
            self.rooms.ledger.void(tx, str(claim.job_id))
            store.drop_preview(tx, GenerationId(claim.job_id))
            log.info("job canceled", job=claim.job_id, attempt=claim.attempt)

    def _fail(self, claim: Claim, failure: Failure, *, try_again: bool) -> None:
        again = try_again and not claim.is_last_attempt
        with _unless_lost(claim), self.rooms.database.transaction() as tx:
            if again:
                self.rooms.jobs.put_back(tx, claim, failure.detail)
            else:
                self.rooms.jobs.fail(tx, claim, failure.detail)
                self.rooms.ledger.void(tx, str(claim.job_id))
                store.record_failure(tx, GenerationId(claim.job_id), failure)
        log.warning("job failed", job=claim.job_id, code=failure.code, again=again)


def _made(generation: Generation, assets: list[Asset]) -> int:
    """How much was made, in frames as the request counts them."""
    if generation.request.task.is_sound:
        seconds = sum(a.seconds for a in assets if a.kind is AssetKind.AUDIO)
        return round(seconds * generation.request.shape.fps)
    return sum(a.frames for a in assets if a.kind in (AssetKind.VIDEO, AssetKind.IMAGE))


def _cost(model: Model, generation: Generation, *, frames: int) -> Millicredits:
    """What was made costs what it was quoted at, whatever the price is by now."""
    quoted = generation.unit_price
    request = generation.request
    unit_price = model.unit_price(request) if quoted is None else quoted
    return model.cost(request, frames=frames, unit_price=unit_price)


@contextmanager
def _unless_lost(claim: Claim) -> Iterator[None]:
    """Ending a job that another worker took in the meantime is that worker's business."""
    try:
        yield
    except JobMoved:
        log.warning("job lost", job=claim.job_id, attempt=claim.attempt)
