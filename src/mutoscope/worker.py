"""Builds the worker process: the lanes it serves, and how it leaves without losing a job."""

import importlib.util
import os
import select
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, runtime_checkable

import structlog

from mutoscope.api.links import LINKS_KEY, Links
from mutoscope.catalog import SOUND_LANE
from mutoscope.core.errors import ModelUnavailable, MutoscopeError
from mutoscope.core.ids import ModelId
from mutoscope.core.rendering import Clip, Picture, Renderer, Report
from mutoscope.core.request import GenerationRequest
from mutoscope.generations import (
    Generation,
    Messenger,
    Rooms,
    close_months,
    expire,
    recover,
    sweep,
)
from mutoscope.generations.files import FileMaker
from mutoscope.generations.run import Runner
from mutoscope.identity import Seal
from mutoscope.jobs import Claim, Presence, Worker, WorkerCard, worker_name
from mutoscope.jobs.worker import Handler
from mutoscope.settings import Settings
from mutoscope.wiring import SCRATCH, WORKERS, open_rooms, open_seal

log = structlog.get_logger()

STORYBOARD = "storyboard"
DIFFUSERS = "diffusers"
# Seconds of synthesis, for callers who wait on the line: they never stand behind a film.
SOUNDS = (SOUND_LANE,)
# So that one slow receiver does not keep the others waiting.
MESSENGERS = 2
DELIVERY_POLL_SECONDS = 1.0
TIDY_SECONDS = 3600.0
CASHIER_SECONDS = 60.0
ENGINE_PACKAGES = ("torch", "diffusers", "transformers")


def lanes_here() -> tuple[str, ...]:
    """What a worker on this machine can run: diffusion models need the engine's packages."""
    has_engine = all(importlib.util.find_spec(name) for name in ENGINE_PACKAGES)
    return (STORYBOARD, DIFFUSERS, *SOUNDS) if has_engine else (STORYBOARD, *SOUNDS)


def run(settings: Settings, *, lifeline: int | None = None) -> None:
    """Work until told to stop by SIGTERM or SIGINT: after this job, or when the grace has passed.

    `lifeline` is a pipe that whoever started us holds open; when they are gone, so are we.
    """
    stand_back(settings.worker_niceness)
    rooms = open_rooms(settings, open_seal(settings))
    bench = Workbench(settings, rooms)
    leaving = Leaving(settings.stop_grace_seconds, bench.give_back)
    leaving.listen(lifeline)
    with bench.presence.sign_in(bench.name, bench.card()):
        log.info("worker ready", worker=bench.name, lanes=list(lanes_here()))
        backstage = Backstage(leaving.stop)
        backstage.repeat("recovery", bench.put_right, settings.heartbeat_seconds / 2)
        backstage.repeat("cashier", bench.keep_books, CASHIER_SECONDS)
        backstage.repeat("tidier", bench.tidy_up, TIDY_SECONDS)
        messenger = bench.messenger()
        for number in range(MESSENGERS):
            backstage.repeat(f"messenger-{number}", messenger.deliver_one, DELIVERY_POLL_SECONDS)
        bench.work(leaving.stop)
    log.info("worker stopped", worker=bench.name)


def stand_back(niceness: int) -> None:
    """Let others go first: drawing takes every core, and whoever asks for a page must not wait."""
    os.nice(niceness)
    # Where Linux shares the time among sessions, the session's own niceness is what counts.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness))


