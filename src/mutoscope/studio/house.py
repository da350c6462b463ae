"""What the rest of the house lends to the studio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from fastapi import Request, Response

from mutoscope.core.errors import MutoscopeError
from mutoscope.generations import Asset, Rooms
from mutoscope.identity import Seal
from mutoscope.jobs import Presence


class LocalName(Protocol):
    """What a vendor's name means here."""

    @property
    def model(self) -> str:
        """The local model."""
        ...

    @property
    def sizes(self) -> Mapping[str, str]:
        """Its sizes for the vendor's modes, where they are not the usual ones."""
        ...


class VendorNames(Protocol):
    """The table from a vendor's model names to local models."""

    def known(self) -> Mapping[str, tuple[str, ...]]:
        """Every name that may be mapped, with its modes."""
        ...

    def table(self) -> Mapping[str, LocalName]:
        """What is mapped. ModelUnavailable when the table can't be read."""
        ...

    def put(self, name: str, model: str | None, sizes: Mapping[str, str]) -> None:
        """Map a name, or with None let it mean the default again."""
        ...


@dataclass(frozen=True, kw_only=True)
class Office:
    """What only those who administer the service are shown."""

    # The data folder, the database in it, and the folders of its models and of unfinished work.
    data: Path
    database: Path
    models: Path
    scratch: Path
    workers: Presence
    # Built when it is first asked for: a dialect takes a while to load.
    names: Callable[[], VendorNames]
    # Limits that hold for everyone; 0 is none.
    requests_per_minute: int
    body_bytes_max: int
    retention_days: int


@dataclass(frozen=True)
class Offer:
    """What a vendor's clients may ask for, in which calls, and how far it goes here."""

    purpose: str
    calls: tuple[str, ...]
    level: str
    # Within which limits, or why not; empty when it simply works.
    how: str


@dataclass(frozen=True)
class Chapter:
    """Offers that belong together."""

    title: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Vendor:
    """A vendor whose clients are understood here."""

    id: str
    name: str
    chapters: tuple[Chapter, ...]
    # The same with every field, as Markdown.
    document: str


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
    # Read when somebody asks: their tables take a moment to load.
    vendors: Callable[[], Sequence[Vendor]]
    # How people reach this service where a proxy stands before it; empty otherwise.
    public_url: str = ""
    events_poll_seconds: float = 0.25
    office: Office
