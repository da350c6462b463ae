"""From a clip to stored files: the labelled video or picture, its thumbnail and its strip.

The order is fixed by what the labels need: encode once with the label inside, read it back,
hash, store. Nothing touches the bytes after that.
"""

from dataclasses import dataclass
from pathlib import Path

from mutoscope.core.clock import Clock
from mutoscope.core.errors import GenerationFailed
from mutoscope.core.ids import AssetId, new_opaque_id
from mutoscope.core.rendering import Clip
from mutoscope.core.state import Stage
from mutoscope.generations.generation import Asset, AssetKind, Generation
from mutoscope.generations.progress import Reporter
from mutoscope.media.encode import encode_video
from mutoscope.media.picture_encoder import encode_picture
from mutoscope.media.pictures import PictureFormat
from mutoscope.media.provenance import Provenance
from mutoscope.storage import BlobStore


@dataclass(frozen=True)
class FileMaker:
    """Writes what a renderer made, labelled as made by AI."""

    blobs: BlobStore
    clock: Clock
    # Who made it, for the label, and the key that proves it.
    producer: str
    label_key: bytes

    def make(
        self,
        generation: Generation,
        position: int,
        clip: Clip,
        workspace: Path,
        report: Reporter,
    ) -> list[Asset]:
        """Encode and store one result; its row is written when the whole job succeeds."""
        if generation.request.task.is_video:
            return self._video(generation, position, clip, workspace, report)
        return self._picture(generation, position, clip, workspace)
