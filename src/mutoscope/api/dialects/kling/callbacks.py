"""Callbacks as Kling sends them: the bare task, without the envelope."""

from mutoscope.api.dialects.kling import collections
from mutoscope.api.dialects.kling.modern_replies import modern_task
from mutoscope.api.dialects.kling.replies import task
from mutoscope.api.native.addresses import Addresses
from mutoscope.generations import Generation

MODERN = {collection.dialect for collection in collections.MODERN}


def body(generation: Generation, addresses: Addresses) -> str:
    """The task, in the standard that it was created by."""
    if generation.dialect in MODERN:
        return modern_task(generation, addresses.link).model_dump_json(exclude_none=True)
    # What polling says of watermarks is no part of Kling's callbacks.
    return task(generation, addresses.link).model_dump_json(
        exclude_none=True, exclude={"watermark_info"}
    )
