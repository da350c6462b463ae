"""The live bar: stage and step, percentage, time left. Plain lines where there is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from mutoscope.core.clock import Milliseconds
from mutoscope.core.state import JobState
from mutoscope.generations import Generation

LINE_EVERY_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What there is to show of a job at a moment."""

    state: str
    stage: str | None
    step: int
    steps: int
    share: float
    eta_seconds: float | None

    @classmethod
    def of(cls, generation: Generation, now: Milliseconds) -> "Shown":
        """What to show of a generation."""
        is_done = generation.state is JobState.SUCCEEDED
        return cls(
            state=generation.state.value,
            stage=generation.stage,
            step=generation.step,
            steps=generation.steps,
            share=1.0 if is_done else generation.share,
            eta_seconds=generation.eta_seconds(now),
        )

    @property
    def activity(self) -> str:
        """What it is doing: "draw 61/120", or its state."""
        if self.state != JobState.RUNNING or self.stage is None:
            return self.state
        return f"{self.stage.replace('_', ' ')} {self.step}/{self.steps}"

    @property
    def time_left(self) -> str:
        """How long it will take, as far as is known."""
        if self.state != JobState.RUNNING:
            return ""
        return "ETA ..." if self.eta_seconds is None else f"ETA {self.eta_seconds:.0f} s"


Show = Callable[[Shown], None]


@contextmanager
def progress_bar(*, shown: bool = True) -> Iterator[Show]:
    """A function that shows progress on standard error while the block lasts."""
    if not shown:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield _lines()
    else:
        bar = Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            _TimeLeft(),
            console=Console(stderr=True),
        )
        with bar:
            task = bar.add_task("queued", total=1.0, time_left="")

            def show(now: Shown) -> None:
                bar.update(
                    task,
                    description=now.activity,
                    completed=now.share,
                    time_left=now.time_left,
                )

            yield show


class _TimeLeft(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.fields["time_left"])


def _lines() -> Show:
    """A line for every new stage and every tenth of the way."""
    last_stage: str | None = ""
    last_share = -1.0

    def show(now: Shown) -> None:
        nonlocal last_stage, last_share
        stage = now.stage if now.state == JobState.RUNNING else now.state
        if stage == last_stage and now.share - last_share < LINE_EVERY_SHARE:
            return
        last_stage, last_share = stage, now.share
        print(f"{now.share:4.0%}  {now.activity}  {now.time_left}".rstrip(), file=sys.stderr)

    return show
