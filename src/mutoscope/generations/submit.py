"""Accept a request: price it, hold the credits, queue the job. All or nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from mutoscope.billing import Terms
from mutoscope.catalog import Model
from mutoscope.core.clock import Milliseconds
from mutoscope.core.errors import Conflict, InvalidRequest, NotAuthenticated, TooManyJobs
from mutoscope.core.ids import AssetId, GenerationId, JobId, new_generation_id, new_opaque_id
from mutoscope.core.request import GenerationRequest, Wish
from mutoscope.generations import store
from mutoscope.generations.generation import Asset, AssetKind, Generation, Owner
from mutoscope.generations.rooms import Rooms
from mutoscope.generations.uploads import (
    LinkedUpload,
    Upload,
    discard_uploads,
    expected_references,
    fetch_uploads,
    keep_uploads,
)
from mutoscope.identity import Permission
from mutoscope.outbound import Purpose

KEY_LENGTH_MAX = 255


@dataclass(frozen=True)
class CallbackWish:
    """Where the caller wants to be told of every change, and how they reach this service."""

    url: str
    base_url: str
    field: str = "callback_url"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A wish, and how it arrived."""

    wish: Wish
    uploads: Sequence[Upload | LinkedUpload] = ()
    callback: CallbackWish | None = None
    dialect: str = "native"
    # What the dialect wants back with the result.
    dialect_echo: Mapping[str, Any] = field(default_factory=dict)
    external_task_id: str | None = None
    idempotency_key: str | None = None
    # The body as it was sent, to tell a repeat from another request under the same key.
    body: Mapping[str, Any] = field(default_factory=dict)
    # One of the organization's that this is a remix, another take or the continuation of.
    made_from: GenerationId | None = None


def submit(rooms: Rooms, submission: Submission, owner: Owner) -> Generation:
    """Accept a request, or raise with nothing stored, held or queued.

    The same idempotency key with the same body answers the generation it made before.
    """
    _check_key(submission.idempotency_key)
    earlier = _earlier(rooms, submission, owner)
    if earlier is not None:
        return earlier
    model = rooms.catalog.find(submission.wish.model)
    expected = submission.wish.references + expected_references(submission.uploads)
    # Refused before any picture is opened, where it can be.
    settled = model.request(replace(submission.wish, references=expected))
    _check_callback(rooms, submission.callback)
    _check_words(rooms, submission.wish)
    if submission.uploads:
        # Asked again below; here, so that nothing is fetched or decoded in vain.
        with rooms.database.snapshot() as tx:
            terms = rooms.billing.plans.terms(tx, owner.organization_id)
            terms.check(settled)
            _check_room(tx, rooms, owner, terms)
    if not submission.uploads:
        return _accept(rooms, submission, owner, model, settled)
    references = keep_uploads(rooms, fetch_uploads(rooms, submission.uploads))
    try:
        wish = replace(submission.wish, references=submission.wish.references + references)
        return _accept(rooms, submission, owner, model, model.request(wish))
    except BaseException:
        discard_uploads(rooms, references)
        raise


def _accept(
    rooms: Rooms, submission: Submission, owner: Owner, model: Model, request: GenerationRequest
) -> Generation:
    generation_id = new_generation_id()
    with rooms.database.transaction() as tx:
        # Asked again under the lock: two repeats may have arrived together.
        first = _recall(tx, submission, owner)
        if first is not None:
            return store.find(tx, owner.organization_id, first)
        _check_welcome(tx, rooms, owner)
        _check_external_id(tx, submission.external_task_id, owner)
        terms = rooms.billing.terms(tx, owner.organization_id)
        terms.check(request)
        _check_room(tx, rooms, owner, terms)
        now = rooms.clock.now()
        priced = rooms.billing.prices.applied(tx, model)
        draft = store.Draft(
            id=generation_id,
            owner=owner,
            request=request,
            quote=priced.quote(request),
            price_version=priced.price_version(request),
            unit_price=priced.unit_price(request),
            dialect=submission.dialect,
            dialect_echo=submission.dialect_echo,
            external_task_id=submission.external_task_id,
            made_from=submission.made_from,
        )
        assets = _reference_assets(rooms, generation_id, request, now)
        accepted = store.insert_generation(tx, draft, now)
        store.insert_assets(tx, owner, assets)
        _subscribe(tx, rooms, submission.callback, generation_id, owner)
        rooms.ledger.reserve(
            tx,
            str(generation_id),
            owner.organization_id,
            draft.quote,
            project_id=owner.project_id,
            person_id=owner.person_id,
        )
        rooms.jobs.enqueue(
            tx, JobId(generation_id), lane=model.lane_of(request.task), tenant=owner.organization_id
        )
        if submission.idempotency_key is not None:
            store.remember_key(
                tx,
                owner.project_id,
                submission.idempotency_key,
                _body_hash(submission),
                generation_id,
                now,
            )
        return replace(accepted, assets=tuple(assets))


