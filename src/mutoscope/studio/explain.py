"""Errors in plain words, in the reader's language, beside the field they belong to."""

from dataclasses import dataclass

from mutoscope.core import errors
from mutoscope.generations import Failure
from mutoscope.studio.words import Words


@dataclass(frozen=True)
class Complaint:
    """What is wrong, and the words of whoever noticed it where they say more."""

    text: str
    detail: str = ""


def complaint(error: errors.MutoscopeError, words: Words) -> Complaint:
    """Why something was refused."""
    fix = f" ({error.fix})" if error.fix else ""
    return Complaint(_refusal(error, words), f"{error.detail}{fix}")


def failure(reason: Failure, words: Words) -> Complaint:
    """Why a generation failed."""
    if "out of memory" in reason.detail.lower():
        text = words("The memory was too small for this. Ask for a smaller size or less time.")
        return Complaint(text, reason.detail)
    return Complaint(_failure(reason.code, words), reason.detail)


def _refusal(error: errors.MutoscopeError, words: Words) -> str:
    match error:
        case errors.InsufficientCredits():
            return words("There are not enough credits for this. Ask for less, or add credits.")
        case errors.PictureRejected():
            return words("This picture can't be used. Choose a PNG, JPEG or WebP, 300 px or more.")
        case errors.NothingToDraw():
            return words("The model knows none of these words. Describe a thing and what it does.")
        case errors.ContentRefused():
            return words("These words are not made here. The line below names them.")
        case errors.UnknownModel() | errors.ModelUnavailable():
            return words("This model is not available just now. Choose another one.")
        case errors.InvalidRequest():
            return words("The model can't do this as it stands.")
        case errors.StorageFull():
            return words("The disk of this service is full. Nothing was charged.")
        case errors.TooManyRequests():
            return words("Too much at once. Wait a moment and try again.")
        case errors.NotFound():
            return words("There is no such thing here, or it was deleted.")
        case errors.NotPermitted():
            return words("You may not do that, or the page was open for too long. Try again.")
        case errors.Conflict() | errors.JobMoved():
            return words("It has changed in the meantime. Look again.")
        case _:
            return words("Something went wrong here. The log of the service says what.")


def _failure(code: str, words: Words) -> str:
    match code:
        case "nothing_to_draw":
            return words("The model knows none of these words. Describe a thing and what it does.")
        case "model_unavailable" | "unknown_model":
            return words("The files of this model are missing or broken.")
        case "picture_rejected":
            return words("The picture could not be read.")
        case "worker_died":
            return words("The worker stopped several times while making this.")
        case "storage_full":
            return words("The disk of this service is full.")
        case _:
            return words("The model could not make this.")
