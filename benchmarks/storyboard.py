"""How long the storyboard takes to draw and encode, and where the time goes.

    python -m benchmarks.storyboard [--size 1280x720] [--seconds 5] [--prompt "…"] [--profile]

Makes the file as the worker does (one thread draws, another converts and encodes, then the label is
sealed and everything is read back) and prints seconds of clock and of processor, their ratio to the
length of the clip, and the largest memory.
"""

import argparse
import cProfile
import pstats
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mutoscope.core.request import Shape
from mutoscope.media import Provenance, encode_video
from mutoscope.storyboard.film import film
from mutoscope.storyboard.pixels import Pixels
from mutoscope.storyboard.planner import plan

PROMPT = "a red car drives through the city to the right, rain, the camera moves right"


class Watched:
    """The frames of a film, and how long their thread worked on them."""

    def __init__(self, frames: Iterator[Pixels]) -> None:
        self._frames = frames
        self.first = 0.0
        self.rest = 0.0

    def __iter__(self) -> Iterator[Pixels]:
        """Each frame as it is drawn."""
        begin = time.thread_time()
        for frame in self._frames:
            took = time.thread_time() - begin
            if self.first:
                self.rest += took
            else:
                self.first = took
            yield frame
            begin = time.thread_time()


def measure(prompt: str, shape: Shape) -> None:
    """Make one file; print what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    shots = plan(prompt, seconds=shape.seconds).shots
    watched = Watched(film(shots, shape, seed=7))
    label = Provenance(producer="benchmark", produce_id="benchmark", key=bytes(32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.mp4"
        made = encode_video(iter(watched), shape, path, provenance=label)
    took, cpu = time.perf_counter() - clock, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{shape.width}x{shape.height} {shape.seconds:.1f} s at {shape.fps} fps: {prompt}")
    print(f"  scene and first frame      {watched.first:6.2f} s of its thread")
    per = watched.rest / max(1, shape.frames - 1) * 1000
    print(f"  drawing the rest           {watched.rest:6.2f} s of its thread, {per:.1f} ms a frame")
    rest = cpu - watched.first - watched.rest
    print(f"  encoding, label, helpers   {rest:6.2f} s of processor, {made.bytes / 1e6:.2f} MB")
    print(f"  all                        {took:6.2f} s   processor {cpu:6.2f} s")
    print(f"  ratio to its length: {took / shape.seconds:.2f} by the clock, "
          f"{cpu / 2 / shape.seconds:.2f} of two cores' time")  # fmt: skip
    print(f"  largest memory {memory:.0f} MB")


def main() -> None:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--profile", action="store_true", help="where the drawing time goes")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    frames = round(options.seconds * options.fps)
    shape = Shape(width=width, height=height, frames=frames, fps=options.fps)
    if not options.profile:
        measure(options.prompt, shape)
        return
    profile = cProfile.Profile()
    profile.enable()
    for _ in film(plan(options.prompt, seconds=shape.seconds).shots, shape, seed=7):
        pass
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(18)


if __name__ == "__main__":
    main()
