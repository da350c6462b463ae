"""A model of the catalogue, as a row, as lines and as a document."""

import json
from typing import Any

from mutoscope.catalog import Model
from mutoscope.core.credits import credits_text


def model_row(model: Model) -> tuple[str, ...]:
    """One line of the list."""
    prices = (credits_text(model.price.per_second[size]) for size in model.sizes())
    return (
        model.id,
        f"{model.title.en} / {model.title.zh}",
        ", ".join(sorted(task.value for task in model.tasks)),
        ", ".join(model.sizes()),
        f"{model.length.seconds_min:g}-{model.length.seconds_max:g}",
        ", ".join(prices),
        model.unavailable or f"{model.runs_on.en} / {model.runs_on.zh}",
    )


def model_lines(model: Model) -> list[str]:
    """The page of one model, for people."""
    length = model.length
    sizes = [
        f"  {f.size:>6}  {f.ratio:>5}  {f.width}x{f.height}  "
        f"{credits_text(model.price.per_second[f.size])} credits a second"
        for f in model.formats
    ]
    knobs = json.dumps(model.params.model_json_schema().get("properties", {}), ensure_ascii=False)
    seconds = (
        f"{length.seconds_min:g} to {length.seconds_max:g}, {length.seconds_default:g} unless said"
    )
    return [
        f"{model.id}: {model.title.en} / {model.title.zh}",
        model.description.en,
        model.description.zh,
        "",
        f"runs on:    {model.runs_on.en} / {model.runs_on.zh}",
        f"licence:    {model.licence}",
        f"makes:      {', '.join(sorted(task.value for task in model.tasks))}",
        f"references: {', '.join(sorted(role.value for role in model.roles)) or 'none'}",
        f"seconds:    {seconds}",
        f"fps:        {', '.join(str(fps) for fps in length.fps)}",
        f"at a time:  1 to {model.count_max}",
        f"unavailable: {model.unavailable}" if model.unavailable else "available:  yes",
        "formats, the default first:",
        *sizes,
        f"knobs:      {knobs}",
        *_known_words(model),
    ]


def _known_words(model: Model) -> list[str]:
    """What a small model knows: a line a kind, the usual words in both languages."""
    if model.vocabulary is None:
        return []
    return [
        "knows, and nothing else:",
        *(
            f"  {kind + ':':<10}{', '.join(f'{term.zh[0]} ({term.en[0]})' for term in terms)}"
            for kind, terms in model.vocabulary.kinds().items()
        ),
        f"  for example: {model.vocabulary.example()}",
    ]


def model_document(model: Model) -> dict[str, Any]:
    """A model for scripts."""
    per_task = {
        task.value: {size: credits_text(amount) for size, amount in by_size.items()}
        for task, by_size in model.price.by_task().items()
    }
    per_second, per_picture = model.price.per_second, model.price.per_picture
    return {
        "id": model.id,
        "family": model.family,
        "title": {"zh": model.title.zh, "en": model.title.en},
        "description": {"zh": model.description.zh, "en": model.description.en},
        "runs_on": {"zh": model.runs_on.zh, "en": model.runs_on.en},
        "licence": model.licence,
        "unavailable": model.unavailable,
        "tasks": sorted(task.value for task in model.tasks),
        "references": sorted(role.value for role in model.roles),
        "formats": [
            {"size": f.size, "ratio": f.ratio, "width": f.width, "height": f.height}
            for f in model.formats
        ],
        "fps": list(model.length.fps),
        "seconds": {
            "min": model.length.seconds_min,
            "max": model.length.seconds_max,
            "default": model.length.seconds_default,
        },
        "count_max": model.count_max,
        "price": {
            "per_second": {size: credits_text(amount) for size, amount in per_second.items()},
            "per_picture": {size: credits_text(amount) for size, amount in per_picture.items()},
            "per_task": per_task,
        },
        "params_schema": model.params.model_json_schema(),
        "vocabulary": None
        if model.vocabulary is None
        else model.vocabulary.model_dump(mode="json"),
    }