class Workbench:
    """One worker: its name, its lanes and the job it has in hand."""

    def __init__(self, settings: Settings, rooms: Rooms) -> None:
        self.name = worker_name()
        self.presence = Presence(settings.data / WORKERS)
        self._settings = settings
        self._rooms = rooms
        self._since = rooms.clock.now()
        self._renderers: dict[str, LateRenderer] = {}
        self._card_lock = threading.Lock()
        self._unloadable: dict[str, str] = {}

    def card(self) -> WorkerCard:
        """What this worker says of itself, to those who administer the service."""
        loaded = [model for each in self._renderers.values() for model in each.loaded()]
        return WorkerCard(lanes_here(), self._since, tuple(loaded), dict(self._unloadable))

    def work(self, stop: threading.Event) -> None:
        """Run jobs until told to stop: one at a time, and beside it one sound at a time."""
        sounds = threading.Thread(
            target=self.worker(SOUNDS).run, args=(stop,), name="sounds", daemon=True
        )
        sounds.start()
        films = tuple(lane for lane in lanes_here() if lane not in SOUNDS)
        self.worker(films, between=self.grant_wishes).run(stop)
        sounds.join()

    def worker(
        self,
        lanes: tuple[str, ...] | None = None,
        *,
        between: Callable[[], None] | None = None,
    ) -> Worker:
        """A loop over these lanes, or over all of this machine."""
        return Worker(
            self._rooms.database,
            self._rooms.jobs,
            {
                lane: self._telling(run)
                for lane, run in self._runners(lanes or lanes_here()).items()
            },
            owner=self.name,
            heartbeat_seconds=self._settings.heartbeat_seconds,
            poll_seconds=self._settings.poll_seconds,
            between=between,
        )

    def grant_wishes(self) -> None:
        """Load and let go of models as the administrators asked; says so on the card."""
        for model, is_loaded in self.presence.wishes(self.name).items():
            self._unloadable.pop(model, None)
            try:
                renderer = self._renderers[self._rooms.catalog.find(ModelId(model)).lane]
                (renderer.load if is_loaded else renderer.unload)(ModelId(model))
            except Exception as error:
                # Weights of others: whatever is wrong with them, the worker goes on.
                log.exception("model not loaded", model=model)
                self._unloadable[model] = (
                    error.detail if isinstance(error, MutoscopeError) else type(error).__name__
                )
            self.presence.grant(self.name, model, is_loaded=is_loaded)
            with self._card_lock:
                self.presence.tell(self.name, self.card())

    def give_back(self) -> None:
        """Return the job in hand to the queue, if there is one; the try does not count.

        The queue is asked which: a job may have been claimed, but not begun with.
        """
        jobs = self._rooms.jobs
        with self._rooms.database.transaction() as tx:
            held = jobs.held_by(tx, self.name)
            for claim in held:
                jobs.give_back(tx, claim, "its worker was stopped")
        for claim in held:
            log.info("job given back", job=claim.job_id, attempt=claim.attempt)

    def _runners(self, lanes: tuple[str, ...]) -> Mapping[str, Handler]:
        maker = FileMaker(
            blobs=self._rooms.blobs,
            clock=self._rooms.clock,
            producer=self._settings.label_producer,
            label_key=label_key(open_seal(self._settings)),
        )
        scratch = self._settings.data / SCRATCH
        renderers: dict[str, Callable[[], Renderer]] = {
            STORYBOARD: _storyboard,
            DIFFUSERS: lambda: _diffusers(self._rooms),
            SOUND_LANE: _storyboard,
        }
        late = {lane: LateRenderer(renderers[lane]) for lane in lanes}
        self._renderers |= late
        return {lane: Runner(self._rooms, each, maker, scratch) for lane, each in late.items()}

    def _telling(self, handler: Handler) -> Handler:
        def handle(claim: Claim) -> None:
            before = self.card()
            try:
                handler(claim)
            finally:
                # Sounds are made beside the rest, and one card is written at a time.
                with self._card_lock:
                    if self.card() != before:
                        self.presence.tell(self.name, self.card())

        return handle

    def messenger(self) -> Messenger:
        """What delivers callbacks."""
        links = Links(
            open_seal(self._settings).derive(LINKS_KEY),
            self._settings.result_link_days,
            self._settings.public_url,
            self._rooms.clock,
        )

        def render(generation: Generation, base_url: str) -> bytes:
            # The web framework is loaded with the first callback: most workers never need it.
            from mutoscope.api.callbacks import body_writer

            return body_writer(links)(generation, base_url)

        return Messenger(self._rooms, render)

    def keep_books(self) -> None:
        """Let lots expire, begin months, give the day's credits, sum up months that are over."""
        with self._rooms.database.transaction() as tx:
            self._rooms.billing.keep_up(tx)
        close_months(self._rooms)

    def tidy_up(self) -> None:
        """Delete what is kept no longer."""
        expired = expire(self._rooms, self._settings.retention_days)
        blobs, folders = sweep(self._rooms, self._settings.data / SCRATCH)
        if expired or blobs or folders:
            log.info("tidied up", generations=expired, blobs=blobs, folders=folders)

    def put_right(self) -> None:
        """What dead workers left: those of this machine at once, others when leases run out."""
        for name in self.presence.dead():
            with self._rooms.database.transaction() as tx:
                jobs = self._rooms.jobs.end_leases(tx, owner=name)
            self.presence.forget(name)
            log.info("worker gone", worker=name, jobs=jobs)
        recover(self._rooms)


