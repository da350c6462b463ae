"""Pictures somebody gave, sorted by what they are for."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Picture
from mutoscope.core.request import GenerationRequest, ReferenceRole, Task
from mutoscope.storyboard.pixels import Pixels

SUBJECTS_MAX = 7
MASKS_MAX = 6


@dataclass
class Uploaded:
    """The pictures of a request."""

    first: Pixels | None = None
    last: Pixels | None = None
    source: Pixels | None = None
    inset: Pixels | None = None
    subjects: list[Pixels] = field(default_factory=list)
    static_mask: Pixels | None = None
    dynamic_masks: list[Pixels] = field(default_factory=list)

    @property
    def has_frame(self) -> bool:
        """Some picture is the whole frame at some moment."""
        return any(each is not None for each in (self.first, self.last, self.source))


def uploaded(request: GenerationRequest, pictures: tuple[Picture, ...]) -> Uploaded:
    """Sort the pictures of a request; InvalidRequest when they don't fit together."""
    given = Uploaded()
    for picture in pictures:
        pixels = rgba(picture.pixels)
        role = picture.reference.role
        if role is ReferenceRole.FIRST_FRAME and not request.task.is_video:
            given.subjects.append(pixels)  # a picture of one frame has it for its subject
        elif role is ReferenceRole.FIRST_FRAME:
            given.first = pixels
        elif role is ReferenceRole.LAST_FRAME:
            given.last = pixels
        elif role is ReferenceRole.SOURCE_VIDEO:
            given.source = pixels
        elif role is ReferenceRole.SUBJECT:
            given.subjects.append(pixels)
        elif role is ReferenceRole.INSET:
            given.inset = pixels
        elif role is ReferenceRole.STATIC_MASK:
            given.static_mask = pixels
        else:
            given.dynamic_masks.append(pixels)
    if len(given.subjects) > SUBJECTS_MAX:
        raise InvalidRequest(f"at most {SUBJECTS_MAX} subject pictures", field="references")
    if len(given.dynamic_masks) > MASKS_MAX:
        raise InvalidRequest(f"at most {MASKS_MAX} dynamic masks", field="dynamic_masks")
    masked = given.static_mask is not None or given.dynamic_masks
    if masked and given.first is None:
        raise InvalidRequest("masks need a first frame to lie on", field="static_mask")
    if request.task is Task.VIDEO_EXTEND and given.source is None:
        raise InvalidRequest("extending needs the video to extend", field="video")
    return given


def rgba(pixels: Pixels) -> Pixels:
    """Any picture as straight RGBA."""
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    if pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels)
    solid = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.ascontiguousarray(np.concatenate([pixels[..., :3], solid], axis=2))


def on_white(picture: Pixels) -> Pixels:
    """Straight RGBA as RGB, what is transparent on white."""
    if picture[..., 3].min() == 255:
        return np.ascontiguousarray(picture[..., :3])
    cover = picture[..., 3:].astype(np.float32) / 255
    mixed = picture[..., :3] * cover + 255 * (1 - cover)
    return np.ascontiguousarray(mixed.astype(np.uint8))


def filled(picture: Pixels, width: int, height: int) -> Pixels:
    """A picture scaled and cut at its sides so that it fills a frame, RGB."""
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(width, round(columns * scale)), max(height, round(rows * scale)))
    scaled: Any = cv2.resize(on_white(picture), size, interpolation=how)
    x, y = (scaled.shape[1] - width) // 2, (scaled.shape[0] - height) // 2
    return np.ascontiguousarray(scaled[y : y + height, x : x + width])
