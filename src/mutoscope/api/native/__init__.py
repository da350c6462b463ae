"""Our own API, under /api/v1: one file a resource, all wire models in `wire.py`."""

from fastapi import FastAPI

from mutoscope import __version__
from mutoscope.api.native import (
    assets,
    budgets,
    callbacks,
    codes,
    events,
    generations,
    health,
    keys,
    models,
    orders,
    organization,
    payments,
    people,
    plans,
    prices,
    projects,
    trail,
    wallet,
)
from mutoscope.api.problems import answer_errors, problem

DESCRIPTION = """\
Turn a sentence into a video on your own machines.

Send your API key as `Authorization: Bearer mk_...`. Errors are problem details (RFC 9457) that
name the `field` and, where there is one, the `fix`. Credits are decimal strings.
"""


def build() -> FastAPI:
    """The app to mount at /api/v1."""
    app = FastAPI(
        title="Mutoscope",
        version=__version__,
        description=DESCRIPTION,
        # The usual documentation pages load their scripts from other people's servers.
        docs_url=None,
        redoc_url=None,
    )
    for resource in (
        generations,
        events,
        assets,
        callbacks,
        models,
        wallet,
        budgets,
        plans,
        orders,
        prices,
        codes,
        payments,
        organization,
        people,
        projects,
        keys,
        trail,
        health,
    ):
        app.include_router(resource.router)
    answer_errors(app, problem)
    return app
