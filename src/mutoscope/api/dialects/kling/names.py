"""Kling's model names: what each promises, and which local model answers to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from mutoscope.catalog import Model
from mutoscope.core.errors import InvalidRequest, ModelUnavailable

ANY = "*"
SIZES: Mapping[str, str] = MappingProxyType({"std": "720p", "pro": "1080p", "4k": "2160p"})
# The words of each field that asks for a size, and the modes that they mean.
MODES: Mapping[str, str] = MappingProxyType({"std": "std", "pro": "pro", "4k": "4k"})
RESOLUTIONS: Mapping[str, str] = MappingProxyType({"720p": "std", "1080p": "pro", "4k": "4k"})
PICTURE_RESOLUTIONS: Mapping[str, str] = MappingProxyType({"1k": "std", "2k": "pro", "4k": "4k"})
SMOOTH = 30
FIVE_OR_TEN = (5.0, 10.0)
THREE_TO_TEN = tuple(float(seconds) for seconds in range(3, 11))
THREE_TO_FIFTEEN = tuple(float(seconds) for seconds in range(3, 16))

TEXT2VIDEO = "text2video"
IMAGE2VIDEO = "image2video"
MULTI_IMAGE2VIDEO = "multi-image2video"
IMAGES = "generations"
MULTI_IMAGE2IMAGE = "multi-image2image"
OMNI_VIDEO = "omni-video"
OMNI_IMAGE = "omni-image"
EFFECTS = "effects"
NEW_OMNI_VIDEO = "new-omni-video"


@dataclass(frozen=True)
class KlingModel:
    """One of Kling's names, with what may be asked of it (the capability tables)."""

    operations: frozenset[str]
    seconds: tuple[float, ...] = FIVE_OR_TEN
    modes: tuple[str, ...] = ("std", "pro")
    # What its modes mean, where that is not `SIZES`.
    sizes: Mapping[str, str] = field(default_factory=dict)
    # Those of its modes that there are for pictures.
    picture_modes: tuple[str, ...] = ("std", "pro")
    # Ratios of pictures that it does not make.
    picture_ratios_without: frozenset[str] = frozenset()
    # Operations whose videos have 30 frames a second; where the local model can't, its own count.
    smooth: frozenset[str] = frozenset()


def _model(
    *operations: str,
    seconds: tuple[float, ...] = FIVE_OR_TEN,
    modes: tuple[str, ...] = ("std", "pro"),
    sizes: Mapping[str, str] | None = None,
    picture_modes: tuple[str, ...] = ("std", "pro"),
    picture_ratios_without: frozenset[str] = frozenset(),
    smooth: tuple[str, ...] = (),
) -> KlingModel:
    return KlingModel(
        frozenset(operations),
        seconds,
        modes,
        sizes or {},
        picture_modes,
        picture_ratios_without,
        frozenset(smooth),
    )


# Both modes of these make videos of one size; pictures of the oldest have one, too.
ALL_720 = {"std": "720p", "pro": "720p"}
ALL_1080 = {"std": "1080p", "pro": "1080p"}
ONE_K = ("std",)


KLING_MODELS: Mapping[str, KlingModel] = MappingProxyType(
    {
        "kling-v1": _model(
            TEXT2VIDEO,
            IMAGE2VIDEO,
            IMAGES,
            sizes=ALL_720,
            picture_modes=ONE_K,
            picture_ratios_without=frozenset({"21:9"}),
            smooth=(TEXT2VIDEO, IMAGE2VIDEO),
        ),
        "kling-v1-5": _model(IMAGE2VIDEO, IMAGES, picture_modes=ONE_K, smooth=(IMAGE2VIDEO,)),
        "kling-v1-6": _model(
            TEXT2VIDEO, IMAGE2VIDEO, MULTI_IMAGE2VIDEO, EFFECTS, smooth=(IMAGE2VIDEO,)
        ),
        "kling-v2": _model(IMAGES, MULTI_IMAGE2IMAGE),
        "kling-v2-new": _model(IMAGES, picture_modes=ONE_K),
        "kling-v2-master": _model(TEXT2VIDEO, IMAGE2VIDEO, sizes=ALL_720),
        "kling-v2-1": _model(IMAGE2VIDEO, IMAGES, MULTI_IMAGE2IMAGE),
        "kling-v2-1-master": _model(TEXT2VIDEO, IMAGE2VIDEO, sizes=ALL_1080),
        "kling-v2-5-turbo": _model(TEXT2VIDEO, IMAGE2VIDEO),
        "kling-v2-6": _model(TEXT2VIDEO, IMAGE2VIDEO),
        "kling-v3": _model(
            TEXT2VIDEO,
            IMAGE2VIDEO,
            IMAGES,
            seconds=THREE_TO_FIFTEEN,
            modes=("std", "pro", "4k"),
        ),
        "kling-video-o1": _model(OMNI_VIDEO, seconds=THREE_TO_TEN),
        "kling-image-o1": _model(OMNI_IMAGE),
        "kling-v3-omni": _model(
            OMNI_VIDEO,
            OMNI_IMAGE,
            seconds=THREE_TO_FIFTEEN,
            modes=("std", "pro", "4k"),
            picture_modes=("std", "pro", "4k"),
        ),
        # The names of the new standard, which stand in the path.
        "kling-2.5-turbo": _model("text-to-video", "image-to-video"),
        "kling-2.6": _model("text-to-video", "image-to-video"),
        "kling-3.0": _model(
            "text-to-video",
            "image-to-video",
            seconds=THREE_TO_FIFTEEN,
            modes=("std", "pro", "4k"),
        ),
        "kling-3.0-turbo": _model("text-to-video", "image-to-video", seconds=THREE_TO_FIFTEEN),
        "kling-3.0-omni": _model(
            NEW_OMNI_VIDEO, seconds=THREE_TO_FIFTEEN, modes=("std", "pro", "4k")
        ),
        "kling-o1": _model(NEW_OMNI_VIDEO, seconds=THREE_TO_TEN),
    }
)


