"""From the bodies of the legacy standard to submissions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mutoscope.api.dialects.kling.bodies import (
    Effect,
    ImageGeneration,
    ImageToVideo,
    MultiImageToImage,
    MultiImageToVideo,
    OmniImage,
    OmniVideo,
    PictureBody,
    ShotBody,
    TextToVideo,
    VideoBody,
)
from mutoscope.api.dialects.kling.collections import (
    EFFECTS,
    IMAGE2VIDEO,
    IMAGES,
    MULTI_IMAGE2IMAGE,
    MULTI_IMAGE2VIDEO,
    OMNI_IMAGE,
    OMNI_VIDEO,
    TEXT2VIDEO,
    Collection,
)
from mutoscope.api.dialects.kling.effects import scene_words
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
    without_mentions,
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
OMNI_IMAGE_FIELDS = PICTURE_FIELDS | {"subject": "image_list"}
OMNI_VIDEO_FIELDS = FIELDS | {"first_frame": "image_list", "last_frame": "image_list"}
EFFECT_FIELDS = dict.fromkeys(("model", "task", "subject", "seconds", "size"), "effect_scene")
OMNI_ROLES = {
    None: ReferenceRole.SUBJECT,
    "first_frame": ReferenceRole.FIRST_FRAME,
    "end_frame": ReferenceRole.LAST_FRAME,
}
AUTO = "auto"
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

    def omni_video(self, body: OmniVideo) -> Submission:
        """A video from words, of frames, or of subjects, whichever the body holds."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-video-o1", OMNI_VIDEO.operation)
        items = body.image_list or []
        given = omni_pictures([(item.type, item.image_url) for item in items])
        framed = any(each.role is ReferenceRole.FIRST_FRAME for each in given)
        params: dict[str, Any] = dict(sound_params(self._catalog, chosen, body.sound))
        if body.multi_shot:
            at_most_one(image_list=given, multi_shot=body.multi_shot)
            require_shots(self._catalog, chosen, "multi_shot")
            params |= _shot_list(body, chosen)
        words = self._video_words(body, chosen, mode=self._omni_mode(body, chosen))
        words["prompt"] = without_mentions(words["prompt"], pictures=len(items))
        wish = Wish(
            task=Task.IMAGE_TO_VIDEO if given else Task.TEXT_TO_VIDEO,
            # A frame decides for itself.
            ratio=None if framed else ratio_of(body.aspect_ratio, chosen, VIDEO_RATIOS),
            params=params,
            **words,
        )
        return _submission(OMNI_VIDEO, body, wish, given)

    def effect(self, body: Effect) -> Submission:
        """A scene of Kling's around the subject of a picture, for five seconds."""
        refuse_what_is_not_offered(body)
        words = scene_words(body.effect_scene)
        if body.input.image is None:
            raise InvalidRequest("input.image is missing", field="input.image", fix="send it")
        chosen = self._names.choose("kling-v1-6", EFFECTS.operation)
        wish = Wish(
            task=Task.IMAGE_TO_VIDEO,
            prompt=words,
            model=chosen.local,
            size=chosen.size(None, MODES, self._catalog.find(chosen.local), field="effect_scene"),
            ratio=ratio_of(None, chosen, VIDEO_RATIOS),
            seconds=chosen.check_seconds(None, field="effect_scene"),
            params=sound_params(self._catalog, chosen, None),
        )
        subject = picture(ReferenceRole.SUBJECT, body.input.image, "input.image")
        return _submission(EFFECTS, body, wish, [subject])

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

    def omni_image(self, body: OmniImage) -> Submission:
        """Pictures from words, with the subjects of other pictures in them."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(body.model_name or "kling-image-o1", OMNI_IMAGE.operation)
        _require_prompt(body.prompt)
        one_of(body.result_type or "single", ("single",), "result_type")
        items = body.image_list or []
        words = self._picture_words(body, chosen, body.resolution)
        words["prompt"] = without_mentions(words["prompt"], pictures=len(items))
        wish = Wish(task=Task.IMAGE_TO_IMAGE if items else Task.TEXT_TO_IMAGE, **words)
        subjects = [
            picture(ReferenceRole.SUBJECT, item.image, f"image_list.{number}.image")
            for number, item in enumerate(items)
        ]
        return _submission(OMNI_IMAGE, body, wish, subjects)

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

    def _omni_mode(self, body: OmniVideo, chosen: Chosen) -> str | None:
        """The mode asked for. Omni's is `pro` unless said, where the local model has it."""
        if body.mode is None and chosen.kling is not None:
            return (
                "pro" if chosen.sizes["pro"] in self._catalog.find(chosen.local).sizes() else None
            )
        return body.mode

    def _video_words(
        self, body: VideoBody, chosen: Chosen, *, mode: str | None = None
    ) -> dict[str, Any]:
        model = self._catalog.find(chosen.local)
        return {
            "prompt": _prompt(body),
            "negative_prompt": body.negative_prompt or "",
            "model": chosen.local,
            "size": chosen.size(mode or body.mode, MODES, model, field="mode"),
            "seconds": chosen.check_seconds(body.duration, field="duration"),
            "fps": chosen.fps(model),
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
            "ratio": _picture_ratio(body, chosen),
            "count": 1 if body.n is None else body.n,
        }


