"""Generations in the database: written by the use cases, read by everyone who shows them.

Every read names the organization in the query itself: what is another's is not found.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Row

from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import Millicredits
from mutoscope.core.errors import NotFound
from mutoscope.core.ids import (
    AssetId,
    BlobKey,
    GenerationId,
    OrganizationId,
    PersonId,
    ProjectId,
    first_id_at,
)
from mutoscope.core.rendering import Note
from mutoscope.core.request import GenerationRequest, Task
from mutoscope.core.state import JobState, Stage
from mutoscope.db import run_prepared
from mutoscope.db.schema import (
    asset,
    collection_item,
    generation,
    generation_preview,
    idempotency_key,
    job,
)
from mutoscope.generations.generation import Asset, AssetKind, Failure, Generation, Owner

_NOTHING: Mapping[str, Any] = MappingProxyType({})
REQUEST: TypeAdapter[GenerationRequest] = TypeAdapter(GenerationRequest)
NOTES: TypeAdapter[tuple[Note, ...]] = TypeAdapter(tuple[Note, ...])


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A generation about to be written."""

    id: GenerationId
    owner: Owner
    request: GenerationRequest
    quote: Millicredits
    price_version: int
    unit_price: Millicredits
    dialect: str
    dialect_echo: Mapping[str, Any]
    external_task_id: str | None
    made_from: GenerationId | None = None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which generations to list."""

    project_id: ProjectId | None = None
    state: JobState | None = None
    model: str | None = None
    tasks: frozenset[Task] | None = None
    dialect: str | None = None
    # All of them stand in the prompt, whatever their case.
    words: tuple[str, ...] = ()
    person_id: PersonId | None = None
    stars: int | None = None
    # Asked for from then on, and before then.
    since: Milliseconds | None = None
    until: Milliseconds | None = None
    collection_id: str | None = None
    made_from: GenerationId | None = None
    # Those thrown away, instead of those there are.
    is_trashed: bool = False


@dataclass(frozen=True)
class Owners:
    """These organizations, or all but these."""

    names: frozenset[str]
    are_meant: bool

    def of(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a row is theirs."""
        return column.in_(self.names) if self.are_meant else column.not_in(self.names)


@dataclass(frozen=True)
class Preview:
    """The latest small picture of a running generation."""

    step: int
    media_type: str
    picture: bytes


def insert_generation(tx: Connection, draft: Draft, now: Milliseconds) -> Generation:
    """Write a new generation, and give it as it is read back once its job is queued."""
    new = {
        "id": draft.id,
        "organization_id": draft.owner.organization_id,
        "project_id": draft.owner.project_id,
        "api_key_id": draft.owner.key_id,
        "person_id": draft.owner.person_id,
        "task": draft.request.task,
        "model": draft.request.model,
        "prompt": draft.request.prompt,
        "request": REQUEST.dump_json(draft.request).decode(),
        "dialect": draft.dialect,
        "dialect_echo": json.dumps(dict(draft.dialect_echo)),
        "external_task_id": draft.external_task_id,
        "quote": draft.quote,
        "price_version": draft.price_version,
        "unit_price": draft.unit_price,
        "created_at": now,
        "made_from": draft.made_from,
    }
    run_prepared(tx, _NEW_GENERATION, new)
    return Generation(
        id=draft.id,
        owner=draft.owner,
        request=draft.request,
        state=JobState.QUEUED,
        attempt=0,
        cancel_requested=False,
        stage=None,
        step=0,
        steps=0,
        share=0.0,
        quote=draft.quote,
        unit_price=draft.unit_price,
        cost=None,
        failure=None,
        notes=(),
        timings={},
        dialect=draft.dialect,
        dialect_echo=draft.dialect_echo,
        external_task_id=draft.external_task_id,
        assets=(),
        created_at=now,
        started_at=None,
        ended_at=None,
        made_from=draft.made_from,
    )


def insert_assets(tx: Connection, owner: Owner, assets: Iterable[Asset]) -> None:
    """Write the files of a generation."""
    rows = [asdict(a) | {"organization_id": owner.organization_id} for a in assets]
    if rows:
        tx.execute(insert(asset), rows)


def record_success(
    tx: Connection,
    generation_id: GenerationId,
    *,
    cost: Millicredits,
    notes: tuple[Note, ...],
    timings: Mapping[str, float],
) -> None:
    """Write what a finished generation cost and what its maker remarked."""
    tx.execute(
        update(generation)
        .where(generation.c.id == generation_id)
        .values(cost=cost, notes=NOTES.dump_json(notes).decode(), timings=json.dumps(dict(timings)))
    )
    drop_preview(tx, generation_id)


