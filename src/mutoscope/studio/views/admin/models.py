"""Models: which are here and in memory, which is the default, what the names of vendors mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, Response

from mutoscope.catalog import Catalog, Model, Unusable
from mutoscope.core.errors import InvalidRequest, ModelUnavailable, MutoscopeError
from mutoscope.generations import choose_default_model
from mutoscope.jobs import WorkerCard
from mutoscope.studio.explain import Complaint, complaint
from mutoscope.studio.house import LocalName
from mutoscope.studio.views.admin.tabs import Tab, tabs
from mutoscope.studio.visit import Housekeeper, MemberVisit, Posted, text_of

router = APIRouter(prefix="/admin/models")


@dataclass(frozen=True)
class ModelLine:
    """A model that is here."""

    model: Model
    is_default: bool
    # Of its files; None for what has none.
    bytes: int | None
    # Workers that serve its lane; of these, how many hold it in memory, and how many were asked to
    # load it, or to let it go, and have not done so yet.
    serving: int
    warm: int
    loading: int
    unloading: int
    # Why a worker could not load it when it was asked to.
    trouble: str


@dataclass(frozen=True)
class NameLine:
    """A vendor's name; `means` is None where it means the default."""

    name: str
    modes: tuple[str, ...]
    means: LocalName | None


@dataclass(frozen=True)
class ModelsPage:
    """Everything templates/pages/admin_models.html may use."""

    tabs: list[Tab]
    models: list[ModelLine]
    unusable: list[Unusable]
    folder: Path
    names: list[NameLine]
    modes: list[str]
    # Of all models.
    sizes: list[str]
    typed: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, Complaint] = field(default_factory=dict)


@router.get("")
def models_page(visit: Housekeeper) -> Response:
    """What can be made here, and with what."""
    return visit.show("pages/admin_models.html", _page(visit))


@router.post("/default")
def choose_default(visit: Housekeeper, posted: Posted) -> Response:
    """Let a model be the one of those who name none."""
    try:
        choose_default_model(visit.rooms, visit.actor, text_of(posted, "model"))
    except MutoscopeError as error:
        return _refuse(visit, "default", error)
    return visit.leads_to("/admin/models")


@router.post("/names")
def map_name(visit: Housekeeper, posted: Posted) -> Response:
    """Let a vendor's name mean a local model; no model lets it mean the default."""
    fields = ("name", "model", *(f"size_{mode}" for mode in _modes(visit)))
    typed = {name: text_of(posted, name).strip() for name in fields}
    names = visit.house.office.names()
    sizes = {mode: size for mode in _modes(visit) if (size := typed[f"size_{mode}"])}
    try:
        _check_sizes(visit.rooms.catalog, typed["model"], sizes)
        told = {"model": typed["model"] or "default", **sizes}
        with visit.rooms.database.transaction() as tx:
            organization = visit.owner.organization_id
            verb = "house.vendor_name.mapped"
            visit.rooms.trail.record(tx, visit.actor, verb, typed["name"], organization, **told)
            names.put(typed["name"], typed["model"] or None, sizes)
    except MutoscopeError as error:
        return _refuse(visit, "names", error, typed)
    return visit.leads_to("/admin/models#names")


@router.post("/memory")
def move_model(visit: Housekeeper, posted: Posted) -> Response:
    """Ask the workers that serve a model to load it, or to let it go: they do it between jobs."""
    name, is_loaded = text_of(posted, "model"), text_of(posted, "loaded") == "yes"
    workers = visit.house.office.workers
    try:
        model = visit.rooms.catalog.find(name)
        serving = [worker for worker, card in workers.alive().items() if _serves(card, model)]
        if not serving:
            raise ModelUnavailable(f"no worker here serves {name}", field="model")
        with visit.rooms.database.transaction() as tx:
            organization = visit.owner.organization_id
            verb = f"house.model.{'load' if is_loaded else 'unload'}_asked"
            visit.rooms.trail.record(tx, visit.actor, verb, name, organization)
            for worker in serving:
                workers.wish(worker, name, is_loaded=is_loaded)
    except MutoscopeError as error:
        return _refuse(visit, "default", error)
    return visit.leads_to("/admin/models")


def _serves(card: WorkerCard | None, model: Model) -> bool:
    return card is not None and model.lane in card.lanes


def _check_sizes(catalog: Catalog, name: str, sizes: Mapping[str, str]) -> None:
    if sizes and not name:
        raise InvalidRequest(
            "sizes are a model's, and the default may become another",
            field="model",
            fix="choose the model, or leave the sizes empty",
        )
    model = catalog.find(name or None)
    for mode, size in sizes.items():
        if size not in model.sizes():
            raise InvalidRequest(
                f"{model.id} has no size {size!r} for {mode}",
                field="sizes",
                fix=f"one of {', '.join(model.sizes())}",
            )


def _modes(visit: MemberVisit) -> list[str]:
    """Every mode that some name has, in the vendor's order."""
    known = visit.house.office.names().known()
    return list(dict.fromkeys(mode for modes in known.values() for mode in modes))


def _refuse(
    visit: MemberVisit, name: str, error: MutoscopeError, typed: Mapping[str, str] | None = None
) -> Response:
    page = _page(visit, typed, {name: complaint(error, visit.words)})
    return visit.show("pages/admin_models.html", page, visit.house.status_of(error))


def _page(
    visit: MemberVisit,
    typed: Mapping[str, str] | None = None,
    complaints: Mapping[str, Complaint] | None = None,
) -> ModelsPage:
    catalog, office = visit.rooms.catalog, visit.house.office
    alive = office.workers.alive()
    wishes = {worker: office.workers.wishes(worker) for worker in alive}
    default = catalog.find(None).id
    said = dict(complaints or {})
    try:
        table = office.names().table()
    except ModelUnavailable as error:
        table = {}
        said.setdefault("names", complaint(error, visit.words))
    return ModelsPage(
        tabs=tabs(visit),
        models=[
            _line(each, alive, wishes, is_default=each.id == default) for each in catalog.models()
        ],
        unusable=catalog.unusable(),
        folder=office.models,
        names=[
            NameLine(name, modes, table.get(name)) for name, modes in office.names().known().items()
        ],
        modes=_modes(visit),
        sizes=list(dict.fromkeys(s for each in catalog.models() for s in each.sizes())),
        typed=typed or {},
        complaints=said,
    )


def _line(
    model: Model,
    alive: Mapping[str, WorkerCard | None],
    wishes: Mapping[str, Mapping[str, bool]],
    *,
    is_default: bool,
) -> ModelLine:
    serving = {worker: card for worker, card in alive.items() if card and _serves(card, model)}
    asked = [wishes[worker].get(model.id) for worker in serving]
    troubles = [
        card.unloadable[model.id] for card in serving.values() if model.id in card.unloadable
    ]
    return ModelLine(
        model=model,
        is_default=is_default,
        bytes=size_of(model.folder) if model.folder else None,
        serving=len(serving),
        warm=sum(model.id in card.loaded for card in serving.values()),
        loading=asked.count(True),
        unloading=asked.count(False),
        trouble=troubles[0] if troubles else "",
    )


def size_of(folder: Path) -> int:
    """The bytes of every file in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
