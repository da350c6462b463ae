"""Administration: how the service does, and how it is set. For its own organization alone."""

from mutoscope.studio.views.admin import models, prices, queue, trail

ROUTERS = (queue.router, models.router, prices.router, trail.router)
