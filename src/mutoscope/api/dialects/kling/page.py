"""Writes docs/kling-support.md from the table of operations and the marks on the wire models.

`python -m mutoscope.api.dialects.kling.page > docs/kling-support.md`
"""

import sys
from collections.abc import Iterator
from itertools import groupby

from mutoscope.api.dialects.kling.names import KLING_MODELS, SIZES, KlingModel
from mutoscope.api.dialects.kling.operations import ASKS_LIST, ASKS_ONE, CHAPTERS, Operation
from mutoscope.api.dialects.support import Support, fields_of

HEAD = """\
# Kling's API: what works here

Written by the program from its own tables (`python -m mutoscope.api.dialects.kling.page`); do not
edit. [Kling's API](kling.md) says how to use it.

*works*: as Kling documents it. *partly*: within the limits named. *accepted, no effect*: let pass,
because it changes nothing that Kling promises. *not offered*: answered with an error in Kling's
shape (404, code 1203, for operations; 400, code 1201, naming the field, for fields). Fields that
are not listed are let pass without effect, as Kling does.
"""


def support_page() -> str:
    """The page, as Markdown."""
    return "\n".join([HEAD, *_operations(), *_models(), *_fields()]).rstrip() + "\n"


def offers() -> Iterator[tuple[str, list[tuple[Operation, ...]]]]:
    """Each chapter's title, and its operations: what makes a task with what asks after it."""
    for chapter in CHAPTERS:
        together = groupby(
            chapter.operations,
            lambda each: each.purpose.removesuffix(ASKS_LIST).removesuffix(ASKS_ONE),
        )
        yield chapter.title, [tuple(operations) for _, operations in together]


def _operations() -> Iterator[str]:
    for chapter in CHAPTERS:
        yield f"## {chapter.title}\n"
        yield "| call | for | here |"
        yield "| --- | --- | --- |"
        for operation in chapter.operations:
            support = _words(operation.support)
            yield f"| {_name(operation)} | {operation.purpose} | {support} |"
        yield ""


def _models() -> Iterator[str]:
    yield "## Model names\n"
    yield "Each means the default local model unless the administrator's table says otherwise.\n"
    yield "| name | for | seconds | std, pro |"
    yield "| --- | --- | --- | --- |"
    for name, model in KLING_MODELS.items():
        operations = ", ".join(sorted(model.operations))
        yield f"| `{name}` | {operations} | {_seconds(model)} | {_sizes(model)} |"
    yield ""


def _fields() -> Iterator[str]:
    for chapter in CHAPTERS:
        for operation in chapter.operations:
            if operation.body is None:
                continue
            yield f"## Fields of {_name(operation)}\n"
            yield "| field | here |"
            yield "| --- | --- |"
            for field in fields_of(operation.body):
                yield f"| `{field.name}` | {_words(field.support)} |"
            yield ""


def _name(operation: Operation) -> str:
    return f"`{operation.method} {operation.path}`"


def _words(support: Support) -> str:
    return f"{support.level}: {support.how}" if support.how else support.level.value


def _sizes(model: KlingModel) -> str:
    if not _makes_videos(model):
        return ""
    sizes = {**SIZES, **model.sizes}
    return f"{sizes['std']}, {sizes['pro']}"


def _makes_videos(model: KlingModel) -> bool:
    return any("video" in operation for operation in model.operations)


def _seconds(model: KlingModel) -> str:
    if not _makes_videos(model):
        return ""
    if len(model.seconds) > 2:
        return f"{model.seconds[0]:g} to {model.seconds[-1]:g}"
    return " or ".join(f"{each:g}" for each in model.seconds)


if __name__ == "__main__":
    sys.stdout.write(support_page())
