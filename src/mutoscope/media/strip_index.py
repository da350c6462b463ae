"""Where each moment stands in a preview strip. Light: the web process writes its WebVTT."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class StripIndex:
    """A sheet of equal tiles, left to right, top to bottom, over `seconds` of video."""

    tiles: int
    columns: int
    tile_width: int
    tile_height: int
    seconds: float

    def to_json(self) -> str:
        """As it is stored beside the strip."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "StripIndex":
        """Read it back; ValueError or TypeError if it is something else."""
        return cls(**json.loads(text))

    def to_webvtt(self, url: str) -> str:
        """Thumbnails as players take them: a cue for each tile, naming its part of the sheet."""
        cues = ["WEBVTT\n"]
        for tile in range(self.tiles):
            row, column = divmod(tile, self.columns)
            start, end = (self.seconds * edge / self.tiles for edge in (tile, tile + 1))
            corner = f"{column * self.tile_width},{row * self.tile_height}"
            area = f"#xywh={corner},{self.tile_width},{self.tile_height}"
            cues.append(f"{_clock(start)} --> {_clock(end)}\n{url}{area}\n")
        return "\n".join(cues)


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
