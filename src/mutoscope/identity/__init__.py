"""People, API keys and sessions: who is asking, and for which project."""

from mutoscope.identity.callback_secrets import CallbackSecrets
from mutoscope.identity.keys import (
    API_KEY_PREFIX,
    Credentials,
    Key,
    Keys,
    TokenExpired,
    TokenMalformed,
    TokenNotYetValid,
    UnknownAccessKey,
)
from mutoscope.identity.networks import Networks
from mutoscope.identity.people import People, Person
from mutoscope.identity.secrets import Seal

__all__ = [
    "API_KEY_PREFIX",
    "CallbackSecrets",
    "Credentials",
    "Key",
    "Keys",
    "Networks",
    "People",
    "Person",
    "Seal",
    "TokenExpired",
    "TokenMalformed",
    "TokenNotYetValid",
    "UnknownAccessKey",
]
