"""A process that moves credits about until it is killed: `python -m ... DATA SEED`."""

import random
import sys
from pathlib import Path

from tests.support.till import Till

from mutoscope.settings import Settings
from mutoscope.wiring import local_owner, open_rooms, open_seal


def main(data: str, seed: str) -> None:
    settings = Settings(data=Path(data), jobs_at_once_max=0)
    rooms = open_rooms(settings, open_seal(settings))
    till = Till(rooms, local_owner(rooms), random.Random(int(seed)))
    print("at work", flush=True)
    while True:
        till.act()


if __name__ == "__main__":
    main(*sys.argv[1:])
