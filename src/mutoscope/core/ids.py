"""Identifiers.

A generation is known by one 63-bit number, rising with time: 41 bits of milliseconds since
2024-01-01 UTC and 22 random bits (the layout of Twitter's Snowflake, with chance in place of a
machine number). It is the primary key of the row, so newest-first paging is an index walk, and
written in decimal it has the 18 digits that clients of Kling expect of a task id.
"""

import secrets
import time
import uuid
from typing import NewType

GenerationId = NewType("GenerationId", int)
JobId = NewType("JobId", int)
ModelId = NewType("ModelId", str)
AssetId = NewType("AssetId", str)
BlobKey = NewType("BlobKey", str)
OrganizationId = NewType("OrganizationId", str)
ProjectId = NewType("ProjectId", str)
PersonId = NewType("PersonId", str)
KeyId = NewType("KeyId", str)
InvitationId = NewType("InvitationId", str)

EPOCH_MS = 1_704_067_200_000
RANDOM_BITS = 22
GENERATION_ID_MAX = 2**63 - 1


def new_generation_id() -> GenerationId:
    """Draw an id that sorts after every id of an earlier millisecond."""
    milliseconds = time.time_ns() // 1_000_000 - EPOCH_MS
    return GenerationId((milliseconds << RANDOM_BITS) | secrets.randbits(RANDOM_BITS))


def first_id_at(milliseconds: int) -> GenerationId:
    """The lowest id that can be drawn at that time (since 1970) or later."""
    number = (milliseconds - EPOCH_MS) << RANDOM_BITS
    return GenerationId(min(max(number, 1), GENERATION_ID_MAX))


def parse_generation_id(text: str) -> GenerationId | None:
    """The id that `text` spells in decimal, or None when it spells none."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    number = int(text)
    return GenerationId(number) if 0 < number <= GENERATION_ID_MAX else None


def new_opaque_id() -> str:
    """Draw an unguessable id (a random UUID) for assets, people, projects and keys."""
    return str(uuid.uuid4())
