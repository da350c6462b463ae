"""Create videos, legacy standard."""

from fastapi import APIRouter

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_token_or_key
from mutoscope.api.dialects.kling.bodies import (
    Effect,
    ImageToVideo,
    MultiImageToVideo,
    OmniVideo,
    TextToVideo,
    VideoExtend,
)
from mutoscope.api.dialects.kling.collections import (
    EFFECTS,
    IMAGE2VIDEO,
    MULTI_IMAGE2VIDEO,
    OMNI_VIDEO,
    TEXT2VIDEO,
    VIDEO_EXTEND,
)
from mutoscope.api.dialects.kling.extend import FIELDS, extension
from mutoscope.api.dialects.kling.replies import Created, Reply
from mutoscope.api.dialects.kling.tasks import REFUSALS, CallHere, add_queries
from mutoscope.api.dialects.kling.translate import EFFECT_FIELDS, OMNI_VIDEO_FIELDS

router = APIRouter(route_class=route_for(by_token_or_key), tags=["videos"], responses=REFUSALS)


@router.post(TEXT2VIDEO.path, response_model_exclude_none=True)
def text2video(body: TextToVideo, call: CallHere) -> Reply[Created]:
    """A video from words."""
    return call.create(call.translator.text2video, body)


@router.post(IMAGE2VIDEO.path, response_model_exclude_none=True)
def image2video(body: ImageToVideo, call: CallHere) -> Reply[Created]:
    """A video from a picture."""
    return call.create(call.translator.image2video, body)


@router.post(MULTI_IMAGE2VIDEO.path, response_model_exclude_none=True)
def multi_image2video(body: MultiImageToVideo, call: CallHere) -> Reply[Created]:
    """A video of several subjects."""
    return call.create(call.translator.multi_image2video, body)


@router.post(OMNI_VIDEO.path, response_model_exclude_none=True)
def omni_video(body: OmniVideo, call: CallHere) -> Reply[Created]:
    """A video from words, frames or subjects."""
    return call.create(call.translator.omni_video, body, OMNI_VIDEO_FIELDS)


@router.post(EFFECTS.path, response_model_exclude_none=True)
def effects(body: Effect, call: CallHere) -> Reply[Created]:
    """A scene around the subject of a picture."""
    return call.create(call.translator.effect, body, EFFECT_FIELDS)


@router.post(VIDEO_EXTEND.path, response_model_exclude_none=True)
def video_extend(body: VideoExtend, call: CallHere) -> Reply[Created]:
    """Five seconds more of a finished video."""
    video, source = call.find_source(body.video_id)
    return call.create(lambda wanted: extension(wanted, video, source), body, FIELDS)


for _collection in (TEXT2VIDEO, IMAGE2VIDEO, MULTI_IMAGE2VIDEO, OMNI_VIDEO, EFFECTS, VIDEO_EXTEND):
    add_queries(router, _collection)