def record_failure(tx: Connection, generation_id: GenerationId, failure: Failure) -> None:
    """Write why a generation failed."""
    tx.execute(
        update(generation)
        .where(generation.c.id == generation_id)
        .values(error_code=failure.code, error_detail=failure.detail)
    )
    drop_preview(tx, generation_id)


def find(
    tx: Connection, organization_id: OrganizationId, generation_id: GenerationId
) -> Generation:
    """One generation of the organization's. NotFound when there is none."""
    asked = {"organization_id": organization_id, "generation_id": generation_id}
    return _one(tx, _by_id(), asked)


def find_by_external_id(
    tx: Connection, organization_id: OrganizationId, external_task_id: str
) -> Generation:
    """The generation its caller gave this id. NotFound when there is none."""
    asked = {"organization_id": organization_id, "external_task_id": external_task_id}
    return _one(tx, _by_external_id(), asked)


def external_id_is_used(
    tx: Connection, organization_id: OrganizationId, external_task_id: str
) -> bool:
    """Whether the organization gave this id before, even to a generation it has deleted since."""
    asked = {"organization_id": organization_id, "external_task_id": external_task_id}
    return tx.scalar(_external_id(), asked) is not None


def find_for_worker(tx: Connection, generation_id: GenerationId) -> Generation:
    """A generation, whoever owns it: for the worker that makes it."""
    return _one(tx, _all().where(generation.c.id == generation_id))


def listing(
    tx: Connection,
    organization_id: OrganizationId,
    wanted: Filter,
    *,
    before: GenerationId | None = None,
    limit: int = 20,
    offset: int = 0,
) -> list[Generation]:
    """Generations, newest first, starting below `before`."""
    query = _thrown_away(organization_id) if wanted.is_trashed else _visible(organization_id)
    if wanted.project_id is not None:
        query = query.where(generation.c.project_id == wanted.project_id)
    if wanted.state is not None:
        query = query.where(job.c.state == wanted.state)
    if wanted.model is not None:
        query = query.where(generation.c.model == wanted.model)
    if wanted.tasks is not None:
        query = query.where(generation.c.task.in_(wanted.tasks))
    if wanted.dialect is not None:
        query = query.where(generation.c.dialect == wanted.dialect)
    query = _narrowed(query, wanted)
    for word in wanted.words:
        query = query.where(generation.c.prompt.icontains(word, autoescape=True))
    if before is not None:
        query = query.where(generation.c.id < before)
    rows = tx.execute(query.order_by(generation.c.id.desc()).limit(limit).offset(offset)).all()
    files = _assets(tx, [row.id for row in rows])
    return [_generation(row, files[row.id]) for row in rows]


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    """By who, when, how good and in which collection."""
    if wanted.person_id is not None:
        query = query.where(generation.c.person_id == wanted.person_id)
    if wanted.stars is not None:
        query = query.where(generation.c.rating >= wanted.stars)
    if wanted.since is not None:
        query = query.where(generation.c.id >= first_id_at(wanted.since))
    if wanted.until is not None:
        query = query.where(generation.c.id < first_id_at(wanted.until))
    if wanted.collection_id is not None:
        inside = select(collection_item.c.generation_id).where(
            collection_item.c.collection_id == wanted.collection_id
        )
        query = query.where(generation.c.id.in_(inside))
    if wanted.made_from is not None:
        query = query.where(generation.c.made_from == wanted.made_from)
    return query


def find_asset(tx: Connection, organization_id: OrganizationId, asset_id: AssetId) -> Asset:
    """A file of the organization's. NotFound when there is none."""
    mine = (asset.c.id == asset_id) & (asset.c.organization_id == organization_id)
    return _one_asset(tx, select(asset).where(mine))


def find_linked_asset(tx: Connection, asset_id: AssetId) -> Asset:
    """A file named by a signed link, which speaks for its owner. NotFound when it is gone."""
    return _one_asset(tx, select(asset).where(asset.c.id == asset_id))


def remember_key(
    tx: Connection,
    project_id: ProjectId,
    key: str,
    request_hash: str,
    generation_id: GenerationId,
    now: Milliseconds,
) -> None:
    """Write which generation an idempotency key led to."""
    used = {
        "project_id": project_id,
        "key": key,
        "request_hash": request_hash,
        "generation_id": generation_id,
        "created_at": now,
    }
    tx.execute(_NEW_KEY, used)