class LocalModel(BaseModel):
    """The local model that answers to a name, and its sizes where they are not 720p and 1080p."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    # From Kling's modes to the local model's sizes: {"std": "480p"}.
    sizes: dict[str, str] = {}


TABLE: TypeAdapter[dict[str, str | LocalModel]] = TypeAdapter(dict[str, str | LocalModel])


@dataclass(frozen=True)
class Chosen:
    """Which local model is meant. `kling` is None when it was called by its own name."""

    name: str
    local: str | None
    kling: KlingModel | None
    sizes: Mapping[str, str]
    is_smooth: bool = False

    def fps(self, model: Model) -> int | None:
        """How many frames a second to ask for; None leaves it to the local model."""
        return SMOOTH if self.is_smooth and SMOOTH in model.length.fps else None

    def size(
        self, word: str | None, words: Mapping[str, str], model: Model, *, field: str
    ) -> str | None:
        """The local size for the caller's word. InvalidRequest lists the words that there are.

        `words` are what this field may say, each with the mode that it means.
        """
        if self.kling is None:
            mode = words.get(word or "")
            return word if mode is None else self.sizes[mode]
        modes = self.kling.modes if words is not PICTURE_RESOLUTIONS else self.kling.picture_modes
        sizes = {
            each: self.sizes[mode]
            for each, mode in words.items()
            if mode in modes and self.sizes[mode] in model.sizes()
        }
        if word is not None and word not in sizes:
            raise InvalidRequest(
                f"{field} {word!r} is not offered by {self.name} here",
                field=field,
                fix=f"one of {', '.join(sizes)}" if sizes else "leave it out",
            )
        # A local model with none of Kling's sizes answers in its own, unless one is asked for.
        return sizes[word] if word else next(iter(sizes.values()), None)

    def check_seconds(self, seconds: float | None, *, field: str) -> float | None:
        """The length to ask for: 5 s by default. InvalidRequest when it isn't promised."""
        if self.kling is None:
            return seconds
        asked = 5.0 if seconds is None else seconds
        if asked not in self.kling.seconds:
            lengths = ", ".join(f"{each:g}" for each in self.kling.seconds)
            raise InvalidRequest(
                f"{field} {asked:g} is not offered by {self.name}",
                field=field,
                fix=f"one of {lengths}",
            )
        return asked


class Names:
    """The administrator's table: Kling's names to local models.

    A JSON file, read at every use so that an edit takes effect at once. `"*"` stands for all
    names that are not listed; without it, or without a file, they mean the default model.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def choose(self, name: str, operation: str) -> Chosen:
        """Whom a name means. Names that are none of Kling's are taken for local models."""
        kling = KLING_MODELS.get(name)
        if kling is None:
            return Chosen(name, name, None, SIZES)
        if operation not in kling.operations:
            fitting = ", ".join(n for n, m in KLING_MODELS.items() if operation in m.operations)
            raise InvalidRequest(
                f"model_name {name} does not offer {operation}",
                field="model_name",
                fix=f"one of {fitting}",
            )
        table = self.table()
        local = table.get(name, table.get(ANY))
        model, own_sizes = (None, {}) if local is None else (local.model, local.sizes)
        return Chosen(
            name, model, kling, {**SIZES, **kling.sizes, **own_sizes}, operation in kling.smooth
        )

    def known(self) -> Mapping[str, tuple[str, ...]]:
        """Every name that may be mapped, with the modes that it has; the last is for all others."""
        return {name: model.modes for name, model in KLING_MODELS.items()} | {ANY: tuple(SIZES)}

    def put(self, name: str, model: str | None, sizes: Mapping[str, str]) -> None:
        """Let a name mean a local model, with these sizes for its modes; None: no model of its own.

        Whoever calls has seen that the model is there and has the sizes.
        """
        if self._file is None:
            raise ModelUnavailable("these names are kept nowhere", field="name")
        modes = self.known().get(name)
        if modes is None:
            raise InvalidRequest(f"{name!r} is no name of Kling's", field="name")
        if unknown := sorted(set(sizes) - set(modes)):
            raise InvalidRequest(f"{name} has no mode {unknown[0]!r}", field="sizes")
        table = dict(self.table())
        table.pop(name, None)
        if model is not None:
            table[name] = LocalModel(model=model, sizes=dict(sizes))
        draft = self._file.with_suffix(".draft")
        draft.write_bytes(TABLE.dump_json(dict(table), indent=2, exclude_defaults=True))
        draft.replace(self._file)

    def table(self) -> Mapping[str, LocalModel]:
        """The table as it stands. ModelUnavailable says what is wrong with the file."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            entries = TABLE.validate_python(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise ModelUnavailable(
                f"{self._file.name} can't be read: {error}", field="model_name"
            ) from error
        unknown = sorted(set(entries) - set(KLING_MODELS) - {ANY})
        if unknown:
            raise ModelUnavailable(
                f"{self._file.name} names {unknown[0]!r}, which is no name of Kling's",
                field="model_name",
            )
        return {
            name: LocalModel(model=entry) if isinstance(entry, str) else entry
            for name, entry in entries.items()
        }
