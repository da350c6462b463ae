"""A picture with more around it (outpainting)."""

from mutoscope.api.dialects.kling.bodies import Expand
from mutoscope.api.dialects.kling.collections import EXPAND
from mutoscope.api.dialects.kling.errors import NotOffered
from mutoscope.api.dialects.kling.parts import picture
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.expansion import AREA_MAX, Expansion
from mutoscope.core.request import ReferenceRole, Task, Wish
from mutoscope.generations import Submission

SIDES = ("up", "down", "left", "right")
FIRST = "up_expansion_ratio"
# What our own words for a field are called in this body.
FIELDS = {
    **{f"expand.{side}": f"{side}_expansion_ratio" for side in SIDES},
    "expand": FIRST,
    "count": "n",
    "inset": "image",
}


def expansion(body: Expand, catalog: Catalog) -> Submission:
    """What to make around the picture, with the first model that can."""
    refuse_what_is_not_offered(body)
    model = catalog.offering("expand")
    if model is None:
        raise NotOffered(
            f"{EXPAND.path} is not available here", fix="no installed model paints around a picture"
        )
    room = Expansion(
        up=body.up_expansion_ratio,
        down=body.down_expansion_ratio,
        left=body.left_expansion_ratio,
        right=body.right_expansion_ratio,
    )
    if room.area <= 1:
        raise InvalidRequest(
            "all four expansion ratios are 0", field=FIRST, fix="send one of them above 0"
        )
    if room.is_too_large:
        raise InvalidRequest(
            f"the new picture would be {room.area:.3g} times as large as the old one",
            field=FIRST,
            fix=f"let (1 + up + down) x (1 + left + right) be {AREA_MAX:g} at most",
        )
    wish = Wish(
        task=Task.IMAGE_TO_IMAGE,
        model=model.id,
        prompt=body.prompt or "",
        watermark=body.wants_watermark,
        count=1 if body.n is None else body.n,
        params={"expand": {side: getattr(room, side) for side in SIDES}},
    )
    return Submission(
        wish=wish,
        uploads=[picture(ReferenceRole.INSET, body.image, "image")],
        dialect=EXPAND.dialect,
        external_task_id=body.external_task_id,
    )
