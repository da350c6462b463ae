"""How long the storyboard takes to draw and encode, and where the time goes.

    python benchmarks/storyboard.py [--size 1280x720] [--seconds 5] [--prompt "…"] [--profile]

Prints seconds of clock and of processor for building the scene, drawing and encoding, their ratio
to the length of the clip, and the largest memory. Drawing and encoding overlap as they do in the
worker: one thread draws, the encoder (x264 veryfast) uses the other core.
"""

import argparse
import cProfile
import io
import pstats
import queue
import resource
import threading
import time

import av

from mutoscope.core.request import Shape
from mutoscope.storyboard.film import film
from mutoscope.storyboard.pixels import Pixels
from mutoscope.storyboard.planner import plan

PROMPT = "a red car drives through the city to the right, rain, the camera moves right"


def encoded(frames: "queue.Queue[Pixels | None]", shape: Shape) -> int:
    """Encode frames until None comes; how many bytes it gave."""
    packed = io.BytesIO()
    with av.open(packed, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=shape.fps)
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "23"}
        while (frame := frames.get()) is not None:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return len(packed.getvalue())


def measure(prompt: str, shape: Shape) -> None:
    """Draw and encode one clip; print what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    planned = plan(prompt, seconds=shape.seconds).shots
    frames = film(planned, shape, seed=7)
    first = next(frames)
    built = time.perf_counter() - clock
    built_processor = time.process_time() - processor
    waiting: queue.Queue[Pixels | None] = queue.Queue(maxsize=4)
    sizes: list[int] = []
    encoder = threading.Thread(target=lambda: sizes.append(encoded(waiting, shape)))
    encoder.start()
    drawing = 0.0
    waiting.put(first)
    while True:
        begin = time.thread_time()
        frame = next(frames, None)
        drawing += time.thread_time() - begin
        waiting.put(frame)
        if frame is None:
            break
    encoder.join()
    took, cpu = time.perf_counter() - clock, time.process_time() - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{shape.width}x{shape.height} {shape.seconds:.1f} s at {shape.fps} fps: {prompt}")
    print(f"  scene and first frame  {built:6.2f} s   processor {built_processor:6.2f} s")
    per = drawing / max(1, shape.frames - 1) * 1000
    print(f"  drawing, its thread    {drawing:6.2f} s   {per:.1f} ms a frame")
    rest = cpu - built_processor - drawing
    print(f"  encoding and helpers   {rest:6.2f} s of processor, {sizes[0] / 1e6:.2f} MB")
    print(f"  all                    {took:6.2f} s   processor {cpu:6.2f} s")
    print(f"  ratio to its length: {took / shape.seconds:.2f} by the clock, "
          f"{cpu / 2 / shape.seconds:.2f} if two cores were free")  # fmt: skip
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
