"""A process that plans one brief: JSON comes in, its shots go out, each with its words."""

import json
import sys
from typing import Any

from mutoscope.core.errors import NothingToDraw
from mutoscope.storyboard.planner.cuts import BLANK, DISSOLVES, FADES, OUT, scenes
from mutoscope.storyboard.planner.plan import plan_scenes


def shots_of(brief: str, seconds: float) -> dict[str, Any]:
    """The shots of a brief, or the problem with it."""
    parts = scenes(brief)
    try:
        planned = plan_scenes([(part, None) for part in parts], seconds=seconds)
    except NothingToDraw as error:
        return {"problem": error.detail, "fix": error.fix or ""}
    return {
        "shots": [
            {
                "words": part.strip(BLANK + DISSOLVES + FADES + OUT),
                "seconds": round(shot.seconds, 1),
                "scene": shot.model_dump(mode="json", exclude_defaults=True, exclude={"seconds"}),
            }
            for part, shot in zip(parts, planned.shots.shots, strict=True)
        ]
    }


if __name__ == "__main__":
    order = json.load(sys.stdin)
    json.dump(shots_of(order["brief"], order["seconds"]), sys.stdout)
