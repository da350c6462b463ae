"""`mutoscope generate`: a prompt becomes a file, without a server."""

import io
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from tests.support.program import (
    PATIENCE_SECONDS,
    PROGRAM,
    Outcome,
    discrepancies,
    environment,
    eventually,
    house,
    run,
    serving,
    wallet,
)

from mutoscope.core.state import JobState
from mutoscope.generations import Filter, listing
from mutoscope.media import probe_video
from mutoscope.wiring import administrator

SMALL = ("--size", "480p", "--seconds", "1", "--seed", "7")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that these tests share."""
    return tmp_path_factory.mktemp("generate") / "data"


def generate(data: Path, output: Path, *options: str, prompt: str = "a red balloon") -> Outcome:
    """Run the command, small unless said otherwise."""
    return run("generate", prompt, "-o", str(output), *SMALL, *options, data=data)


def jobs_in(data: Path) -> list[JobState]:
    """The states of all jobs."""
    with house(data) as rooms, rooms.database.snapshot() as tx:
        found = listing(tx, administrator(rooms).organization_id, Filter())
    return [generation.state for generation in found]


def png(width: int, height: int) -> bytes:
    """A picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def test_a_sentence_becomes_a_labelled_video_that_was_paid_for(data: Path, tmp_path: Path) -> None:
    before = wallet(data)
    made = generate(data, tmp_path / "out.mp4", prompt="红色的气球飘过大海, sunset")
    assert made.code == 0, made.err
    facts = probe_video(tmp_path / "out.mp4")
    assert (facts.width, facts.height, facts.frames, facts.fps) == (854, 480, 24, 24)
    assert facts.is_faststart
    assert '"Label":"1"' in str(facts.aigc)
    assert made.out.splitlines()[-1] == str(tmp_path / "out.mp4")
    assert "100%  succeeded" in made.err
    assert float(before[0]) - float(wallet(data)[0]) == 1


def test_the_same_seed_makes_the_same_pixels_and_json_is_all_that_is_printed(
    data: Path, tmp_path: Path
) -> None:
    documents = [
        generate(data, tmp_path / name, "--json").document for name in ("one.mp4", "two.mp4")
    ]
    assert [each["seed"] for each in documents] == [7, 7]
    assert documents[0]["files"] == [str(tmp_path / "one.mp4")]
    assert documents[0]["credits"] == {"quote": "1", "cost": "1"}
    assert documents[0]["state"] == "succeeded"
    assert frames(tmp_path / "one.mp4") == frames(tmp_path / "two.mp4")


def frames(path: Path) -> list[bytes]:
    """All pixels of a video."""
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24").tobytes() for frame in container.decode(video=0)]


def test_several_results_become_several_files_and_old_ones_are_replaced(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.mp4").write_text("an older file")
    made = generate(data, tmp_path / "out.mp4", "--count", "2")
    assert made.code == 0, made.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out-2.mp4", "out.mp4"]
    assert all(probe_video(path).frames == 24 for path in tmp_path.iterdir())


def test_a_picture_becomes_the_first_frame(data: Path, tmp_path: Path) -> None:
    (tmp_path / "first.png").write_bytes(png(640, 640))
    made = generate(
        data, tmp_path / "out.mp4", "--image", str(tmp_path / "first.png"), "--json", prompt=""
    )
    assert made.code == 0, made.err
    assert made.document["task"] == "image_to_video"
    assert made.document["shape"]["width"] == made.document["shape"]["height"]


REFUSALS = [
    (("--model", "sora"), "error: model: there is no model 'sora' here"),
    (("--seconds", "nan"), "error: seconds: storyboard makes 1 to 15 seconds"),
    (("--image", "/nowhere.png"), "error: --image: /nowhere.png: No such file"),
    (("--image", "/etc/passwd"), "error: --image"),
    (("-o", "/nowhere/out.mp4"), "error: --output: there is no folder /nowhere"),
    (("-o", "out.gif"), "error: --output: the result is an MP4"),
]


@pytest.mark.parametrize(("options", "complaint"), REFUSALS)
def test_what_can_not_be_made_is_refused_with_the_field(
    data: Path, tmp_path: Path, options: tuple[str, ...], complaint: str
) -> None:
    refused = generate(data, tmp_path / "out.mp4", *options)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(complaint)
    assert "Traceback" not in refused.err
    assert list(tmp_path.iterdir()) == []


def test_refusals_cost_nothing_and_leave_no_job(tmp_path: Path) -> None:
    data = tmp_path / "data"
    refused = generate(data, tmp_path / "out.mp4", "--json", prompt="  ")
    assert refused.code == 1
    assert refused.document["error"]["field"] == "prompt"
    assert refused.document["files"] == []
    poor = run(
        "generate",
        "a cat",
        "-o",
        str(tmp_path / "out.mp4"),
        data=tmp_path / "poor",
        env={"MUTOSCOPE_WELCOME_CREDITS": "9"},
    )
    assert poor.code == 1
    assert "this may cost 10 credits and 9 are available" in poor.err
    assert "mutoscope credits grant" in poor.err
    for folder, left in ((data, "10000"), (tmp_path / "poor", "9")):
        assert wallet(folder) == (left, "0")
        assert jobs_in(folder) == []


def test_ctrl_c_cancels_the_job_and_returns_the_credits(tmp_path: Path) -> None:
    data, output = tmp_path / "data", tmp_path / "out.mp4"
    long = ("--size", "1080p", "--seconds", "15")
    process = subprocess.Popen(
        [PROGRAM, "generate", "a red car", "-o", str(output), *long, "--data", str(data)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    eventually(lambda: jobs_in(data) == [JobState.RUNNING], "the job to run")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "canceled; nothing was charged"
    assert not output.exists()
    assert wallet(data) == ("10000", "0")
    assert discrepancies(data) == []


def test_a_job_can_be_canceled_listed_shown_and_saved_from_elsewhere(
    data: Path, tmp_path: Path
) -> None:
    made = generate(data, tmp_path / "out.mp4", "--json").document
    saved = run("jobs", "save", made["id"], "-o", str(tmp_path / "again.mp4"), data=data)
    assert saved.out.strip() == str(tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "out.mp4").read_bytes()
    assert made["id"] in run("jobs", "list", "--state", "succeeded", data=data).out
    history = run("jobs", "show", made["id"], "--json", data=data).document["history"]
    assert [event["state"] for event in history] == ["queued", "running", "succeeded"]
    late = run("jobs", "cancel", made["id"], data=data)
    assert (late.code, late.err) == (1, "error: it has succeeded already\n")


def test_a_worker_on_the_same_data_may_do_the_job(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as service:
        made = generate(data, tmp_path / "out.mp4", "--json")
        assert made.code == 0, made.err
        with service.client as client:
            seen = client.get(f"/generations/{made.document['id']}").json()
    assert seen["state"] == "succeeded"
    assert seen["results"][0]["size_bytes"] == (tmp_path / "out.mp4").stat().st_size
