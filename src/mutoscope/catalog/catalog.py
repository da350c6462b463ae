"""Which models exist here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mutoscope.catalog.families import ltx, wan
from mutoscope.catalog.families.diffusers import INDEX, pipeline_of
from mutoscope.catalog.families.storyboard import STORYBOARD
from mutoscope.catalog.model import Model
from mutoscope.core.errors import ModelUnavailable, UnknownModel

FROM_FOLDER: dict[str, Callable[[Path, str], Model]] = {
    **dict.fromkeys(wan.PIPELINES, wan.from_folder),
    **dict.fromkeys(ltx.PIPELINES, ltx.from_folder),
}


@dataclass(frozen=True)
class Unusable:
    """A model folder that can't be offered, and why."""

    name: str
    reason: str


# Models that come with the program. A folder of the same name among the user's goes before.
SHIPPED = Path(__file__).parent.parent / "shipped"


class Catalog:
    """The storyboard, what is shipped, and every checkpoint in the folder of models."""

    def __init__(self, models_folder: Path, shipped: Path = SHIPPED) -> None:
        self._folders = (models_folder, shipped)

    def models(self) -> list[Model]:
        """All models on offer, the default first."""
        return [STORYBOARD, *(m for m in self._local() if isinstance(m, Model))]

    def unusable(self) -> list[Unusable]:
        """Folders that look like models and are none, for the administrator."""
        return [m for m in self._local() if isinstance(m, Unusable)]

    def find(self, name: str | None) -> Model:
        """The model of that name, or the default for None. UnknownModel lists what there is."""
        if name is None or name == STORYBOARD.id:
            return STORYBOARD
        for model in self._local():
            if isinstance(model, Model) and model.id == name:
                return model
            if isinstance(model, Unusable) and model.name == name:
                raise ModelUnavailable(f"{name}: {model.reason}", field="model")
        names = ", ".join(m.id for m in self.models())
        raise UnknownModel(f"there is no model {name!r} here", field="model", fix=f"one of {names}")

    def offering(self, knob: str) -> Model | None:
        """The first model that has a knob of this name and can be used now."""
        able = (m for m in self.models() if knob in m.params.model_fields and m.unavailable is None)
        return next(able, None)

    def _local(self) -> list[Model | Unusable]:
        named: dict[str, Path] = {}
        for home in self._folders:
            for index in sorted(home.glob(f"*/{INDEX}")):
                named.setdefault(index.parent.name, index.parent)
        return [_describe(folder) for folder in named.values()]


def _describe(folder: Path) -> Model | Unusable:
    try:
        pipeline = pipeline_of(folder)
        if pipeline not in FROM_FOLDER:
            known = ", ".join(sorted(FROM_FOLDER))
            raise ModelUnavailable(f"{pipeline} is none of the pipelines known here: {known}")
        return FROM_FOLDER[pipeline](folder, pipeline)
    except ModelUnavailable as error:
        return Unusable(folder.name, error.detail)
