"""The five states of a job, the stages it passes through, and where a callback about it is."""

from enum import StrEnum


class JobState(StrEnum):
    """Where a job is. `jobs/transitions.py` says which may follow which."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_terminal(self) -> bool:
        """No further state follows this one."""
        return self in TERMINAL


TERMINAL = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED})


class Stage(StrEnum):
    """What a running job is doing; shown beside its progress bar."""

    LOAD = "load"
    PLAN = "plan"
    ENCODE_PROMPT = "encode_prompt"
    DENOISE = "denoise"
    DECODE = "decode"
    DRAW = "draw"
    ENCODE_VIDEO = "encode_video"
    STORE = "store"


class DeliveryStatus(StrEnum):
    """Where a callback is on its way to its receiver."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
