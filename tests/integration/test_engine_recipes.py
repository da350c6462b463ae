"""Our recipes make what the stock pipelines make, for every way of asking.

Wan to the last bit; LTX, whose steps leave out what is known already, within rounding: here and
there a level of 255.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image
from tests.support.engine_world import Ear, Frames, Studio, picture_for, request_for
from tests.support.tiny_checkpoints import write_manifest

from mutoscope.core.request import ReferenceRole, Shape, Task
from mutoscope.core.state import Stage

pytest_plugins = ["tests.support.engine_fixtures"]
# The stock condition pipeline hands its own timesteps to numpy as a tensor.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

FIRST = picture_for(ReferenceRole.FIRST_FRAME, seed=1)
LAST = picture_for(ReferenceRole.LAST_FRAME, seed=2)
# Wan's autoencoder is slow, and allows smaller pictures.
SMALL = Shape(width=32, height=16, frames=5, fps=8)
SMALL_CALL = {"width": 32, "height": 16, "num_frames": 5}
SMALL_FIRST = picture_for(ReferenceRole.FIRST_FRAME, width=32, height=16, seed=1)
SMALL_LAST = picture_for(ReferenceRole.LAST_FRAME, width=32, height=16, seed=2)


def stock(folder: Path, pipeline: str, **arguments: Any) -> Frames:
    """What plain Python gets from the same folder, prompt, seed, size, steps and guidance."""
    pipe = getattr(diffusers, pipeline).from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    pipe.set_progress_bar_config(disable=True)
    result = pipe(
        **{
            "prompt": "a red cat runs",
            "negative_prompt": "",
            "width": 64,
            "height": 64,
            "num_frames": 9,
            "num_inference_steps": 2,
            "guidance_scale": 3.0,
            "generator": torch.Generator().manual_seed(7),
            "output_type": "np",
        }
        | arguments
    )
    frames: Frames = (result.frames[0] * 255).round().astype(np.uint8)
    return frames


def are_alike(ours: Frames, theirs: Frames) -> bool:
    """The same but for rounding."""
    apart = np.abs(ours.astype(int) - theirs)
    return ours.shape == theirs.shape and apart.max() <= 1 and apart.mean() < 0.01


def image(picture: Any) -> Image.Image:
    return Image.fromarray(picture.pixels)


def test_ltx_makes_a_video_from_words(install: Callable[[str], Path], studio: Studio) -> None:
    folder = install("ltx")
    ours = studio.render(request_for("ltx"))
    theirs = stock(folder, "LTXPipeline", frame_rate=8, max_sequence_length=256)
    assert are_alike(ours, theirs)


def test_ltx_makes_a_video_from_a_picture(install: Callable[[str], Path], studio: Studio) -> None:
    folder = install("ltx")
    ours = studio.render(request_for("ltx", task=Task.IMAGE_TO_VIDEO), (FIRST,))
    theirs = stock(
        folder,
        "LTXImageToVideoPipeline",
        image=image(FIRST),
        frame_rate=8,
        max_sequence_length=256,
    )
    assert are_alike(ours, theirs)


def test_ltx_finds_its_way_between_two_pictures(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("ltx-condition")
    write_manifest(folder, {"family": "ltx", "prompt_tokens_max": 64})
    ours = studio.render(request_for("ltx-condition", task=Task.IMAGE_TO_VIDEO), (FIRST, LAST))
    theirs = stock(
        folder,
        "LTXConditionPipeline",
        image=[image(FIRST), image(LAST)],
        video=[None, None],
        frame_index=[0, 8],
        image_cond_noise_scale=0.0,
        frame_rate=8,
        max_sequence_length=64,
    )
    assert are_alike(ours, theirs)


def test_ltx_goes_on_from_a_clip(install: Callable[[str], Path], studio: Studio) -> None:
    folder = install("ltx-condition")
    clip = tuple(picture_for(ReferenceRole.SOURCE_VIDEO, seed=seed) for seed in range(9))
    request = request_for(
        "ltx-condition",
        task=Task.VIDEO_EXTEND,
        shape=Shape(width=64, height=64, frames=17, fps=8),
    )
    ours = studio.render(request, clip)
    theirs = stock(
        folder,
        "LTXConditionPipeline",
        video=[[image(picture) for picture in clip]],
        image=[None],
        num_frames=17,
        frame_rate=8,
        max_sequence_length=256,
    )
    assert are_alike(ours, theirs)


def test_a_manifest_changes_how_a_checkpoint_is_sampled(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("ltx")
    page = {
        "family": "ltx", "pipeline": "LTXConditionPipeline", "fps": 8, "frame_rate": 1.5,
        "steps": 3, "guidance": 2.0, "sizes": [[64, 64]], "frames": [1, 9],
        "timesteps": "linear", "prompt_tokens_max": 32, "licence": "Apache-2.0",
    }  # fmt: skip
    write_manifest(folder, page)
    ours = studio.render(request_for("ltx", params={}))
    theirs = stock(
        folder,
        "LTXConditionPipeline",
        frame_rate=1.5,
        num_inference_steps=3,
        guidance_scale=2.0,
        timesteps=[1000.0, 1000 * 2 / 3, 1000 / 3],
        max_sequence_length=32,
    )
    assert are_alike(ours, theirs)


def test_words_may_become_a_picture_first_and_then_the_clip(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("ltx-condition")
    write_manifest(folder, {"family": "ltx", "picture_first": True})
    ear = Ear()
    ours = studio.render(request_for("ltx-condition"), ear=ear)
    call = {"frame_rate": 8, "max_sequence_length": 256, "image_cond_noise_scale": 0.0}
    opening = stock(folder, "LTXConditionPipeline", **call, num_frames=1)
    theirs = stock(folder, "LTXConditionPipeline", **call, image=Image.fromarray(opening[0]))
    assert are_alike(ours, theirs)
    denoised = [(step, of) for stage, step, of in ear.heard if stage is Stage.DENOISE]
    assert denoised == [(0, 4), (1, 4), (2, 4), (2, 4), (3, 4), (4, 4)]


def test_ltx_decoders_that_want_noise_get_the_noise_that_follows(
    install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install("ltx-decode-noise")
    write_manifest(folder, {"decode_timestep": 0.05, "decode_noise": 0.025})
    ours = studio.render(request_for("ltx-decode-noise"))
    theirs = stock(
        folder,
        "LTXPipeline",
        frame_rate=8,
        max_sequence_length=256,
        decode_timestep=0.05,
        decode_noise_scale=0.025,
    )
    assert are_alike(ours, theirs)


@pytest.mark.parametrize("name", ["wan", "wan-experts", "wan-tokens"])
def test_wan_makes_a_video_from_words(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install(name)
    ours = studio.render(request_for(name, shape=SMALL))
    assert np.array_equal(ours, stock(folder, "WanPipeline", **SMALL_CALL))


@pytest.mark.parametrize("name", ["wan-image", "wan-tokens", "wan-image-experts"])
def test_wan_makes_a_video_from_a_picture(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install(name)
    ours = studio.render(request_for(name, task=Task.IMAGE_TO_VIDEO, shape=SMALL), (SMALL_FIRST,))
    theirs = stock(folder, "WanImageToVideoPipeline", image=image(SMALL_FIRST), **SMALL_CALL)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["wan-two-images", "wan-image-experts"])
def test_wan_finds_its_way_between_two_pictures(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    folder = install(name)
    request = request_for(name, task=Task.IMAGE_TO_VIDEO)
    ours = studio.render(request, (FIRST, LAST))
    theirs = stock(folder, "WanImageToVideoPipeline", image=image(FIRST), last_image=image(LAST))
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["ltx", "wan"])
def test_a_clip_of_one_frame_is_a_picture(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    install(name)
    shape = Shape(width=64, height=32, frames=1)
    frames = studio.render(request_for(name, task=Task.TEXT_TO_IMAGE, shape=shape))
    assert frames.shape == (1, 32, 64, 3)


@pytest.mark.parametrize("name", ["ltx", "wan"])
def test_prompt_seed_and_guidance_all_matter(
    name: str, install: Callable[[str], Path], studio: Studio
) -> None:
    install(name)

    def render(**changes: Any) -> Frames:
        shape = Shape(width=32, height=32, frames=1)
        return studio.render(request_for(name, shape=shape, **changes))

    plain = render()
    others = [
        render(prompt="the blue boat flies slowly to the left"),
        render(seed=8),
        render(negative_prompt="night city"),
        render(params={"steps": 2, "guidance": 1.0}),
        render(params={"steps": 3, "guidance": 3.0}),
    ]
    assert np.array_equal(plain, render())
    assert not any(np.array_equal(plain, other) for other in others)


def test_bfloat16_tells_the_same_story_as_float32(
    install: Callable[[str], Path], models: Path, tmp_path: Path, studio: Studio
) -> None:
    from mutoscope.engine import DiffusersRenderer

    install("ltx")
    plain = studio.render(request_for("ltx"))
    renderer = DiffusersRenderer(lambda model: models / model, device="cpu", dtype="bfloat16")
    clip = renderer.render(request_for("ltx"), (), tmp_path / "bfloat16", Ear())
    rounded = np.stack(list(clip.frames))
    assert rounded.shape == plain.shape
    assert 0 < np.abs(rounded.astype(int) - plain.astype(int)).mean() < 4


def test_a_prompt_that_is_too_long_to_read_is_told(
    install: Callable[[str], Path], studio: Studio, tmp_path: Path
) -> None:
    folder = install("ltx")
    write_manifest(folder, {"prompt_tokens_max": 8})
    request = request_for("ltx", prompt="a red cat runs to the left " * 5)
    clip = studio.renderer.render(request, (), tmp_path, Ear())
    assert [note.code for note in clip.notes] == ["prompt_truncated"]
    assert "8" in clip.notes[0].zh


@pytest.mark.parametrize(("guidance", "codes"), [(1.0, ["negative_prompt_unused"]), (3.0, [])])
def test_a_negative_prompt_without_effect_is_told(
    guidance: float,
    codes: list[str],
    install: Callable[[str], Path],
    studio: Studio,
    tmp_path: Path,
) -> None:
    install("ltx")
    request = request_for("ltx", negative_prompt="night", params={"steps": 1, "guidance": guidance})
    clip = studio.renderer.render(request, (), tmp_path, Ear())
    assert [note.code for note in clip.notes] == codes
