"""What a command needs to begin: settings, the rooms, and on whose behalf it works."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mutoscope.cli.logs import set_up_logs
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.generations import Owner, Rooms
from mutoscope.settings import Settings
from mutoscope.wiring import DATABASE, local_owner, open_rooms, open_seal


@dataclass(frozen=True)
class House:
    """An open data folder, and the administrator for whom the command line speaks."""

    settings: Settings
    rooms: Rooms
    owner: Owner


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
