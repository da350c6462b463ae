"""Administration: how the service does, and how it is set. For its own organization alone."""

from mutoscope.studio.views.admin import (
    limits,
    models,
    people,
    prices,
    queue,
    refused,
    storage,
    trail,
)

PAGES = (queue, models, prices, limits, refused, people, storage, trail)
ROUTERS = tuple(each.router for each in PAGES)
