"""The storyboard as a renderer: a request in, a clip out; no GPU, no weights."""

from collections.abc import Callable, Iterator
from pathlib import Path

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Clip, Note, Picture, Report, Sound
from mutoscope.core.request import GenerationRequest, Shape
from mutoscope.core.state import Stage as Step
from mutoscope.storyboard.checking import check_cast, unset_letters
from mutoscope.storyboard.controls import camera_control, scene_parts, sound_wanted
from mutoscope.storyboard.cutout import cut_out
from mutoscope.storyboard.film import film
from mutoscope.storyboard.hearable import sound_clip
from mutoscope.storyboard.narration import narrated, unheard
from mutoscope.storyboard.pictures import Uploaded, uploaded
from mutoscope.storyboard.pixels import Pixels
from mutoscope.storyboard.planner import Plan
from mutoscope.storyboard.planner.cuts import scenes
from mutoscope.storyboard.planner.plan import plan_scenes
from mutoscope.storyboard.reshaped import filmed_picture
from mutoscope.storyboard.scene import CameraMove, ShotList, read_shot_list
from mutoscope.storyboard.sound import ambience
from mutoscope.storyboard.surroundings import surrounded

SIDE_MAX = 4096
SECONDS_MAX = 60


PICTURE_STANDS = Note(
    "picture_stands",
    "画面就是您给的图片：文字只决定镜头、动作、天气和标题，不会画出新的东西",
    "The picture stands as it is: words only move the camera, the subject and the weather, and set"
    " titles; nothing new is drawn",
)


class StoryboardRenderer:
    """Draws prompts, shot lists and pictures as animated scenes."""

    def render(
        self,
        request: GenerationRequest,
        pictures: tuple[Picture, ...],
        workspace: Path,
        report: Report,
    ) -> Clip:
        """Make the clip; frames are drawn as they are asked for, so a cancel is noticed in one."""
        del workspace  # nothing is worth keeping: drawing again is as quick
        report(Step.PLAN, 0, 1)
        if request.task.is_sound:
            return sound_clip(request)
        given = uploaded(request, pictures)
        if given.inset is not None:
            frame, told = surrounded(request, given.inset)
            report(Step.PLAN, 1, 1)
            return Clip(request.shape, _reported(iter([frame]), request.shape, report), told)
        _check(request.shape)
        shots, notes = shot_list_of(request, given)
        report(Step.PLAN, 1, 1)
        frames = _frames(request, shots, given)
        sound, heard = _sound(request, shots)
        return Clip(
            shape=request.shape, frames=_reported(frames, request.shape, report),
            notes=notes + heard, sound=sound,
        )  # fmt: skip


def _sound(request: GenerationRequest, shots: ShotList) -> tuple[Sound | None, tuple[Note, ...]]:
    """What the clip sounds like: ambience, and narration over it where shots have some."""
    if not sound_wanted(request) or request.shape.frames == 1:
        return None, unheard(shots)
    sound = ambience(shots, request.shape, request.seed)
    if any(shot.narration for shot in shots.shots):
        return narrated(sound, shots, request.shape)
    return sound, ()


def shot_list_of(request: GenerationRequest, given: Uploaded) -> tuple[ShotList, tuple[Note, ...]]:
    """The shot list of a request: the one it brings, or one planned from its words."""
    moves = camera_control(request.params.get("camera_control"))
    told = request.params.get("shots")
    if told:
        shots = read_shot_list(told)
        check_cast(shots, pictures=len(given.subjects))
        return _filmed(shots, moves), unset_letters(shots)
    parts = scene_parts(request) or [(scene, None) for scene in scenes(request.prompt)]
    pictures = len(given.subjects) + (1 if given.has_frame else 0)
    planned: Plan = plan_scenes(
        parts, seconds=request.shape.seconds if request.shape.frames > 1 else 5.0,
        negative=request.negative_prompt, pictures=pictures,
    )  # fmt: skip
    shots = planned.shots
    if given.source is not None:
        # Of a frame the subject is cut out and does what its stand-in does; here it is drawn anew.
        shots = _without_stand_ins(shots, len(given.subjects))
    if given.has_frame and given.source is None:
        return _filmed(shots, moves), (PICTURE_STANDS,)
    return _filmed(shots, moves), planned.notes()


def _without_stand_ins(shots: ShotList, subjects: int) -> ShotList:
    """A picture that is the whole frame is no subject: take it out of the cast again."""
    changed = []
    for shot in shots.shots:
        kept = tuple(
            subject for subject in shot.subjects
            if subject.picture is None or subject.picture < subjects
        )  # fmt: skip
        changed.append(shot.model_copy(update={"subjects": kept}))
    return shots.model_copy(update={"shots": tuple(changed)})


def _filmed(shots: ShotList, moves: tuple[CameraMove, ...]) -> ShotList:
    """The list with a camera that was asked for from outside."""
    if not moves:
        return shots
    changed = tuple(shot.model_copy(update={"camera": moves}) for shot in shots.shots)
    return shots.model_copy(update={"shots": changed})


def _frames(request: GenerationRequest, shots: ShotList, given: Uploaded) -> Iterator[Pixels]:
    if given.has_frame:
        return filmed_picture(request, shots, given)
    cutouts = {number: cut_out(picture) for number, picture in enumerate(given.subjects)}
    return film(shots, request.shape, request.seed, cutouts)


def _reported(frames: Iterator[Pixels], shape: Shape, report: Report) -> Iterator[Pixels]:
    report(Step.DRAW, 0, shape.frames)
    for index, frame in enumerate(frames):
        yield frame
        report(Step.DRAW, index + 1, shape.frames, _preview(frame))


def _preview(frame: Pixels) -> Callable[[], Pixels]:
    return lambda: frame


def _check(shape: Shape) -> None:
    if not (16 <= shape.width <= SIDE_MAX and 16 <= shape.height <= SIDE_MAX):
        raise InvalidRequest(
            f"width and height must be 16 to {SIDE_MAX}; got {shape.width}x{shape.height}",
            field="size",
        )
    if shape.width % 2 or shape.height % 2:
        raise InvalidRequest("width and height must be even", field="size")
    if shape.frames < 1 or not 1 <= shape.fps <= 120 or shape.seconds > SECONDS_MAX:
        raise InvalidRequest(
            f"a clip has 1 frame or more, 1 to 120 a second, {SECONDS_MAX} seconds at most",
            field="seconds",
        )