def recall_key(tx: Connection, project_id: ProjectId, key: str) -> tuple[GenerationId, str] | None:
    """The generation and request hash of an idempotency key used before."""
    row = tx.execute(_used_key(), {"project_id": project_id, "key": key}).first()
    return None if row is None else (row.generation_id, row.request_hash)


def write_preview(
    tx: Connection, generation_id: GenerationId, preview: Preview, now: Milliseconds
) -> None:
    """Replace the preview of a running generation."""
    values = {
        "step": preview.step,
        "media_type": preview.media_type,
        "picture": preview.picture,
        "updated_at": now,
    }
    mine = generation_preview.c.generation_id == generation_id
    if tx.execute(update(generation_preview).where(mine).values(values)).rowcount == 0:
        tx.execute(insert(generation_preview).values(generation_id=generation_id, **values))


def read_preview(tx: Connection, generation_id: GenerationId) -> Preview | None:
    """The latest preview, if there is one. The caller has checked whose generation it is."""
    mine = generation_preview.c.generation_id == generation_id
    row = tx.execute(select(generation_preview).where(mine)).first()
    return None if row is None else Preview(row.step, row.media_type, row.picture)


def drop_preview(tx: Connection, generation_id: GenerationId) -> None:
    """Forget the preview of a generation that has ended."""
    tx.execute(
        delete(generation_preview).where(generation_preview.c.generation_id == generation_id)
    )


def mark_deleted(tx: Connection, generation_id: GenerationId, now: Milliseconds) -> list[BlobKey]:
    """Strike out a generation, its words and its files; returns the blobs that are loose now.

    The row stays: the ledger and the caller's own id refer to it.
    """
    bare = {"deleted_at": now, "prompt": "", "request": "{}", "dialect_echo": "{}"}
    tx.execute(update(generation).where(generation.c.id == generation_id).values(bare))
    tx.execute(delete(collection_item).where(collection_item.c.generation_id == generation_id))
    blobs = set(tx.scalars(select(asset.c.blob).where(asset.c.generation_id == generation_id)))
    tx.execute(delete(asset).where(asset.c.generation_id == generation_id))
    return unreferenced(tx, blobs)


def rate(tx: Connection, generation_id: GenerationId, stars: int | None) -> None:
    """Write how good it is. The caller has checked whose it is."""
    tx.execute(update(generation).where(generation.c.id == generation_id).values(rating=stars))


def mark_trashed(tx: Connection, ids: Iterable[GenerationId], now: Milliseconds) -> None:
    """Put them out of sight; all of them is kept. The caller has checked whose they are."""
    tx.execute(update(generation).where(generation.c.id.in_(set(ids))).values(trashed_at=now))


def mark_restored(
    tx: Connection, organization_id: OrganizationId, ids: Iterable[GenerationId]
) -> int:
    """Put back those of the organization's that were out of sight; returns how many."""
    mine = (generation.c.organization_id == organization_id) & generation.c.deleted_at.is_(None)
    trashed = mine & generation.c.trashed_at.is_not(None) & generation.c.id.in_(set(ids))
    return tx.execute(update(generation).where(trashed).values(trashed_at=None)).rowcount


def trashed_before(tx: Connection, moment: Milliseconds, *, limit: int) -> list[GenerationId]:
    """What was thrown away by then and not taken back."""
    old = select(generation.c.id).where(
        (generation.c.trashed_at < moment) & generation.c.deleted_at.is_(None)
    )
    return list(tx.scalars(old.limit(limit)))


def unreferenced(tx: Connection, blobs: Iterable[BlobKey]) -> list[BlobKey]:
    """Those of `blobs` that no file of any generation refers to."""
    asked = set(blobs)
    kept = set(tx.scalars(select(asset.c.blob).where(asset.c.blob.in_(asked))))
    return sorted(asked - kept)


def under_way_of(
    tx: Connection, organization_id: OrganizationId, person_id: PersonId
) -> list[GenerationId]:
    """What somebody has asked for that has not ended."""
    query = (
        select(generation.c.id)
        .join_from(job, generation, generation.c.id == job.c.id)
        .where(
            (job.c.tenant == organization_id)
            & job.c.ended_at.is_(None)
            & (generation.c.person_id == person_id)
        )
    )
    return [GenerationId(generation_id) for generation_id in tx.scalars(query)]


