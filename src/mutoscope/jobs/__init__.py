"""Durable jobs on a SQL database. Knows nothing of images, credits or HTTP."""

from mutoscope.jobs.presence import Presence, WorkerCard, worker_name
from mutoscope.jobs.queue import Claim, Job, JobEvent, JobQueue, Progress, job_from_row
from mutoscope.jobs.worker import Worker

__all__ = [
    "Claim",
    "Job",
    "JobEvent",
    "JobQueue",
    "Presence",
    "Progress",
    "Worker",
    "WorkerCard",
    "job_from_row",
    "worker_name",
]
