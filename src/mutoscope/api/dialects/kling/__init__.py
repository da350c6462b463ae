"""Kling's API: change a client's base URL, and it works here. `operations.py` says how far."""

from fastapi import FastAPI

from mutoscope import __version__
from mutoscope.api.dialects.kling import account, audio, images, modern, refusals, videos
from mutoscope.api.dialects.kling.errors import shape
from mutoscope.api.dialects.kling.names import Names
from mutoscope.api.dialects.kling.paths import TidyPaths
from mutoscope.api.dialects.kling.polls import Polls
from mutoscope.api.problems import answer_errors

__all__ = ["Names", "Polls", "build"]


def build(names: Names | None = None) -> FastAPI:
    """The app to mount at /kling and at the root; `names` is the administrator's table."""
    app = FastAPI(
        title="Mutoscope, in Kling's words",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.kling_names = names or Names()
    for router in (
        videos.router,
        images.router,
        audio.router,
        modern.router,
        account.router,
        refusals.legacy,
        refusals.modern,
    ):
        app.include_router(router)
    app.add_middleware(TidyPaths)
    answer_errors(app, shape)
    return app
