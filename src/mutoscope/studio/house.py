"""What the rest of the house lends to the studio."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import Request, Response

from mutoscope.core.errors import MutoscopeError
from mutoscope.generations import Asset, Rooms
from mutoscope.identity import Seal
from mutoscope.jobs import Presence


@dataclass(frozen=True, kw_only=True)
class Office:
    """What only those who administer the service are shown."""

    # The data folder, the database in it, and the folders of its models and of unfinished work.
    data: Path
    database: Path
    models: Path
    scratch: Path
    workers: Presence


@dataclass(frozen=True, kw_only=True)
class House:
    """Rooms and values; the studio reads no setting by itself."""

    rooms: Rooms
    # Proves that a form was written by us for this visitor.
    key: bytes
    # Closes what a browser keeps for us and may not read.
    seal: Seal
    # Answers with a stored file, or the range of it that was asked for.
    send_file: Callable[[Rooms, Asset, Request], Response]
    # The HTTP status of an error.
    status_of: Callable[[MutoscopeError], HTTPStatus]
    # How people reach this service where a proxy stands before it; empty otherwise.
    public_url: str = ""
    events_poll_seconds: float = 0.25
    office: Office