def ended_before(
    tx: Connection, moment: Milliseconds, owners: Owners, *, limit: int
) -> list[GenerationId]:
    """The oldest generations that had ended by then and are still kept."""
    old = (
        select(generation.c.id)
        .join_from(generation, job, job.c.id == generation.c.id)
        .where(generation.c.deleted_at.is_(None))
        .where(generation.c.id < first_id_at(moment))
        .where(job.c.ended_at < moment)
        .where(owners.of(generation.c.organization_id))
    )
    return list(tx.scalars(old.order_by(generation.c.id).limit(limit)))


def _all() -> Select[Any]:
    return select(
        generation,
        job.c.state,
        job.c.attempt,
        job.c.cancel_requested,
        job.c.stage,
        job.c.step,
        job.c.steps,
        job.c.progress_ppm,
        job.c.started_at,
        job.c.ended_at,
    ).join_from(generation, job, job.c.id == generation.c.id)


def _visible(organization_id: OrganizationId | BindParameter[Any]) -> Select[Any]:
    return _all().where(
        (generation.c.organization_id == organization_id)
        & generation.c.deleted_at.is_(None)
        & generation.c.trashed_at.is_(None)
    )


def _thrown_away(organization_id: OrganizationId) -> Select[Any]:
    return _all().where(
        (generation.c.organization_id == organization_id)
        & generation.c.deleted_at.is_(None)
        & generation.c.trashed_at.is_not(None)
    )


# Built once: every request asks these, and building a statement takes longer than running it.
_NEW_GENERATION = insert(generation)
_NEW_KEY = insert(idempotency_key)


@cache
def _used_key() -> Select[Any]:
    return select(idempotency_key).where(
        (idempotency_key.c.project_id == bindparam("project_id"))
        & (idempotency_key.c.key == bindparam("key"))
    )


@cache
def _external_id() -> Select[Any]:
    return select(generation.c.id).where(
        (generation.c.organization_id == bindparam("organization_id"))
        & (generation.c.external_task_id == bindparam("external_task_id"))
    )


@cache
def _by_id() -> Select[Any]:
    return _visible(bindparam("organization_id")).where(
        generation.c.id == bindparam("generation_id")
    )


@cache
def _by_external_id() -> Select[Any]:
    return _visible(bindparam("organization_id")).where(
        generation.c.external_task_id == bindparam("external_task_id")
    )


@cache
def _assets_of() -> Select[Any]:
    mine = asset.c.generation_id.in_(bindparam("ids", expanding=True))
    return select(asset).where(mine).order_by(asset.c.position)


def _one(tx: Connection, query: Select[Any], asked: Mapping[str, Any] = _NOTHING) -> Generation:
    row = tx.execute(query, asked).first()
    if row is None:
        raise NotFound("there is no such generation")
    return _generation(row, _assets(tx, [row.id])[row.id])


def _one_asset(tx: Connection, query: Select[Any]) -> Asset:
    row = tx.execute(query).first()
    if row is None:
        raise NotFound("there is no such file")
    return _asset(row)


def _assets(tx: Connection, ids: list[GenerationId]) -> dict[GenerationId, list[Asset]]:
    found: dict[GenerationId, list[Asset]] = defaultdict(list)
    for row in tx.execute(_assets_of(), {"ids": ids}):
        found[row.generation_id].append(_asset(row))
    return found


def _asset(row: Row[Any]) -> Asset:
    return Asset(
        id=row.id,
        generation_id=row.generation_id,
        position=row.position,
        kind=AssetKind(row.kind),
        blob=row.blob,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        frames=row.frames,
        fps=row.fps,
        created_at=row.created_at,
        facts=row.facts,
    )


def _generation(row: Row[Any], assets: list[Asset]) -> Generation:
    failure = Failure(row.error_code, row.error_detail) if row.error_code else None
    return Generation(
        id=row.id,
        owner=Owner(row.organization_id, row.project_id, row.api_key_id, row.person_id),
        request=REQUEST.validate_json(row.request),
        state=JobState(row.state),
        attempt=row.attempt,
        cancel_requested=bool(row.cancel_requested),
        stage=Stage(row.stage) if row.stage else None,
        step=row.step,
        steps=row.steps,
        share=row.progress_ppm / 1e6,
        quote=row.quote,
        unit_price=row.unit_price,
        cost=row.cost,
        failure=failure,
        notes=NOTES.validate_json(row.notes),
        timings=json.loads(row.timings),
        dialect=row.dialect,
        dialect_echo=json.loads(row.dialect_echo),
        external_task_id=row.external_task_id,
        assets=tuple(assets),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        rating=row.rating,
        made_from=row.made_from,
    )
