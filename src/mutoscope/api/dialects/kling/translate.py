"""From the bodies of the legacy standard to submissions."""

from typing import Any

from mutoscope.api.dialects.kling.bodies import (
    ImageGeneration,
    ImageToVideo,
    MultiImageToImage,
    MultiImageToVideo,
    PictureBody,
    ShotBody,
    TextToVideo,
    VideoBody,
)
from mutoscope.api.dialects.kling.collections import (
    IMAGE2VIDEO,
    IMAGES,
    MULTI_IMAGE2IMAGE,
    MULTI_IMAGE2VIDEO,
    TEXT2VIDEO,
    Collection,
)
from mutoscope.api.dialects.kling.fields import TaskBody
from mutoscope.api.dialects.kling.names import MODES, PICTURE_RESOLUTIONS, Chosen, Names
from mutoscope.api.dialects.kling.parts import (
    PICTURE_RATIOS,
    VIDEO_RATIOS,
    GivenPicture,
    at_most_one,
    camera,
    one_of,
    picture,
    ratio_of,
    require_shots,
    sound_params,
)
from mutoscope.api.dialects.kling.shots import Shot, shot_params, title_of
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import ReferenceRole, Task, Wish
from mutoscope.generations import Submission

# What our own words for a field are called in the legacy standard's bodies.
FIELDS = {
    "model": "model_name",
    "task": "model_name",
    "size": "mode",
    "seconds": "duration",
    "ratio": "aspect_ratio",
    "count": "n",
    "first_frame": "image",
    "last_frame": "image_tail",
    "dynamic_mask": "dynamic_masks",
    "subject": "image_list",
}
PICTURE_FIELDS = FIELDS | {"size": "resolution", "subject": "subject_image_list"}
SHOT_TYPES = ("customize", "intelligence")
IMAGE_FIDELITY = 0.5
HUMAN_FIDELITY = 0.45


