"""From a clip to stored files: the labelled video or picture, its thumbnail and its strip.

The order is fixed by what the labels need: encode once with the label inside, read it back,
hash, store. Nothing touches the bytes after that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mutoscope.core.clock import Clock
from mutoscope.core.errors import GenerationFailed
from mutoscope.core.ids import AssetId, GenerationId, new_opaque_id
from mutoscope.core.rendering import Clip, Sound
from mutoscope.core.request import Task
from mutoscope.core.state import Stage
from mutoscope.generations.generation import Asset, AssetKind, Generation
from mutoscope.generations.progress import EncodedPreview, Reporter
from mutoscope.media import (
    EncodedPicture,
    EncodedVideo,
    Footage,
    PictureFormat,
    PreviewMaker,
    Provenance,
    Watermark,
    encode_mp3,
    encode_picture,
    encode_small,
    encode_video,
    encode_wave,
)
from mutoscope.storage import BlobStore

if TYPE_CHECKING:
    from mutoscope.core.rendering import Frame


@dataclass(frozen=True)
class FileMaker:
    """Writes what a renderer made, labelled as made by AI."""

    blobs: BlobStore
    clock: Clock
    # Who made it, for the label, and the key that proves it.
    producer: str
    label_key: bytes

    def make(
        self, generation: Generation, position: int, clip: Clip, workspace: Path, report: Reporter
    ) -> list[Asset]:
        """Encode and store one result; the rows are written when the whole job succeeds."""
        if generation.request.task.is_sound:
            return self._sounds(generation, position, clip, workspace, report)
        if generation.request.task.is_video:
            return self._video(generation, position, clip, workspace, report)
        return self._picture(generation, position, clip, workspace)

    def previewer(
        self, generation_id: GenerationId, workspace: Path
    ) -> "Callable[[Frame], EncodedPreview]":
        """What turns a frame of a running generation into a small labelled picture."""

        def encode(frame: "Frame") -> EncodedPreview:
            path = workspace / "preview"
            # JPEG: it is made again every second, beside the drawing itself.
            picture = encode_small(
                frame,
                path,
                provenance=self._provenance(str(generation_id)),
                picture_format=PictureFormat.JPEG,
            )
            data = path.read_bytes()
            path.unlink()
            return EncodedPreview(picture.format.media_type, data)

        return encode

    def _video(
        self, generation: Generation, position: int, clip: Clip, workspace: Path, report: Reporter
    ) -> list[Asset]:
        asset_id = AssetId(new_opaque_id())
        path = workspace / f"result-{position}.mp4"
        previews = PreviewMaker(clip.shape)
        total = clip.shape.frames

        def on_frame(done: int) -> None:
            # A clip that is drawn as it is encoded says so itself; one that came whole does not.
            if report.stage is not Stage.DRAW:
                report(Stage.ENCODE_VIDEO, done, total)

        video = encode_video(
            previews.watch(clip.frames),
            clip.shape,
            path,
            provenance=self._provenance(asset_id),
            sound=clip.sound,
            on_frame=on_frame,
        )
        marked: list[Asset] = []
        if generation.request.watermark:
            marked = [self._marked_video(generation, position, clip, video, workspace, report)]
        report(Stage.STORE, 0, 1)
        return [
            self._film(generation, position, AssetKind.VIDEO, asset_id, video),
            *marked,
            *self._previews(generation, position, previews, workspace),
        ]

    def _sounds(
        self, generation: Generation, position: int, clip: Clip, workspace: Path, report: Reporter
    ) -> list[Asset]:
        """The video that the sound is for, if any; it as MP3; where it is short, as a wave, too."""
        if clip.sound is None:
            raise GenerationFailed("the model made no sound")
        task = generation.request.task
        is_dubbing = task is Task.VIDEO_TO_AUDIO
        videos = self._video(generation, position, clip, workspace, report) if is_dubbing else []
        sounds = [self._heard(generation, position, AssetKind.AUDIO, clip.sound, workspace)]
        # Of long speech a wave would be as large as a film.
        if task is not Task.TEXT_TO_SPEECH:
            sounds.append(self._heard(generation, position, AssetKind.WAVE, clip.sound, workspace))
        return [*videos, *sounds]

    def _heard(
        self,
        generation: Generation,
        position: int,
        kind: AssetKind,
        sound: Sound,
        workspace: Path,
    ) -> Asset:
        asset_id = AssetId(new_opaque_id())
        provenance = self._provenance(asset_id)
        if kind is AssetKind.AUDIO:
            path = workspace / f"result-{position}.mp3"
            encoded = encode_mp3(sound, path, provenance=provenance)
        else:
            path = workspace / f"result-{position}.wav"
            encoded = encode_wave(sound, path, provenance=provenance)
        return Asset(
            id=asset_id,
            generation_id=generation.id,
            position=position,
            kind=kind,
            size_bytes=encoded.bytes,
            blob=self.blobs.put_file(encoded.path),
            media_type=encoded.media_type,
            width=0,
            height=0,
            frames=encoded.milliseconds,
            fps=1000,
            created_at=self.clock.now(),
        )

    def _marked_video(
        self,
        generation: Generation,
        position: int,
        clip: Clip,
        video: EncodedVideo,
        workspace: Path,
        report: Reporter,
    ) -> Asset:
        """The finished video once more, with the mark on its frames: they were drawn only once."""
        asset_id = AssetId(new_opaque_id())
        footage = Footage(lambda: video.path.open("rb"))
        shape = replace(clip.shape, width=video.width, height=video.height)
        mark = Watermark(width=video.width, height=video.height)

        def on_frame(done: int) -> None:
            report(Stage.ENCODE_VIDEO, done, shape.frames)

        marked = encode_video(
            mark.over(footage.frames()),
            shape,
            workspace / f"marked-{position}.mp4",
            provenance=self._provenance(asset_id),
            sound=clip.sound,
            on_frame=on_frame,
        )
        return self._film(generation, position, AssetKind.WATERMARKED, asset_id, marked)

    def _film(
        self,
        generation: Generation,
        position: int,
        kind: AssetKind,
        asset_id: AssetId,
        video: EncodedVideo,
    ) -> Asset:
        return Asset(
            id=asset_id,
            generation_id=generation.id,
            position=position,
            kind=kind,
            size_bytes=video.bytes,
            blob=self.blobs.put_file(video.path),
            media_type="video/mp4",
            width=video.width,
            height=video.height,
            frames=video.frames,
            fps=video.fps,
            created_at=self.clock.now(),
        )

    def _previews(
        self, generation: Generation, position: int, previews: PreviewMaker, workspace: Path
    ) -> list[Asset]:
        small_id, strip_id = AssetId(new_opaque_id()), AssetId(new_opaque_id())
        small = previews.thumbnail(
            workspace / f"thumbnail-{position}.webp", provenance=self._provenance(small_id)
        )
        strip = previews.strip(
            workspace / f"strip-{position}.webp", provenance=self._provenance(strip_id)
        )
        return [
            self._still(generation, position, AssetKind.THUMBNAIL, small_id, small),
            self._still(
                generation,
                position,
                AssetKind.STRIP,
                strip_id,
                strip.picture,
                facts=strip.index.to_json(),
            ),
        ]

    def _picture(
        self, generation: Generation, position: int, clip: Clip, workspace: Path
    ) -> list[Asset]:
        frame = next(iter(clip.frames), None)
        if frame is None:
            raise GenerationFailed("the model made no picture")
        asset_id, small_id = AssetId(new_opaque_id()), AssetId(new_opaque_id())
        picture = encode_picture(
            frame,
            workspace / f"result-{position}.png",
            picture_format=PictureFormat.PNG,
            provenance=self._provenance(asset_id),
        )
        small = encode_small(
            frame,
            workspace / f"thumbnail-{position}.webp",
            provenance=self._provenance(small_id),
        )
        assets = [
            self._still(generation, position, AssetKind.IMAGE, asset_id, picture),
            self._still(generation, position, AssetKind.THUMBNAIL, small_id, small),
        ]
        if generation.request.watermark:
            assets.append(self._marked_picture(generation, position, frame, workspace))
        return assets

    def _marked_picture(
        self, generation: Generation, position: int, frame: "Frame", workspace: Path
    ) -> Asset:
        asset_id = AssetId(new_opaque_id())
        mark = Watermark(width=frame.shape[1], height=frame.shape[0])
        picture = encode_picture(
            mark.on(frame),
            workspace / f"marked-{position}.png",
            picture_format=PictureFormat.PNG,
            provenance=self._provenance(asset_id),
        )
        return self._still(generation, position, AssetKind.WATERMARKED, asset_id, picture)

    def _still(
        self,
        generation: Generation,
        position: int,
        kind: AssetKind,
        asset_id: AssetId,
        picture: EncodedPicture,
        *,
        facts: str = "{}",
    ) -> Asset:
        return Asset(
            id=asset_id,
            generation_id=generation.id,
            position=position,
            kind=kind,
            size_bytes=picture.bytes,
            blob=self.blobs.put_file(picture.path),
            media_type=picture.format.media_type,
            width=picture.width,
            height=picture.height,
            frames=1,
            fps=1,
            created_at=self.clock.now(),
            facts=facts,
        )

    def _provenance(self, produce_id: str) -> Provenance:
        return Provenance(producer=self.producer, produce_id=produce_id, key=self.label_key)
