"""Builds the web process. It loads no model and no torch."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from mutoscope.api import files, native
from mutoscope.api.dialects import kling
from mutoscope.api.limits import BodyLimit
from mutoscope.api.links import Links
from mutoscope.api.problems import answer_errors, problem
from mutoscope.generations import Rooms
from mutoscope.identity import Seal
from mutoscope.settings import Settings


def build(settings: Settings, rooms: Rooms, seal: Seal) -> ASGIApp:
    """Our own API, the files, and each dialect as an app of its own with its own errors."""
    links = Links(seal.derive("result links"), settings.result_link_days, settings.public_url)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(files.router)
    answer_errors(app, problem)
    api = native.build()
    kling_app = kling.build(kling.Names(settings.data / "kling_models.json"))
    for each in (app, api, kling_app):
        each.state.rooms = rooms
        each.state.links = links
        each.state.events_poll_seconds = settings.events_poll_seconds
    app.mount("/api/v1", api)
    app.mount("/kling", kling_app)
    if settings.root_dialect == "kling":
        app.mount("/", kling_app)
    return BodyLimit(app, settings.body_bytes_max)
