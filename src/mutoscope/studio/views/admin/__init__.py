"""Administration: how the service does, and how it is set. For its own organization alone."""

from mutoscope.studio.views.admin import limits, models, people, prices, queue, storage, trail

ROUTERS = tuple(each.router for each in (queue, models, prices, limits, people, storage, trail))
