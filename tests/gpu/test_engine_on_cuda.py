"""The same stories on a card. Left out of `make test`; run with `pytest -m gpu tests/gpu`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.support.engine_world import Ear, Studio, request_for

import mutoscope.engine.placement as placement
from mutoscope.core.errors import GenerationCanceled
from mutoscope.engine import DiffusersRenderer

pytest_plugins = ["tests.support.engine_fixtures"]
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.mark.parametrize("room", ["all", "one part", "one layer"])
@pytest.mark.parametrize("name", ["ltx", "wan"])
def test_a_clip_is_the_same_however_much_of_the_model_waits_in_main_memory(
    name: str,
    room: str,
    install: Callable[[str], Path],
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(name)
    offload = {"all": "none", "one part": "model", "one layer": "sequential"}[room]
    monkeypatch.setattr(placement, "choose_offload", lambda *_, **__: offload)
    renderer = DiffusersRenderer(lambda model: studio.folder / model, dtype="bfloat16")
    request = request_for(name)
    ear = Ear()
    clip = renderer.render(request, (), tmp_path / "first", ear)
    assert bool(ear.previews) is (offload == "none")
    first = np.stack(list(clip.frames))
    stop = Ear(objection=GenerationCanceled(), at_report=3)
    with pytest.raises(GenerationCanceled):
        renderer.render(request, (), tmp_path / "stopped", stop)
    again = renderer.render(request, (), tmp_path / "again", Ear())
    assert np.array_equal(np.stack(list(again.frames)), first)
