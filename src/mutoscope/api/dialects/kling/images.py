"""Create pictures, legacy standard."""

from fastapi import APIRouter

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_token_or_key
from mutoscope.api.dialects.kling.bodies import (
    Expand,
    ImageGeneration,
    MultiImageToImage,
    OmniImage,
)
from mutoscope.api.dialects.kling.collections import (
    EXPAND,
    IMAGES,
    MULTI_IMAGE2IMAGE,
    OMNI_IMAGE,
)
from mutoscope.api.dialects.kling.expand import FIELDS, expansion
from mutoscope.api.dialects.kling.replies import Created, Reply
from mutoscope.api.dialects.kling.tasks import REFUSALS, CallHere, add_queries
from mutoscope.api.dialects.kling.translate import OMNI_IMAGE_FIELDS, PICTURE_FIELDS

router = APIRouter(route_class=route_for(by_token_or_key), tags=["images"], responses=REFUSALS)


@router.post(IMAGES.path, response_model_exclude_none=True)
def generate_images(body: ImageGeneration, call: CallHere) -> Reply[Created]:
    """Pictures from words, or from words and a picture."""
    return call.create(call.translator.images, body, PICTURE_FIELDS)


@router.post(MULTI_IMAGE2IMAGE.path, response_model_exclude_none=True)
def multi_image2image(body: MultiImageToImage, call: CallHere) -> Reply[Created]:
    """A picture of several subjects."""
    return call.create(call.translator.multi_image2image, body, PICTURE_FIELDS)


@router.post(OMNI_IMAGE.path, response_model_exclude_none=True)
def omni_image(body: OmniImage, call: CallHere) -> Reply[Created]:
    """Pictures from words and other pictures."""
    return call.create(call.translator.omni_image, body, OMNI_IMAGE_FIELDS)


@router.post(EXPAND.path, response_model_exclude_none=True)
def expand(body: Expand, call: CallHere) -> Reply[Created]:
    """A picture with more around it."""
    return call.create(lambda wanted: expansion(wanted, call.rooms.catalog), body, FIELDS)


for _collection in (IMAGES, OMNI_IMAGE, MULTI_IMAGE2IMAGE, EXPAND):
    add_queries(router, _collection)
