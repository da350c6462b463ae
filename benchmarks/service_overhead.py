"""What the service around the model costs: a job through it, beside the same work called plainly.

    python -m benchmarks.service_overhead [--runs 7] [--seconds 5]

A: POST /api/v1/generations on a running service, to the moment the job has ended (the service's own
   record, so that polling does not count). B: the storyboard and the encoder called in Python, same
   request, in this process. In turn, A B A B; the medians are compared.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from tests.support.program import Service, serving

from mutoscope.catalog.families.storyboard import STORYBOARD
from mutoscope.core.request import GenerationRequest, Task, Wish
from mutoscope.media import PreviewMaker, Provenance, encode_video
from mutoscope.storyboard import StoryboardRenderer

PROMPT = "红色的小汽车在雨夜的城市里向右行驶, camera pans right"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    wish = Wish(prompt=PROMPT, task=Task.TEXT_TO_VIDEO, seconds=options.seconds, seed=1)
    request = STORYBOARD.request(wish)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data") as service:
        through_service(service, request)  # the first job of a process loads art and fonts
        plainly(request, Path(folder))
        jobs, plain, around = [], [], []
        for run in range(options.runs):
            seeded = replace(request, seed=run)
            total, outside = through_service(service, seeded)
            jobs.append(total)
            around.append(outside / total)
            plain.append(plainly(seeded, Path(folder)))
    print(f"{options.runs} runs of {options.seconds:g} s at 720p, medians")
    print(f"  through the service  {statistics.median(jobs):6.2f} s")
    print(f"  called plainly       {statistics.median(plain):6.2f} s")
    ratios = sorted(job / alone for job, alone in zip(jobs, plain, strict=True))
    print(
        f"  ratio, pair by pair  {statistics.median(ratios):6.3f}"
        f"  (from {ratios[0]:.3f} to {ratios[-1]:.3f})"
    )
    print(
        f"  outside drawing and encoding (waiting, loading, storing):"
        f" {statistics.median(around):.1%} of the job"
    )


def through_service(service: Service, request: GenerationRequest) -> tuple[float, float]:
    """Seconds from submit to end, and how many of them were not spent on the model's work."""
    body = {
        "prompt": request.prompt,
        "seconds": request.shape.seconds,
        "seed": request.seed,
    }
    address = f"{service.url}/api/v1/generations"
    created = httpx.post(address, json=body, headers=service.headers).raise_for_status().json()
    while True:
        reply: dict[str, Any] = httpx.get(
            f"{address}/{created['id']}", headers=service.headers
        ).json()
        if reply["ended_at"]:
            break
        time.sleep(0.5)  # seldom enough not to be part of what is measured
    assert reply["state"] == "succeeded", reply
    total = _moment(reply["ended_at"]) - _moment(reply["created_at"])
    work = sum(reply["timings"].get(stage, 0.0) for stage in ("plan", "draw", "encode_video"))
    return total, total - work


def plainly(request: GenerationRequest, folder: Path) -> float:
    """Seconds for the same clip without any service."""
    started = time.perf_counter()
    clip = StoryboardRenderer().render(request, (), folder, lambda *_: None)
    provenance = Provenance(producer="Benchmark", produce_id="1", key=b"0" * 32)
    previews = PreviewMaker(clip.shape)
    encode_video(
        previews.watch(clip.frames), clip.shape, folder / "plain.mp4", provenance=provenance
    )
    return time.perf_counter() - started


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
