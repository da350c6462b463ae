"""Bodies of callbacks: each generation is told of in the words of its dialect."""

from collections.abc import Callable

from mutoscope.api.dialects.kling import callbacks as kling
from mutoscope.api.links import Links
from mutoscope.api.native.addresses import Addresses
from mutoscope.api.native.wire import generation_reply
from mutoscope.generations import Generation

BodyWriter = Callable[[Generation, Addresses], str]


def _native(generation: Generation, addresses: Addresses) -> str:
    """Our own words: the generation as a GET answers it."""
    return generation_reply(generation, generation.updated_at, urls=addresses).model_dump_json()


# By the vendor's name, the first part of a generation's dialect.
WRITERS: dict[str, BodyWriter] = {"native": _native, "kling": kling.body}


def body_writer(links: Links) -> Callable[[Generation, str], bytes]:
    """What writes the body of a callback whose links begin with the given base."""

    def write(generation: Generation, base_url: str) -> bytes:
        vendor = generation.dialect.partition("/")[0]
        return WRITERS[vendor](generation, Addresses(base_url, links)).encode()

    return write
