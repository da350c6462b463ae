"""What a renderer's reports become: a renewed lease, a share of the whole, a preview, timings."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mutoscope.core.errors import GenerationCanceled
from mutoscope.core.ids import GenerationId
from mutoscope.core.state import Stage
from mutoscope.generations import store
from mutoscope.generations.rooms import Rooms
from mutoscope.jobs import Claim, Progress

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame

WRITE_SECONDS = 0.2
PREVIEW_SECONDS = 1.0

# Where in the making of one result each stage lies; what is quick gets a narrow span.
SPANS = {
    Stage.LOAD: (0.0, 0.03),
    Stage.PLAN: (0.0, 0.03),
    Stage.ENCODE_PROMPT: (0.03, 0.05),
    Stage.DENOISE: (0.05, 0.85),
    Stage.DECODE: (0.85, 0.93),
    Stage.DRAW: (0.03, 0.97),
    Stage.ENCODE_VIDEO: (0.93, 0.97),
    Stage.STORE: (0.97, 1.0),
}


@dataclass(frozen=True)
class EncodedPreview:
    """A small picture, ready to be sent."""

    media_type: str
    data: bytes


class Reporter:
    """The `Report` of one attempt. Notices a cancel at every step; writes a few times a second."""

    def __init__(
        self,
        rooms: Rooms,
        claim: Claim,
        results: int,
        encode_preview: "Callable[[Frame], EncodedPreview]",
    ) -> None:
        """`results`: how many clips or pictures this generation makes.

        `stage` tells what it is at; `timings` the seconds spent in each stage so far.
        """
        self._encode_preview = encode_preview
        self._rooms = rooms
        self._claim = claim
        self._results = results
        self._position = 0
        self._share = 0.0
        self.stage: Stage | None = None
        self._stage_since = time.monotonic()
        self._written_at = 0.0
        self._previewed_at = 0.0
        self.timings: dict[str, float] = defaultdict(float)

    def begin_result(self, position: int) -> None:
        """From here on, reports are about the result at `position`."""
        self._position = position

    def __call__(
        self,
        stage: Stage,
        step: int,
        of: int,
        preview: "Callable[[], Frame] | None" = None,
    ) -> None:
        """See `core.rendering.Report`."""
        self._clock_in(stage)
        low, high = SPANS[stage]
        done = low + (high - low) * (min(step, of) / of if of else 1.0)
        self._share = max(self._share, min(1.0, (self._position + done) / self._results))
        if self._is_canceled(Progress(stage, step, of, self._share)):
            raise GenerationCanceled
        if preview is not None:
            self._show(preview, step)

    def end(self) -> None:
        """Close the last stage's timing."""
        self._clock_in(None)

    def _clock_in(self, stage: Stage | None) -> None:
        now = time.monotonic()
        if self.stage is not None:
            self.timings[self.stage] += now - self._stage_since
        self.stage, self._stage_since = stage, now

    def _is_canceled(self, progress: Progress) -> bool:
        now = time.monotonic()
        if now - self._written_at < WRITE_SECONDS:
            with self._rooms.database.snapshot() as tx:
                return self._rooms.jobs.cancel_requested(tx, self._claim)
        self._written_at = now
        with self._rooms.database.transaction() as tx:
            return self._rooms.jobs.renew(tx, self._claim, progress)

    def _show(self, preview: "Callable[[], Frame]", step: int) -> None:
        now = time.monotonic()
        if now - self._previewed_at < PREVIEW_SECONDS:
            return
        self._previewed_at = now
        encoded = self._encode_preview(preview())
        picture = store.Preview(step, encoded.media_type, encoded.data)
        with self._rooms.database.transaction() as tx:
            # Fenced: a worker that lost its job must not draw over its successor's preview.
            self._rooms.jobs.cancel_requested(tx, self._claim)
            store.write_preview(
                tx, GenerationId(self._claim.job_id), picture, self._rooms.clock.now()
            )
