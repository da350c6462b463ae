"""Tell callers of their generations: one try of one callback at a time. Runs in a worker."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from mutoscope.callbacks import Delivery, Errand, Try, signature_headers
from mutoscope.core.errors import MutoscopeError, NotFound
from mutoscope.core.state import JobState
from mutoscope.generations import store
from mutoscope.generations.generation import AssetKind, Generation
from mutoscope.generations.rooms import Rooms
from mutoscope.outbound import Purpose

log = structlog.get_logger()

Render = Callable[[Generation, str], bytes]
"""Writes the body in the words of the generation's dialect; links begin with the given base."""

PURPOSE = Purpose("callback_url", "ask after the generation instead")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Messenger:
    """Delivers what is due."""

    rooms: Rooms
    render: Render

    def deliver_one(self) -> bool:
        """Try the delivery that is due the longest; False when none is."""
        rooms = self.rooms
        with rooms.database.snapshot() as tx:
            if not rooms.outbox.is_due(tx):
                return False
        with rooms.database.transaction() as tx:
            errand = rooms.outbox.claim(tx)
        if errand is not None:
            self._try(errand)
        return errand is not None

    def _try(self, errand: Errand) -> None:
        """Send the news and write down how it went. A crash on the way leaves it due again."""
        began = time.monotonic()
        answer, detail, is_final = None, "", False
        try:
            answer = self._send(errand, self._body(errand))
        except NotFound:
            detail, is_final = "the generation was deleted", True
        except MutoscopeError as error:
            detail = error.detail
        except Exception as error:
            # A dialect that can't write this body must not be asked again for ever.
            log.exception("callback failed", delivery=errand.delivery.id)
            detail = f"{type(error).__name__} while writing the body"
        milliseconds = round((time.monotonic() - began) * 1000)
        tried = Try(answer, detail, milliseconds, self.rooms.clock.now())
        arrived = answer is not None and 200 <= answer < 300
        with self.rooms.database.transaction() as tx:
            if arrived:
                self.rooms.outbox.delivered(tx, errand, tried)
            else:
                self.rooms.outbox.failed(tx, errand, tried, is_final=is_final)
        log.info(
            "callback tried",
            delivery=errand.delivery.id,
            arrived=arrived,
            answer=answer,
            why=detail,
        )

    def _body(self, errand: Errand) -> bytes:
        news = errand.delivery
        if news.body is not None:
            return news.body
        with self.rooms.database.snapshot() as tx:
            generation = store.find(tx, news.organization_id, news.generation_id)
        body = self.render(as_it_was(generation, news), news.base_url)
        with self.rooms.database.transaction() as tx:
            self.rooms.outbox.keep_body(tx, errand, body)
        return body

    def _send(self, errand: Errand, body: bytes) -> int:
        news = errand.delivery
        with self.rooms.database.snapshot() as tx:
            secrets = self.rooms.callback_secrets.good(tx, news.organization_id)
        signature = signature_headers(
            news.message_id, body, secrets=secrets, now=self.rooms.clock.now()
        )
        return self.rooms.outbound.post(news.url, PURPOSE, body, JSON | signature)


def as_it_was(generation: Generation, news: Delivery) -> Generation:
    """The generation when the news was written: what came later is not told."""
    if news.state.is_terminal:
        return generation
    running = news.state is JobState.RUNNING
    return replace(
        generation,
        state=news.state,
        attempt=1 if running else 0,
        started_at=news.created_at if running else None,
        ended_at=None,
        stage=None,
        step=0,
        steps=0,
        share=0.0,
        cancel_requested=False,
        cost=None,
        failure=None,
        notes=(),
        timings={},
        assets=tuple(a for a in generation.assets if a.kind is AssetKind.REFERENCE),
    )