class Backstage:
    """What a worker does beside its jobs, however busy it is: threads that end with the process.

    A crash at any point leaves everything to be done again.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def repeat(self, name: str, act: Callable[[], object], pause_seconds: float) -> None:
        """Act now and again after each pause; at once for as long as `act` answers True."""

        def loop() -> None:
            while not self._stop.is_set():
                try:
                    if act() is True:
                        continue
                except Exception:
                    # The outermost loop of its thread: what went wrong is due again.
                    log.exception("stumbled", thread=name)
                self._stop.wait(pause_seconds)

        threading.Thread(target=loop, name=name, daemon=True).start()


@runtime_checkable
class KeepsModels(Protocol):
    """A renderer that holds models in memory between jobs."""

    def loaded(self) -> Sequence[ModelId]:
        """Which."""
        ...

    def load(self, model: ModelId) -> None:
        """Hold one more."""
        ...

    def unload(self, model: ModelId) -> None:
        """Let one go; one that is not held is no error."""
        ...


class LateRenderer:
    """A renderer that is made at its first job: a worker that only draws never loads torch."""

    def __init__(self, make: Callable[[], Renderer]) -> None:
        self._make = make
        self._made: Renderer | None = None

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...],
        workspace: Path,
        report: Report,
    ) -> Clip:
        """Pass the request on."""
        return self._ready().render(request, pictures, workspace, report)

    def loaded(self) -> Sequence[ModelId]:
        """The models that it holds in memory."""
        return self._made.loaded() if isinstance(self._made, KeepsModels) else ()

    def load(self, model: ModelId) -> None:
        """Have the model in memory, where the renderer keeps any."""
        renderer = self._ready()
        if isinstance(renderer, KeepsModels):
            renderer.load(model)

    def unload(self, model: ModelId) -> None:
        """Let the model go, if it is held."""
        if isinstance(self._made, KeepsModels):
            self._made.unload(model)

    def _ready(self) -> Renderer:
        if self._made is None:
            self._made = self._make()
        return self._made


class Leaving:
    """How a worker stops: it finishes what it does, within reason, or gives it back.

    Signals are heard by a thread of its own, through a pipe: the main thread may be deep inside
    one long step, or inside a transaction.
    """

    def __init__(self, grace_seconds: float, give_back: Callable[[], None]) -> None:
        self.stop = threading.Event()
        self._grace_seconds = grace_seconds
        self._give_back = give_back

    def listen(self, lifeline: int | None) -> None:
        """Stop at a signal, and at once at a second one or when the lifeline's other end closes."""
        ear, mouth = os.pipe()
        os.set_blocking(mouth, False)
        signal.set_wakeup_fd(mouth)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        threading.Thread(
            target=self._attend, args=(ear, lifeline), name="leaving", daemon=True
        ).start()

    def _attend(self, ear: int, lifeline: int | None) -> None:
        sources = [ear] if lifeline is None else [ear, lifeline]
        heard, _, _ = select.select(sources, [], [])
        self.stop.set()
        if ear in heard:
            os.read(ear, 1)
            select.select(sources, [], [], self._grace_seconds)
        self._give_back()
        os._exit(0)


def label_key(seal: Seal) -> bytes:
    """The key that proves our AI labels."""
    return seal.derive("AIGC labels")


def _storyboard() -> Renderer:
    from mutoscope.storyboard import StoryboardRenderer

    return StoryboardRenderer()


def _diffusers(rooms: Rooms) -> Renderer:
    from mutoscope.engine import DiffusersRenderer

    def folder_of(model_id: ModelId) -> Path:
        folder = rooms.catalog.find(model_id).folder
        if folder is None:
            raise ModelUnavailable(f"{model_id} has no folder", field="model")
        return folder

    return DiffusersRenderer(folder_of)
