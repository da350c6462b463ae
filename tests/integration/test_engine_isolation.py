"""A worker process of its own: what it imports when, that it reaches no network, and that it dies.

One child process, started once, tells the tests below what they want to know: it renders a clip
with every socket forbidden, then begins another and kills itself while decoding.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.engine_world import Ear, Studio, request_for

from mutoscope.core.state import Stage

pytest_plugins = ["tests.support.engine_fixtures"]

CHILD = """
import json, os, signal, sys
from pathlib import Path

seen = {"environment": {}, "sockets": [], "early": []}

def watch(event, details):
    if event == "import" and details[0] in ("torch", "huggingface_hub"):
        seen["environment"].setdefault(details[0], dict(os.environ))
    if event.startswith("socket."):
        seen["sockets"].append(event)
        raise PermissionError(event)

sys.addaudithook(watch)
from mutoscope.engine import DiffusersRenderer
from mutoscope.core.ids import ModelId
from mutoscope.core.request import GenerationRequest, Shape, Task

heavy = ("torch", "diffusers", "transformers")
seen["early"] = [name for name in heavy if name in sys.modules]
models, work = Path(sys.argv[1]), Path(sys.argv[2])
renderer = DiffusersRenderer(lambda model: models / model, dtype="float32")
request = GenerationRequest(
    task=Task.TEXT_TO_VIDEO, model=ModelId("ltx"), prompt="a red cat runs",
    shape=Shape(width=64, height=64, frames=9, fps=8), seed=7,
    params={"steps": 2, "guidance": 3.0},
)
clip = renderer.render(request, (), work / "whole", lambda *_: None)

import numpy as np, torch
np.save(work / "frames.npy", np.stack(list(clip.frames)))
(work / "seen.json").write_text(json.dumps(seen))

def die(module, inputs):
    if type(module).__name__ == "LTXVideoDecoder3d":
        os.kill(os.getpid(), signal.SIGKILL)

torch.nn.modules.module.register_module_forward_pre_hook(die)
renderer.render(request, (), work / "killed", lambda *_: None)
"""


@dataclass
class Child:
    """What the child left behind."""

    returncode: int
    folder: Path
    seen: dict[str, Any]


@pytest.fixture(scope="module")
def child(tiny: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Child:
    folder = tmp_path_factory.mktemp("child")
    models = tiny("ltx").parent
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", CHILD, str(models), str(folder)],
        env={**kept, "HF_HUB_OFFLINE": "0", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (folder / "seen.json").exists(), done.stderr
    return Child(done.returncode, folder, json.loads((folder / "seen.json").read_text()))


def test_the_engine_is_imported_without_torch(child: Child) -> None:
    assert child.seen["early"] == []


@pytest.mark.parametrize("library", ["torch", "huggingface_hub"])
def test_the_environment_is_set_before_the_libraries_come_in(library: str, child: Child) -> None:
    environment = child.seen["environment"][library]
    assert environment["OMP_WAIT_POLICY"] == "PASSIVE"
    assert environment["GOMP_SPINCOUNT"] == "0"
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["DIFFUSERS_DISABLE_REMOTE_CODE"] == "1"


def test_a_whole_generation_reaches_no_network_and_makes_the_same_clip(
    child: Child, install: Callable[[str], Path], studio: Studio
) -> None:
    # At import urllib3 makes a socket to learn whether there is IPv6; that was forbidden too.
    assert set(child.seen["sockets"]) <= {"socket.__new__"}
    install("ltx")
    theirs = np.load(child.folder / "frames.npy")
    assert np.array_equal(studio.render(request_for("ltx")), theirs)


def test_what_a_killed_worker_had_denoised_is_only_decoded_by_the_next(
    child: Child, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    assert child.returncode == -signal.SIGKILL
    studio = Studio(tiny("ltx").parent, tmp_path)
    ear = Ear()
    frames = studio.render(request_for("ltx"), ear=ear, workspace=child.folder / "killed")
    assert ear.steps(Stage.DENOISE) == []
    assert ear.steps(Stage.DECODE) == [0, 1]
    assert np.array_equal(frames, np.load(child.folder / "frames.npy"))
