"""Between the steps of a generation: progress, previews, and a stop that leaves nothing behind."""

import gc
from collections.abc import Callable
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from tests.support.engine_world import Ear, Studio, request_for
from tests.support.tiny_checkpoints import write_manifest

from mutoscope.core.errors import GenerationCanceled, LeaseLost
from mutoscope.core.ids import ModelId
from mutoscope.core.request import GenerationRequest, Shape
from mutoscope.core.state import Stage
from mutoscope.engine import inspect_checkpoint
from mutoscope.engine.generate import generate
from mutoscope.engine.loading import load_model
from mutoscope.engine.order import take_order
from mutoscope.engine.placement import Placement

pytest_plugins = ["tests.support.engine_fixtures"]

SMALL = Shape(width=32, height=32, frames=9, fps=8)
LOOSE_CACHE = 5.0  # skips every block it may: dirty hooks would show


def test_every_stage_and_step_is_reported_in_order(
    install: Callable[[str], Path], studio: Studio
) -> None:
    install("ltx")
    ear = Ear()
    studio.render(request_for("ltx", shape=SMALL, params={"steps": 3}), ear=ear)
    assert ear.heard == [
        *((Stage.LOAD, done, 5) for done in range(6)),
        (Stage.ENCODE_PROMPT, 0, 1),
        (Stage.ENCODE_PROMPT, 1, 1),
        *((Stage.DENOISE, done, 3) for done in range(4)),
        (Stage.DECODE, 0, 1),
        (Stage.DECODE, 1, 1),
    ]


@pytest.mark.parametrize("name", ["ltx", "wan"])
def test_the_last_preview_is_a_small_picture_of_the_result(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    install(name)
    ear = Ear()
    shape = Shape(width=64, height=32, frames=1)
    frames = studio.render(request_for(name, shape=shape, params={"steps": 4}), ear=ear)
    assert [preview.shape for preview in ear.previews] == [(32, 64, 3)] * 3
    assert np.array_equal(ear.previews[-1], frames[0])
    early, late = (np.abs(ear.previews[i].astype(int) - frames[0]).mean() for i in (0, 1))
    assert late < early, "previews approach the result"


def test_previews_of_large_clips_stay_small(install: Callable[[str], Path], studio: Studio) -> None:
    install("wan")
    ear = Ear()
    shape = Shape(width=320, height=16, frames=1)
    studio.render(request_for("wan", shape=shape), ear=ear)
    assert [preview.shape for preview in ear.previews] == [(16, 256, 3)]


def test_a_stop_at_any_report_changes_nothing_for_the_next_run(
    install: Callable[[str], Path], studio: Studio
) -> None:
    write_manifest(install("ltx"), {"step_cache": LOOSE_CACHE / 10})
    request = request_for("ltx", shape=SMALL, params={"steps": 3})
    whole = Ear()
    clean = studio.render(request, ear=whole)
    for at_report in range(6, len(whole.heard)):  # after the model is loaded
        objection = (GenerationCanceled, LeaseLost)[at_report % 2]
        ear = Ear(objection=objection(), at_report=at_report - 6)
        with pytest.raises(objection):
            studio.render(request, ear=ear)
        assert len(ear.heard) == at_report - 5, "stopped at once"
        assert np.array_equal(studio.render(request), clean)


def test_an_accelerator_that_stays_on_forgets_a_run_that_was_stopped(
    tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    checkpoint = inspect_checkpoint(tiny("ltx"))
    model = load_model(checkpoint, Placement("cpu", torch.float32), Ear())
    config = diffusers.FirstBlockCacheConfig(threshold=0.5)
    model.parts["transformer"].enable_cache(config)
    order = take_order(request_for("ltx", shape=SMALL, params={"steps": 4}), (), checkpoint)
    clean = generate(model, order, tmp_path / "clean", Ear()).frames
    for at_report in range(3, 7):
        stop = Ear(objection=LeaseLost(), at_report=at_report)
        with pytest.raises(LeaseLost):
            generate(model, order, tmp_path / "stopped", stop)
        again = generate(model, order, tmp_path / f"again-{at_report}", Ear()).frames
        assert np.array_equal(again, clean)


def test_a_stop_while_loading_leaves_no_half_model(
    install: Callable[[str], Path], studio: Studio
) -> None:
    install("ltx")
    request = request_for("ltx", shape=SMALL)
    with pytest.raises(GenerationCanceled):
        studio.render(request, ear=Ear(objection=GenerationCanceled(), at_report=3))
    ear = Ear()
    studio.render(request, ear=ear)
    assert ear.steps(Stage.LOAD) == [0, 1, 2, 3, 4, 5]


def test_a_step_cache_skips_work_and_is_taken_off_afterwards(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("wan")
    shape = Shape(width=32, height=32, frames=1)
    request = request_for("wan", shape=shape, params={"steps": 4})
    plain = studio.render(request)
    write_manifest(folder, {"step_cache": 1.0})
    cached = studio.render(request)
    assert not np.array_equal(cached, plain)
    assert np.array_equal(studio.render(request), cached)
    (folder / "mutoscope.json").unlink()
    assert np.array_equal(studio.render(request), plain)


def test_a_canceled_job_leaves_no_latents_and_a_lost_lease_does(
    install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    install("ltx")
    request = request_for("ltx", shape=SMALL)
    for objection, left in ((GenerationCanceled(), 0), (LeaseLost(), 1)):
        ear = Ear(objection=objection)
        ear.at_report = _first_decode_report(studio, request)
        with pytest.raises(type(objection)):
            studio.render(request, ear=ear, workspace=tmp_path / "job")
        assert len(list((tmp_path / "job").iterdir())) == left


def _first_decode_report(studio: Studio, request: GenerationRequest) -> int:
    ear = Ear()
    studio.render(request, ear=ear)
    ear = Ear()
    studio.render(request, ear=ear)
    return ear.heard.index((Stage.DECODE, 0, 1))


def test_one_model_is_kept_and_makes_room_for_the_next(
    install: Callable[[str], Path], studio: Studio
) -> None:
    install("ltx")
    install("wan")
    others = _alive(diffusers.LTXVideoTransformer3DModel), _alive(diffusers.WanTransformer3DModel)
    loads = []
    for name in ("ltx", "ltx", "wan", "ltx"):
        ear = Ear()
        studio.render(request_for(name, shape=Shape(width=32, height=32)), ear=ear)
        loads.append(bool(ear.steps(Stage.LOAD)))
    assert loads == [True, False, True, True]
    assert _alive(diffusers.LTXVideoTransformer3DModel) == others[0] + 1
    assert _alive(diffusers.WanTransformer3DModel) == others[1]
    studio.renderer.unload(ModelId("ltx"))
    assert _alive(diffusers.LTXVideoTransformer3DModel) == others[0]


def _alive(cls: type) -> int:
    gc.collect()
    return sum(type(thing) is cls for thing in gc.get_objects())


def test_a_replaced_checkpoint_is_loaded_again(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("ltx")
    request = request_for("ltx", shape=SMALL)
    studio.render(request)
    write_manifest(folder, {"steps": 2})
    ear = Ear()
    studio.render(request, ear=ear)
    assert ear.steps(Stage.LOAD) == [0, 1, 2, 3, 4, 5]
