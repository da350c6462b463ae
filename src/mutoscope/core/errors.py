"""Every error a caller can meet, in one tree."""

from typing import ClassVar


class MutoscopeError(Exception):
    """Something went wrong.

    ```text
    MutoscopeError
    ├── InvalidRequest         the caller sent something that can't be honoured; names the field
    │   ├── PictureRejected    not a picture, too large, or one that harms its decoder
    │   ├── NothingToDraw      the prompt says nothing the model knows
    │   ├── ContentRefused     it holds a word that the administrator's list refuses
    │   ├── UrlRefused         this service does not go where that URL leads
    │   └── UrlFailed          the URL does not give what it should
    ├── UnknownModel           no such model here
    ├── NotFound               no such thing, or not yours
    ├── Conflict               the idempotency key was used for another request; it moved already
    ├── InsufficientCredits    the wallet holds less than this may cost
    │   └── BudgetExceeded         it would break a project's budget or a member's cap
    ├── InArrears              the plan's last invoice is not paid
    ├── PaymentFailed          the payment provider could not be asked, or said no
    ├── NotAuthenticated       who are you?
    ├── NotPermitted           you may not
    │   ├── AddressNotAllowed      you may, but not from there
    │   ├── ScopeMissing           your key was not made for that
    │   └── ModelNotInPlan         your organization's plan leaves that out
    ├── TooManyRequests        slow down
    │   ├── RateLimited        this key asks too often
    │   └── TooManyJobs        as much is under way as may be
    ├── StorageFull            no room left
    ├── ModelUnavailable       the model's files are missing, broken or refused
    ├── GenerationFailed       the engine could not make it
    │   └── VoiceMissing           nothing on that machine can speak
    ├── GenerationCanceled     the caller changed their mind
    └── JobMoved               the job is no longer where the caller thought
        └── LeaseLost          another worker has it now
    ```
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(
        self, detail: str | None = None, *, field: str | None = None, fix: str | None = None
    ) -> None:
        """`detail` says what happened, `field` which input caused it, `fix` what would help."""
        self.detail = detail or (type(self).__doc__ or type(self).__name__).splitlines()[0]
        self.field = field
        self.fix = fix
        super().__init__(self.detail)


class InvalidRequest(MutoscopeError):
    """The request can't be honoured as it stands."""

    code = "invalid_request"


class PictureRejected(InvalidRequest):
    """The picture can't be read safely."""

    code = "picture_rejected"


class NothingToDraw(InvalidRequest):
    """The prompt holds nothing this model knows."""

    code = "nothing_to_draw"


class ContentRefused(InvalidRequest):
    """This house does not make that."""

    code = "content_refused"


class UrlRefused(InvalidRequest):
    """This service does not go where that URL leads."""

    code = "url_refused"


class UrlFailed(InvalidRequest):
    """The URL does not give what it should."""

    code = "url_failed"


class UnknownModel(MutoscopeError):
    """There is no such model here."""

    code = "unknown_model"


class NotFound(MutoscopeError):
    """There is no such thing, or it is not yours."""

    code = "not_found"


class Conflict(MutoscopeError):
    """It has changed or was used already."""

    code = "conflict"


class InsufficientCredits(MutoscopeError):
    """The wallet holds fewer credits than this generation may cost."""

    code = "insufficient_credits"


class BudgetExceeded(InsufficientCredits):
    """This would go over a budget of the project's or a cap of the member's."""

    code = "budget_exceeded"


class InArrears(MutoscopeError):
    """The organization's plan has not been paid."""

    code = "in_arrears"


class PaymentFailed(MutoscopeError):
    """The payment provider could not be asked, or said no."""

    code = "payment_failed"
    retryable = True


class NotAuthenticated(MutoscopeError):
    """No valid credentials were sent."""

    code = "not_authenticated"


class NotPermitted(MutoscopeError):
    """These credentials may not do that."""

    code = "not_permitted"


class AddressNotAllowed(NotPermitted):
    """This key may not be used from your address."""

    code = "address_not_allowed"


class ScopeMissing(NotPermitted):
    """This key was not made for that."""

    code = "scope_missing"


class ModelNotInPlan(NotPermitted):
    """The organization's plan does not include that."""

    code = "model_not_in_plan"


class TooManyRequests(MutoscopeError):
    """Too many requests at once."""

    code = "too_many_requests"

    def __init__(
        self,
        detail: str | None = None,
        *,
        field: str | None = None,
        fix: str | None = None,
        wait_seconds: int | None = None,
    ) -> None:
        """`wait_seconds`: after which asking again may help, where that is known."""
        self.wait_seconds = wait_seconds
        super().__init__(detail, field=field, fix=fix)


class RateLimited(TooManyRequests):
    """This key asks too often."""

    code = "rate_limited"


class TooManyJobs(TooManyRequests):
    """As many generations are under way as may be at once."""

    code = "too_many_jobs"


class StorageFull(MutoscopeError):
    """There is no room left on the disk."""

    code = "storage_full"
    retryable = True


class ModelUnavailable(MutoscopeError):
    """The model's files are missing, broken or refused."""

    code = "model_unavailable"


class GenerationFailed(MutoscopeError):
    """The engine could not make this."""

    code = "generation_failed"


class VoiceMissing(GenerationFailed):
    """No voice is installed."""

    code = "voice_missing"


class GenerationCanceled(MutoscopeError):
    """The caller canceled the generation."""

    code = "canceled"


class JobMoved(MutoscopeError):
    """Another process moved this job first."""

    code = "job_moved"


class LeaseLost(JobMoved):
    """Another worker has this job now."""

    code = "lease_lost"