class Translator:
    """Turns bodies into submissions; knows the administrator's table and what models can do."""

    def __init__(self, names: Names, catalog: Catalog) -> None:
        self._names = names
        self._catalog = catalog

    def text2video(self, body: TextToVideo) -> Submission:
        """A video from words."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v1", TEXT2VIDEO.operation)
        wish = Wish(
            task=Task.TEXT_TO_VIDEO,
            ratio=ratio_of(body.aspect_ratio, chosen, VIDEO_RATIOS),
            params=self._shot_params(body, chosen),
            **self._video_words(body, chosen),
        )
        return _submission(TEXT2VIDEO, body, wish)

    def image2video(self, body: ImageToVideo) -> Submission:
        """A video from its first frame, its last, or both; with areas that move or stand still."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v1", IMAGE2VIDEO.operation)
        if body.image is None and body.image_tail is None:
            raise InvalidRequest("image is missing", field="image", fix="send image or image_tail")
        at_most_one(
            image_tail=body.image_tail,
            static_mask=body.static_mask,
            camera_control=body.camera_control,
        )
        at_most_one(
            image_tail=body.image_tail,
            dynamic_masks=body.dynamic_masks,
            camera_control=body.camera_control,
        )
        params = self._shot_params(body, chosen)
        if body.dynamic_masks:
            params["trajectories"] = [
                [point.model_dump() for point in mask.trajectories] for mask in body.dynamic_masks
            ]
        wish = Wish(task=Task.IMAGE_TO_VIDEO, params=params, **self._video_words(body, chosen))
        return _submission(IMAGE2VIDEO, body, wish, _frames_and_masks(body))

    def multi_image2video(self, body: MultiImageToVideo) -> Submission:
        """A video of several subjects."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v1-6", MULTI_IMAGE2VIDEO.operation)
        _require_prompt(body.prompt)
        wish = Wish(
            task=Task.IMAGE_TO_VIDEO,
            ratio=ratio_of(body.aspect_ratio, chosen, VIDEO_RATIOS),
            params=sound_params(self._catalog, chosen, None),
            **self._video_words(body, chosen),
        )
        subjects = [
            picture(ReferenceRole.SUBJECT, item.image, f"image_list.{number}.image")
            for number, item in enumerate(body.image_list)
        ]
        return _submission(MULTI_IMAGE2VIDEO, body, wish, subjects)

    def images(self, body: ImageGeneration) -> Submission:
        """Pictures from words, or from words and a picture."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v3", IMAGES.operation)
        _require_prompt(body.prompt)
        _check_reference(body)
        wish = Wish(
            task=Task.TEXT_TO_IMAGE if body.image is None else Task.IMAGE_TO_IMAGE,
            negative_prompt=body.negative_prompt or "",
            **self._picture_words(body, chosen, body.resolution),
        )
        # As a first frame, a picture of one frame would only come back as it is.
        uploads = (
            [] if body.image is None else [picture(ReferenceRole.SUBJECT, body.image, "image")]
        )
        return _submission(IMAGES, body, wish, uploads)

    def multi_image2image(self, body: MultiImageToImage) -> Submission:
        """A picture of several subjects."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-v2-1", MULTI_IMAGE2IMAGE.operation)
        wish = Wish(task=Task.IMAGE_TO_IMAGE, **self._picture_words(body, chosen, None))
        subjects = [
            picture(
                ReferenceRole.SUBJECT,
                item.subject_image,
                f"subject_image_list.{number}.subject_image",
            )
            for number, item in enumerate(body.subject_image_list)
        ]
        return _submission(MULTI_IMAGE2IMAGE, body, wish, subjects)

    def _shot_params(self, body: ShotBody, chosen: Chosen) -> dict[str, Any]:
        params: dict[str, Any] = dict(sound_params(self._catalog, chosen, body.sound))
        if body.camera_control is not None:
            params["camera_control"] = camera(body.camera_control)
        if body.multi_shot:
            require_shots(self._catalog, chosen, "multi_shot")
            params |= _shot_list(body, chosen)
        return params

    def _video_words(self, body: VideoBody, chosen: Chosen) -> dict[str, Any]:
        model = self._catalog.find(chosen.local)
        return {
            "prompt": _prompt(body),
            "negative_prompt": body.negative_prompt or "",
            "model": chosen.local,
            "size": chosen.size(body.mode, MODES, model, field="mode"),
            "seconds": chosen.check_seconds(body.duration, field="duration"),
        }

    def _picture_words(
        self, body: PictureBody, chosen: Chosen, resolution: str | None
    ) -> dict[str, Any]:
        model = self._catalog.find(chosen.local)
        size = chosen.size(resolution, PICTURE_RESOLUTIONS, model, field="resolution")
        return {
            "prompt": body.prompt or "",
            "model": chosen.local,
            "size": size,
            "ratio": ratio_of(body.aspect_ratio, chosen, PICTURE_RATIOS),
            "count": 1 if body.n is None else body.n,
        }


def _submission(
    collection: Collection,
    body: TaskBody,
    wish: Wish,
    uploads: list[GivenPicture] | None = None,
) -> Submission:
    return Submission(
        wish=wish,
        uploads=uploads or [],
        dialect=collection.dialect,
        external_task_id=body.external_task_id,
    )


def _frames_and_masks(body: ImageToVideo) -> list[GivenPicture]:
    given: list[tuple[ReferenceRole, str | None, str]] = [
        (ReferenceRole.FIRST_FRAME, body.image, "image"),
        (ReferenceRole.LAST_FRAME, body.image_tail, "image_tail"),
        (ReferenceRole.STATIC_MASK, body.static_mask, "static_mask"),
    ]
    given += [
        (ReferenceRole.DYNAMIC_MASK, mask.mask, f"dynamic_masks.{number}.mask")
        for number, mask in enumerate(body.dynamic_masks or [])
    ]
    return [picture(role, text, field) for role, text, field in given if text is not None]


def _shot_list(body: ShotBody, chosen: Chosen) -> dict[str, Any]:
    """Shots as told; with `intelligence` the model finds them in the prompt by itself."""
    if one_of(body.shot_type or "", SHOT_TYPES, "shot_type") == "intelligence":
        _require_prompt(body.prompt)
        return {}
    seconds = chosen.check_seconds(body.duration, field="duration")
    return shot_params(_shots(body), seconds=seconds, field="multi_prompt")


def _shots(body: ShotBody) -> list[Shot]:
    return [Shot(item.index, item.prompt, item.duration) for item in body.multi_prompt or []]


def _prompt(body: VideoBody) -> str:
    if isinstance(body, ShotBody) and body.multi_shot and body.shot_type == "customize":
        return title_of(_shots(body))
    return body.prompt or ""


def _check_reference(body: ImageGeneration) -> None:
    """Refuse what the picture can't be used for here, and what Kling refuses with a picture."""
    if body.image is None and body.image_reference is not None:
        raise InvalidRequest(
            "image is missing", field="image", fix="send it with image_reference, or neither"
        )
    if body.image is not None and body.negative_prompt is not None:
        raise InvalidRequest(
            "negative_prompt can't be combined with image",
            field="negative_prompt",
            fix="send one of them",
        )
    if body.image_reference is not None:
        one_of(body.image_reference, ("subject",), "image_reference")
    for field, value, default in (
        ("image_fidelity", body.image_fidelity, IMAGE_FIDELITY),
        ("human_fidelity", body.human_fidelity, HUMAN_FIDELITY),
    ):
        if value not in (None, default):
            raise InvalidRequest(
                f"{field} can't be set here", field=field, fix=f"leave it out, or send {default:g}"
            )


def _require_prompt(prompt: str | None) -> None:
    if not (prompt or "").strip():
        raise InvalidRequest("prompt is empty", field="prompt", fix="say what should be seen")
