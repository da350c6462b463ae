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

    def __init__(
        self, models_folder: Path, shipped: Path = SHIPPED, *, default_file: Path | None = None
    ) -> None:
        """`default_file` names the model of those who name none; read at every use."""
        self._folders = (models_folder, shipped)
        self._default_file = default_file

    def models(self) -> list[Model]:
        """All models on offer, the default first."""
        found = [STORYBOARD, *(m for m in self._local() if isinstance(m, Model))]
        default = self._chosen()
        return sorted(found, key=lambda model: model.id != default)

    def choose_default(self, name: str) -> None:
        """Let this be the model of those who name none. UnknownModel when it is not here."""
        if self._default_file is None:
            raise ModelUnavailable("this catalogue keeps no default", field="model")
        model = self.find(name)
        if model.unavailable is not None:
            raise ModelUnavailable(f"{model.id}: {model.unavailable}", field="model")
        draft = self._default_file.with_suffix(".draft")
        draft.write_text(model.id, encoding="utf-8")
        draft.replace(self._default_file)

    def unusable(self) -> list[Unusable]:
        """Folders that look like models and are none, for the administrator."""
        return [m for m in self._local() if isinstance(m, Unusable)]

    def find(self, name: str | None) -> Model:
        """The model of that name, or the default for None. UnknownModel lists what there is."""
        if name is None:
            return self.models()[0] if self._chosen() else STORYBOARD
        if name == STORYBOARD.id:
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

    def _chosen(self) -> str:
        """The name in the file; empty where nobody chose."""
        if self._default_file is None:
            return ""
        try:
            return self._default_file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

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
