"""Administration: how the service does, and how it is set. For its own organization alone."""

from mutoscope.studio.views.admin import queue

ROUTERS = (queue.router,)