def _check_welcome(tx: Connection, rooms: Rooms, owner: Owner) -> None:
    """Ask once more, under the lock, whether who asks may: they may have been put out since.

    Whoever puts them out cancels what is under way in one transaction, so a generation is either
    canceled by it or refused here.
    """
    if owner.key_id is not None:
        if not rooms.keys.works(tx, owner.key_id):
            raise NotAuthenticated("this key is no longer good")
    elif owner.person_id is not None:
        person = rooms.people.find(tx, owner.organization_id, owner.person_id)
        if person.disabled_at is not None:
            raise NotAuthenticated("you may no longer sign in")
        person.actor.check(Permission.GENERATIONS_CREATE)


def _earlier(rooms: Rooms, submission: Submission, owner: Owner) -> Generation | None:
    if submission.idempotency_key is None:
        return None
    with rooms.database.snapshot() as tx:
        generation_id = _recall(tx, submission, owner)
        if generation_id is None:
            return None
        return store.find(tx, owner.organization_id, generation_id)


def _recall(tx: Connection, submission: Submission, owner: Owner) -> GenerationId | None:
    if submission.idempotency_key is None:
        return None
    used = store.recall_key(tx, owner.project_id, submission.idempotency_key)
    if used is None:
        return None
    generation_id, request_hash = used
    if request_hash != _body_hash(submission):
        raise Conflict(
            "this Idempotency-Key was used for another request",
            field="Idempotency-Key",
            fix="send a new key with a new request",
        )
    return generation_id


def _check_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= KEY_LENGTH_MAX and key.isprintable()):
        raise InvalidRequest(
            f"an idempotency key has 1 to {KEY_LENGTH_MAX} printable characters",
            field="Idempotency-Key",
        )


def _check_external_id(tx: Connection, external_task_id: str | None, owner: Owner) -> None:
    if external_task_id is None:
        return
    if store.external_id_is_used(tx, owner.organization_id, external_task_id):
        raise Conflict(
            f"External_task_id {external_task_id} already exists", field="external_task_id"
        )


def _check_room(tx: Connection, rooms: Rooms, owner: Owner, terms: Terms) -> None:
    """TooManyJobs when the organization has as many generations under way as it may."""
    most = terms.jobs_at_once or rooms.jobs_at_once_max
    if most is None or rooms.jobs.under_way(tx, owner.organization_id, at_most=most) < most:
        return
    raise TooManyJobs(
        f"{most} generations are under way, as many as may be at once",
        fix="wait until one of them has ended",
    )


def _check_words(rooms: Rooms, wish: Wish) -> None:
    """ContentRefused when anything that should be seen or heard is on the administrator's list."""
    # The prompt of several shots is only their title: what is in them is named first.
    with rooms.database.snapshot() as tx:
        rooms.words.check(tx, {"params": wish.params, "prompt": wish.prompt})


def _check_callback(rooms: Rooms, callback: CallbackWish | None) -> None:
    if callback is not None:
        purpose = Purpose(callback.field, "leave it out and ask after the generation instead")
        rooms.outbound.check(callback.url, purpose)


def _subscribe(
    tx: Connection,
    rooms: Rooms,
    callback: CallbackWish | None,
    generation_id: GenerationId,
    owner: Owner,
) -> None:
    if callback is not None:
        rooms.outbox.subscribe(
            tx,
            generation_id,
            owner.organization_id,
            url=callback.url,
            base_url=callback.base_url,
        )


def _body_hash(submission: Submission) -> str:
    text = json.dumps([submission.dialect, submission.body], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _reference_assets(
    rooms: Rooms, generation_id: GenerationId, request: GenerationRequest, now: Milliseconds
) -> list[Asset]:
    return [
        Asset(
            id=AssetId(new_opaque_id()),
            generation_id=generation_id,
            position=position,
            kind=AssetKind.REFERENCE,
            blob=reference.blob,
            media_type=reference.media_type,
            size_bytes=rooms.blobs.size(reference.blob),
            width=reference.width,
            height=reference.height,
            frames=1,
            fps=1,
            created_at=now,
        )
        for position, reference in enumerate(request.references)
    ]
