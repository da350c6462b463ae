"""`make demo`: one sentence becomes two videos, over the same road a paying customer's will.

Starts the service on a free loopback port with its data in demo/data and asks through the public
HTTP API, with an API key: first for a draft by the storyboard, then for the same by mini, the small
diffusion model. Each is followed, downloaded and checked.

PROMPT="..." asks for something else; DRAFT=1 leaves it at the draft and needs no torch.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mutoscope.cli.progress import Shown, progress_bar
from mutoscope.core.errors import NothingToDraw
from mutoscope.identity import Seal
from mutoscope.media import Verification, VideoFacts, probe_video, verify_label
from mutoscope.wiring import CREDENTIALS, MASTER_KEY
from mutoscope.worker import label_key

FOLDER = Path("demo")
DATA = FOLDER / "data"
LOG = FOLDER / "serve.log"
PROMPT = "一只小猫在雨夜的城市里向左走, camera zooms in"
DRAFT, MINI = "storyboard", "mini"
READY = "is ready: "
START_SECONDS_MAX = 60
# Longer than any silence of the event stream, which sends a comment every 15 s.
SILENCE_SECONDS_MAX = 60
STOP_SECONDS_MAX = 25


class DemoFailed(Exception):
    """Why the demo can't go on."""


class OutsideItsWorld(Exception):
    """The model knows nothing of the prompt, and says what it knows."""


def main() -> None:
    """Run the demo; its last line is `demo: ok PATH.mp4`, naming the last video."""
    # A service manager stops us with SIGTERM; then the service below must stop too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        path = demo()
    except (DemoFailed, httpx.HTTPError, OSError) as error:
        sys.exit(f"demo: failed: {error}")
    except KeyboardInterrupt:
        sys.exit("demo: stopped")
    print(f"demo: ok {path}")


def demo() -> Path:
    """Start, make each video, stop; returns the last one."""
    seconds: dict[str, float] = {}
    FOLDER.mkdir(exist_ok=True)
    prompt = os.environ.get("PROMPT") or PROMPT
    made: list[Path] = []
    print("starting the service ...")
    with running_service(seconds) as url:
        print(f"it answers at {url}")
        print(f"prompt: {prompt}")
        with client_of(url) as client:
            for model in models_to_show():
                try:
                    made.append(one_video(client, model, prompt))
                except OutsideItsWorld as refusal:
                    print(f"\n{model} was not asked: {refusal}")
                else:
                    print(f"demo: {model} {made[-1]}")
    print()
    print(", ".join(f"{part} {taken:.1f} s" for part, taken in seconds.items()))
    print("to go on:  make serve               (the studio and the service, data in ./data)")
    print(f"           make serve DATA={DATA}  (the same with what the demo made)")
    print('           PROMPT="a cat on the grassland" make demo')
    return made[-1]


def models_to_show() -> list[str]:
    """The draft, and then the same by mini."""
    return [DRAFT] if os.environ.get("DRAFT") else [DRAFT, MINI]


def one_video(client: httpx.Client, model: str, prompt: str) -> Path:
    """Ask, follow, download and check one; say what it is and what it cost."""
    seconds: dict[str, float] = {}
    with timed(seconds, "make the video"):
        generation = follow(client, ask(client, model, prompt))
    with timed(seconds, "download it"):
        path = download(client, generation)
    with timed(seconds, "check it"):
        facts, label = look_at(path)
    complain_about(facts, label, generation)
    report(generation, facts, label, seconds)
    return path


@contextmanager
def timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    """Note how long the block takes."""
    started = time.monotonic()
    try:
        yield
    finally:
        seconds[part] = time.monotonic() - started


@contextmanager
def running_service(seconds: dict[str, float]) -> Iterator[str]:
    """`mutoscope serve` on a free port, stopped at the end; gives its address."""
    # Nothing in the caller's environment changes what the demo shows.
    plain = {name: text for name, text in os.environ.items() if not name.startswith("MUTOSCOPE_")}
    command = [str(Path(sys.executable).with_name("mutoscope")), "serve"]
    with timed(seconds, "start the service"):
        with LOG.open("w") as log:
            service = subprocess.Popen(
                [*command, "--port", "0", "--data", str(DATA)],
                env=plain,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # Ctrl-C is for us; we stop the service when we are done.
                start_new_session=True,
            )
        try:
            url = await_ready(service)
        except BaseException:
            stop(service)
            raise
    try:
        yield url
    finally:
        with timed(seconds, "stop the service"):
            stop(service)


def await_ready(service: "subprocess.Popen[str]") -> str:
    """The address it prints when it answers. DemoFailed with the end of its log otherwise."""
    assert service.stdout is not None
    patience = threading.Timer(START_SECONDS_MAX, service.kill)
    patience.start()
    try:
        for line in service.stdout:
            if READY in line:
                return line.partition(READY)[2].strip()
    finally:
        patience.cancel()
    tail = "\n".join(LOG.read_text().splitlines()[-8:])
    raise DemoFailed(f"the service did not start; its log ({LOG}) ends with:\n{tail}")


