"""More around a picture: its own edges go on, mirrored and ever softer, into a scene if words name
one. The picture itself stays as it is, pixel by pixel.
"""

import cv2
import numpy as np

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.expansion import Expansion, Placement
from mutoscope.core.rendering import Note
from mutoscope.core.request import GenerationRequest
from mutoscope.storyboard.brush import uncovered
from mutoscope.storyboard.cutout import subject_mask
from mutoscope.storyboard.pictures import on_white
from mutoscope.storyboard.pixels import Floats, Pixels
from mutoscope.storyboard.planner.plan import plan_scenes
from mutoscope.storyboard.scene import Place, Shot
from mutoscope.storyboard.stage import Stage

PAINTED_SIDE_MAX = 1600
# In shares of the picture's shorter side: how wide the seam to a painted scene is, how soft the
# picture's own edges get, and how far away.
SEAM = 0.35
SOFT = 0.035
SOFT_FROM, SOFT_BY = 0.05, 0.6

CONTINUED = Note(
    "surroundings_continued",
    "四周由图片自身的边缘延续而成（镜像并逐渐柔化），没有画出新的东西",
    "The surroundings continue the picture's own edges, mirrored and ever softer; nothing new is"
    " drawn",
)
PAINTED = Note(
    "surroundings_painted",
    "四周从图片边缘过渡到文字所说的地点、时间和天气；其中的人和物不会画出",
    "The surroundings pass from the picture's edges into the place, time and weather that the"
    " words name; people and things named are not drawn",
)


def surrounded(request: GenerationRequest, picture: Pixels) -> tuple[Pixels, tuple[Note, ...]]:
    """The one frame of an expanded picture (straight RGBA in, RGB out), and what to say of it."""
    place = _placement(request, picture)
    inner = on_white(picture)
    if inner.shape[:2] != (place.inner_height, place.inner_width):
        size = (place.inner_width, place.inner_height)
        inner = np.asarray(cv2.resize(inner, size, interpolation=cv2.INTER_AREA))
    draw = np.random.default_rng([request.seed, 91])
    frame = _continued(_without_subject(inner, place), place, stretch=float(draw.uniform(1, 1.25)))
    shot = _named_scene(request)
    if shot is not None:
        frame = _into(frame, _painted(shot, place, request.seed), place)
    box = _box(place)
    frame[box] = inner
    return frame, (CONTINUED if shot is None else PAINTED,)


def _placement(request: GenerationRequest, picture: Pixels) -> Placement:
    rows, columns = picture.shape[:2]
    place = Expansion(**request.params["expand"]).place(columns, rows)
    if (place.width, place.height) != (request.shape.width, request.shape.height):
        raise InvalidRequest("the canvas does not fit the picture", field="expand")
    return place


def _box(place: Placement) -> tuple[slice, slice]:
    return (
        slice(place.top, place.top + place.inner_height),
        slice(place.left, place.left + place.inner_width),
    )


def _without_subject(inner: Pixels, place: Placement) -> Pixels:
    """The picture with its subject painted over, so that no twin of it shows up in the mirror."""
    solid = np.dstack([inner, np.full(inner.shape[:2], 255, np.uint8)])
    mask = subject_mask(solid)
    if mask is None:
        return inner
    grows = (
        (place.top > 0, mask[0]),
        (place.top + place.inner_height < place.height, mask[-1]),
        (place.left > 0, mask[:, 0]),
        (place.left + place.inner_width < place.width, mask[:, -1]),
    )
    # What reaches an edge that grows has to go on beyond it.
    if any(is_new and (edge > 127).any() for is_new, edge in grows):
        return inner
    return uncovered(inner, [mask])


def _outside(place: Placement) -> tuple[Floats, Floats]:
    """For each column and each row: how many pixels it lies outside the picture, signed."""
    columns = np.arange(place.width, dtype=np.float32) - place.left
    rows = np.arange(place.height, dtype=np.float32) - place.top
    across = columns - np.clip(columns, 0, place.inner_width - 1)
    down = rows - np.clip(rows, 0, place.inner_height - 1)
    return across, down


def _continued(ground: Pixels, place: Placement, *, stretch: float) -> Pixels:
    """The picture mirrored outwards, a little larger than itself, softer the farther away."""
    across, down = _outside(place)
    columns = np.arange(place.width, dtype=np.float32) - place.left - across * (1 - 1 / stretch)
    rows = np.arange(place.height, dtype=np.float32) - place.top - down * (1 - 1 / stretch)
    mirrored = cv2.remap(
        ground,
        np.ascontiguousarray(np.broadcast_to(columns, (place.height, place.width))),
        np.ascontiguousarray(np.broadcast_to(rows[:, None], (place.height, place.width))),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    short = min(place.inner_width, place.inner_height)
    soft = _blurred(mirrored, SOFT * short)
    weight = np.clip((_distance(place) / short - SOFT_FROM) / SOFT_BY, 0, 1)
    return _mixed(mirrored, soft, weight)


def _blurred(picture: Pixels, sigma: float) -> Pixels:
    """Gaussian, done small: large ones are slow."""
    scale = max(1, int(sigma / 4))
    rows, columns = picture.shape[:2]
    small = cv2.resize(
        picture, (max(1, columns // scale), max(1, rows // scale)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / scale), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC))


def _distance(place: Placement) -> Floats:
    """How far each pixel is from the picture, in pixels."""
    across, down = _outside(place)
    return np.hypot(across[None, :], down[:, None])


def _named_scene(request: GenerationRequest) -> Shot | None:
    """The scene that the words name, empty of people, things and titles; None if they name none."""
    if not request.prompt:
        return None
    planned = plan_scenes(
        [(request.prompt, None)], seconds=5.0, negative=request.negative_prompt, pictures=1
    )
    shot = planned.shots.shots[0]
    if shot.place is Place.STUDIO and shot.backdrop is None:
        return None
    return shot.model_copy(update={"subjects": (), "texts": (), "camera": (), "narration": None})


def _painted(shot: Shot, place: Placement, seed: int) -> Pixels:
    scale = min(1.0, PAINTED_SIDE_MAX / max(place.width, place.height))
    width, height = max(16, round(place.width * scale)), max(16, round(place.height * scale))
    stage = Stage(shot, width=width, height=height, seed=(seed, 0))
    frame = stage.frame(shot.seconds / 2)
    return np.asarray(cv2.resize(frame, (place.width, place.height), interpolation=cv2.INTER_CUBIC))


def _into(continued: Pixels, painted: Pixels, place: Placement) -> Pixels:
    """From the picture's own edges into the painted scene."""
    margins = (
        place.left,
        place.top,
        place.width - place.left - place.inner_width,
        place.height - place.top - place.inner_height,
    )
    seam = min(SEAM * min(place.inner_width, place.inner_height), 0.8 * max(margins))
    share = np.clip(_distance(place) / max(1.0, seam), 0, 1)
    return _mixed(continued, painted, share * share * (3 - 2 * share))


def _mixed(first: Pixels, second: Pixels, weight: Floats) -> Pixels:
    """`first` where the weight is 0, `second` where it is 1; (height, width) of 0..1."""
    share = cv2.merge([np.round(weight * 255).astype(np.uint8)] * 3)
    kept = cv2.multiply(first, cv2.bitwise_not(share), scale=1 / 255)
    result: Pixels = cv2.add(kept, cv2.multiply(second, share, scale=1 / 255))
    return result