def _picture_ratio(body: PictureBody, chosen: Chosen) -> str | None:
    """The ratio to ask for; omni-image leaves it to the model unless it says so."""
    if isinstance(body, OmniImage) and (body.aspect_ratio or AUTO) == AUTO:
        return None
    without = chosen.kling.picture_ratios_without if chosen.kling else frozenset()
    offered = tuple(ratio for ratio in PICTURE_RATIOS if ratio not in without)
    return ratio_of(body.aspect_ratio, chosen, offered)


def omni_pictures(
    items: Sequence[tuple[str | None, str]], field: str = "image_list.{}.image_url"
) -> list[GivenPicture]:
    """Pictures by their type: frames, or subjects; not both, and no end without a beginning."""
    given = []
    for number, (kind, text) in enumerate(items):
        if kind is not None:
            one_of(kind, ("first_frame", "end_frame"), f"image_list.{number}.type")
        given.append(picture(OMNI_ROLES[kind], text, field.format(number)))
    roles = [each.role for each in given]
    frames = [role for role in roles if role is not ReferenceRole.SUBJECT]
    place = field.partition(".")[0]
    if len(set(frames)) < len(frames):
        raise InvalidRequest(f"{place} holds a frame twice", field=place, fix="send each once")
    if frames and ReferenceRole.FIRST_FRAME not in frames:
        raise InvalidRequest(f"{place} has no first frame", field=place, fix="send one, too")
    if frames and len(frames) < len(roles):
        raise InvalidRequest(
            f"{place} holds frames and other pictures",
            field=place,
            fix="send either: a video that begins with a frame shows what is in it",
        )
    return given


def _submission(
    collection: Collection,
    body: TaskBody,
    wish: Wish,
    uploads: list[GivenPicture] | None = None,
) -> Submission:
    return Submission(
        wish=replace(wish, watermark=body.wants_watermark),
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


def _shot_list(body: ShotBody | OmniVideo, chosen: Chosen) -> dict[str, Any]:
    """Shots as told; with `intelligence` the model finds them in the prompt by itself."""
    if one_of(body.shot_type or "", SHOT_TYPES, "shot_type") == "intelligence":
        _require_prompt(body.prompt)
        return {}
    seconds = chosen.check_seconds(body.duration, field="duration")
    return shot_params(_shots(body), seconds=seconds, field="multi_prompt")


def _shots(body: ShotBody | OmniVideo) -> list[Shot]:
    return [Shot(item.index, item.prompt, item.duration) for item in body.multi_prompt or []]


def _prompt(body: VideoBody) -> str:
    if isinstance(body, ShotBody | OmniVideo) and body.multi_shot and body.shot_type == "customize":
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