def stop(service: "subprocess.Popen[str]") -> None:
    """Stop it as Ctrl-C would."""
    service.terminate()
    try:
        service.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()


def client_of(url: str) -> httpx.Client:
    """A client with the first API key; no proxy stands between us and this machine."""
    key = json.loads((DATA / CREDENTIALS).read_text())["api_key"]
    return httpx.Client(
        base_url=f"{url}/api/v1",
        headers={"Authorization": f"Bearer {key}"},
        timeout=SILENCE_SECONDS_MAX,
        trust_env=False,
    )


def ask(client: httpx.Client, model: str, prompt: str) -> str:
    """Ask for a video; returns the generation's id."""
    body = {"prompt": prompt, "model": model}
    reply = client.post("/generations", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    if reply.is_client_error and reply.json().get("code") == NothingToDraw.code:
        raise OutsideItsWorld(reply.json()["fix"])
    generation = answered(reply)
    print()
    print(f"model {generation['model']}, seed {generation['seed']}, id {generation['id']}")
    return str(generation["id"])


def answered(reply: httpx.Response) -> dict[str, Any]:
    """The JSON of a reply. DemoFailed with the reason when it is a refusal."""
    if reply.is_success:
        return dict(reply.json())
    reply.read()
    problem = reply.json()
    fix = f" ({problem['fix']})" if "fix" in problem else ""
    raise DemoFailed(f"HTTP {reply.status_code}: {problem.get('detail', reply.text)}{fix}")


def follow(client: httpx.Client, generation_id: str) -> dict[str, Any]:
    """Show the progress until it has ended; returns the generation."""
    with (
        client.stream("GET", f"/generations/{generation_id}/events") as stream,
        progress_bar() as show,
    ):
        for event, data in events(stream):
            if event == "progress":
                show(shown(data))
            if event == "end":
                show(shown(data["progress"] | {"state": data["state"]}))
                if data["state"] != "succeeded":
                    why = (data["error"] or {}).get("detail", "no reason given")
                    raise DemoFailed(f"the generation {data['state']}: {why}")
                return data
    raise DemoFailed(f"the event stream broke off; the service's log is {LOG}")


def events(stream: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The server-sent events of a reply: name and data."""
    name = ""
    for line in stream.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def shown(data: dict[str, Any]) -> Shown:
    """A progress event as the bar takes it."""
    names = ("state", "stage", "step", "steps", "share", "eta_seconds")
    return Shown(**{name: data[name] for name in names})


def download(client: httpx.Client, generation: dict[str, Any]) -> Path:
    """Save the first result."""
    path = FOLDER / f"{generation['id']}.mp4"
    with client.stream("GET", generation["results"][0]["url"]) as reply:
        if not reply.is_success:
            answered(reply)
        with path.open("wb") as file:
            for chunk in reply.iter_bytes():
                file.write(chunk)
    return path


def look_at(path: Path) -> tuple[VideoFacts, Verification]:
    """What a player would find in it, and whether the AI label in it is ours."""
    try:
        facts = probe_video(path)
    except ValueError as error:
        raise DemoFailed(f"{path} can't be played: {error}") from error
    return facts, verify_label(path, label_key(Seal.from_file(DATA / MASTER_KEY)))


def complain_about(facts: VideoFacts, label: Verification, generation: dict[str, Any]) -> None:
    """DemoFailed unless the file is what was promised."""
    promised = generation["shape"]
    found = {
        "codec": (facts.codec, "h264"),
        "pixels": (facts.pix_fmt, "yuv420p"),
        "size": ((facts.width, facts.height), (promised["width"], promised["height"])),
        "frames": (facts.frames, promised["frames"]),
        "frames per second": (facts.fps, promised["fps"]),
        "playable before it is whole (faststart)": (facts.is_faststart, True),
        "AI label that is ours": (label.is_ours, True),
    }
    wrong = [
        f"{what} is {is_}, not {ought}" for what, (is_, ought) in found.items() if is_ != ought
    ]
    if wrong:
        raise DemoFailed("the video is not as promised: " + "; ".join(wrong))


def report(
    generation: dict[str, Any],
    facts: VideoFacts,
    label: Verification,
    seconds: dict[str, float],
) -> None:
    """Say what was made, what it cost and how long each part took."""
    print(
        f"made:  {facts.width}x{facts.height}, {facts.frames} frames, {facts.seconds:g} s, "
        f"{facts.codec} {facts.pix_fmt}, faststart, {generation['results'][0]['size_bytes']} bytes"
    )
    print(f"label: {label.labels[0].to_json()}")
    print(f"cost:  {generation['credits']['cost']} credits")
    print("time: ", ", ".join(f"{part} {taken:.2f} s" for part, taken in seconds.items()))
    stages = (f"{stage} {taken:.2f} s" for stage, taken in generation["timings"].items())
    print("       of the making:", ", ".join(stages))
    for note in generation["notes"]:
        print(f"note:  {note['en']} / {note['zh']}")


if __name__ == "__main__":
    main()
