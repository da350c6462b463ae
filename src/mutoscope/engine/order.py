"""A request made ready for a recipe: checked against its checkpoint, knobs settled. No torch."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Note, Picture
from mutoscope.core.request import GenerationRequest, ReferenceRole, Shape, Task
from mutoscope.engine.checkpoints import Checkpoint
from mutoscope.engine.manifest import GUIDANCE_MAX, STEPS_MAX, is_number, is_whole
from mutoscope.engine.shapes import check_shape, native_shape

CROP_WORTH_SAYING = 0.02
TASKS = frozenset({Task.TEXT_TO_VIDEO, Task.TEXT_TO_IMAGE, Task.IMAGE_TO_VIDEO, Task.VIDEO_EXTEND})


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """How to sample."""

    steps: int
    guidance: float
    frame_rate: float
    linear_timesteps: bool
    prompt_tokens_max: int
    condition_noise: float
    decode_timestep: float
    decode_noise: float
    step_cache: float | None
    guidance_every: int
    picture_first: bool


@dataclass(frozen=True, kw_only=True)
class Order:
    """One generation as a recipe takes it. Pictures are RGB and have the clip's own size.

    `shape` is what the model makes; the caller's may be larger and smoother.
    """

    task: Task
    prompt: str
    negative_prompt: str
    shape: Shape
    seed: int
    knobs: Knobs
    first_frame: Image.Image | None = None
    last_frame: Image.Image | None = None
    source_frames: tuple[Image.Image, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def is_guided(self) -> bool:
        """Each step compares the prompt with its opposite: two passes in place of one."""
        return self.knobs.guidance > 1

    @property
    def needs_opening(self) -> bool:
        """A clip from words alone, by a model that draws its first picture before it."""
        given = self.first_frame or self.last_frame or self.source_frames
        return self.knobs.picture_first and self.shape.frames > 1 and not given

    def digest(self, checkpoint: Checkpoint) -> str:
        """Names exactly this work: the same digest, the same latents."""
        words = {
            "checkpoint": checkpoint.fingerprint,
            "task": self.task,
            "prompt": [self.prompt, self.negative_prompt],
            "shape": asdict(self.shape),
            "seed": self.seed,
            "knobs": asdict(self.knobs),
        }
        digest = hashlib.sha256(json.dumps(words, sort_keys=True).encode())
        for picture in (self.first_frame, self.last_frame, *self.source_frames):
            digest.update(b"-" if picture is None else picture.tobytes())
        return digest.hexdigest()


def take_order(
    request: GenerationRequest, pictures: tuple[Picture, ...], checkpoint: Checkpoint
) -> Order:
    """Check everything that can be checked before weights are loaded."""
    if request.task not in TASKS:
        raise InvalidRequest(
            f"{request.model} does not do {request.task.value}",
            field="task",
            fix=f"choose one of {', '.join(sorted(TASKS))}",
        )
    if not request.task.is_video and request.shape.frames != 1:
        raise InvalidRequest(
            f"a picture has one frame; got {request.shape.frames}",
            field="frames",
            fix="ask for one frame, or for a video",
        )
    shape = native_shape(request.shape, checkpoint.manifest)
    check_shape(shape, checkpoint.shape_rule, checkpoint.manifest, model=checkpoint.family.name)
    first = _pictures(pictures, ReferenceRole.FIRST_FRAME, shape)
    last = _pictures(pictures, ReferenceRole.LAST_FRAME, shape)
    source = _pictures(pictures, ReferenceRole.SOURCE_VIDEO, shape)
    _refuse_other_roles(pictures)
    _refuse_missing(request.task, first, source)
    _refuse_contradictions(shape, first, last, source)
    return Order(
        task=request.task,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        shape=shape,
        seed=request.seed,
        knobs=_knobs(request, checkpoint),
        first_frame=first[0] if first else None,
        last_frame=last[0] if last else None,
        source_frames=source,
        notes=_crop_notes(pictures, shape),
    )


def _knobs(request: GenerationRequest, checkpoint: Checkpoint) -> Knobs:
    manifest, defaults = checkpoint.manifest, checkpoint.family.defaults
    steps: Any = request.params.get("steps") or manifest.steps or defaults.steps
    if not is_whole(steps, least=1, most=STEPS_MAX):
        raise InvalidRequest(
            f"steps must be a whole number between 1 and {STEPS_MAX}; got {steps!r}",
            field="steps",
            fix="leave steps out to use the model's own",
        )
    guidance: Any = request.params.get("guidance")
    if guidance is None:
        guidance = defaults.guidance if manifest.guidance is None else manifest.guidance
    if not is_number(guidance, least=0, most=GUIDANCE_MAX):
        raise InvalidRequest(
            f"guidance must be between 0 and {GUIDANCE_MAX:g}; got {guidance!r}",
            field="guidance",
            fix="leave guidance out to use the model's own",
        )
    decode_noise = manifest.decode_noise
    return Knobs(
        steps=steps,
        guidance=float(guidance),
        frame_rate=manifest.frame_rate or manifest.fps or request.shape.fps,
        linear_timesteps=manifest.timesteps == "linear",
        prompt_tokens_max=manifest.prompt_tokens_max or defaults.prompt_tokens_max,
        condition_noise=manifest.condition_noise,
        decode_timestep=manifest.decode_timestep,
        decode_noise=manifest.decode_timestep if decode_noise is None else decode_noise,
        step_cache=manifest.step_cache,
        guidance_every=manifest.guidance_every,
        picture_first=manifest.picture_first,
    )


def _refuse_other_roles(pictures: tuple[Picture, ...]) -> None:
    known = {ReferenceRole.FIRST_FRAME, ReferenceRole.LAST_FRAME, ReferenceRole.SOURCE_VIDEO}
    for picture in pictures:
        if picture.reference.role not in known:
            role = picture.reference.role.value
            raise InvalidRequest(
                f"this model can't use a {role}", field=role, fix=f"leave {role} out"
            )


def _refuse_missing(
    task: Task, first: tuple[Image.Image, ...], source: tuple[Image.Image, ...]
) -> None:
    if task is Task.IMAGE_TO_VIDEO and not first:
        raise InvalidRequest(
            "a video from a picture needs its first frame", field="first_frame", fix="add a picture"
        )
    if task is Task.VIDEO_EXTEND and not source:
        raise InvalidRequest(
            "there is no video to go on from", field="source_video", fix="name a video"
        )


def _refuse_contradictions(
    shape: Shape,
    first: tuple[Image.Image, ...],
    last: tuple[Image.Image, ...],
    source: tuple[Image.Image, ...],
) -> None:
    if last and shape.frames == 1:
        raise InvalidRequest(
            "a single frame has no last frame", field="last_frame", fix="leave last_frame out"
        )
    if first and source:
        raise InvalidRequest(
            "a video that goes on from another begins with its frames",
            field="first_frame",
            fix="leave first_frame out",
        )
    for field, given in (("first_frame", first), ("last_frame", last)):
        if len(given) > 1:
            raise InvalidRequest(f"there can be one {field}", field=field, fix="give one picture")


def _pictures(
    pictures: tuple[Picture, ...], role: ReferenceRole, shape: Shape
) -> tuple[Image.Image, ...]:
    return tuple(_fit(picture, shape) for picture in pictures if picture.reference.role is role)


def _fit(picture: Picture, shape: Shape) -> Image.Image:
    """Fill the clip's frame: resized without distortion, the overhang cut off evenly."""
    image = Image.fromarray(picture.pixels)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    scale = max(shape.width / image.width, shape.height / image.height)
    width, height = shape.width / scale, shape.height / scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    return image.resize(
        (shape.width, shape.height),
        Image.Resampling.LANCZOS,
        box=(left, top, left + width, top + height),
    )


def _crop_notes(pictures: tuple[Picture, ...], shape: Shape) -> tuple[Note, ...]:
    wanted = shape.width / shape.height
    for picture in pictures:
        height, width = picture.pixels.shape[:2]
        if abs(width / height / wanted - 1) > CROP_WORTH_SAYING:
            return (
                Note(
                    code="picture_cropped",
                    zh="图片的宽高比与视频不同，已居中裁剪。",
                    en="The picture has another aspect ratio than the video; its edges were cut.",
                ),
            )
    return ()
