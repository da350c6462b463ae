"""What a command needs to begin: settings, the rooms, and on whose behalf it works."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mutoscope.cli.listening import url_of
from mutoscope.cli.logs import set_up_logs
from mutoscope.core.actor import Actor
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import OrganizationId
from mutoscope.generations import Owner, Rooms
from mutoscope.identity import Permission, Person, Role
from mutoscope.settings import Settings
from mutoscope.wiring import ADDRESS, DATABASE, local_owner, open_rooms, open_seal


@dataclass(frozen=True)
class House:
    """An open data folder, and the administrator for whom the command line speaks."""

    settings: Settings
    rooms: Rooms
    owner: Owner

    def actor(self, organization: str | None = None) -> Actor:
        """Who does what a command does: an administrator of the organization, or of the first.

        Whoever may read the data folder may do everything: no permission is asked for.
        """
        chosen = OrganizationId(organization or self.owner.organization_id)
        with self.rooms.database.snapshot() as tx:
            self.rooms.projects.organization(tx, chosen)
            person = self.rooms.people.administrator(tx, chosen)
        person_id = person.id if person else None
        return Actor(chosen, person_id, role=Role.OWNER, permissions=frozenset(Permission))

    def person(self, email: str) -> Person:
        """Whose address it is, whichever organization they are in, the disabled too."""
        with self.rooms.database.snapshot() as tx:
            return self.rooms.people.find_by_email(tx, email, may_be_disabled=True)

    @property
    def base_url(self) -> str:
        """How people reach this service: as it is set, or else where it runs or ran last."""
        settings = self.settings
        if settings.public_url:
            return settings.public_url.rstrip("/")
        with suppress(OSError):
            return (settings.data / ADDRESS).read_text()
        return url_of(settings.host, settings.port)


def open_house(data: Path | None, *, may_found: bool = False) -> House:
    """Open the data folder for one command; only warnings are logged.

    A folder without data is a mistyped one, unless the command `may_found` a house there.
    """
    set_up_logs("warning")
    settings = read_settings(data=data)
    if not may_found and not (settings.data / DATABASE).exists():
        raise NotFound(
            f"there is no data in {settings.data}",
            field="--data",
            fix="name the folder of a service, or start one there: mutoscope serve --data DIR",
        )
    rooms = open_rooms(settings, open_seal(settings))
    return House(settings, rooms, local_owner(rooms))


def read_settings(**options: Any) -> Settings:
    """The settings: options that were given, then the environment, then the defaults."""
    given = {name: value for name, value in options.items() if value is not None}
    if "data" in given:
        given["data"] = Path(os.path.abspath(given["data"].expanduser()))  # noqa: PTH100 keeps links
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        source = f"--{name}" if name in given else f"MUTOSCOPE_{name.upper()}"
        raise InvalidRequest(
            f"{source} is {first['input']!r}: {first['msg']}",
            field=source,
            fix="mutoscope settings",
        ) from error
