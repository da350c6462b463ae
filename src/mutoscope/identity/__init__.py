"""People, API keys and sessions: who is asking, and for which project."""

from mutoscope.identity.callback_secrets import CallbackSecrets
from mutoscope.identity.invitations import Invitation, Invitations
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
from mutoscope.identity.people import People, Person, valid_email
from mutoscope.identity.projects import Organization, Project, Projects, valid_name
from mutoscope.identity.roles import Permission, Role, may_give, permissions_of
from mutoscope.identity.scopes import DEFAULT_SCOPES, Scope, Scopes, allowed_by, parse_scopes
from mutoscope.identity.secrets import Seal
from mutoscope.identity.sign_on import Begun, Outsider, SignOn, SignOnTerms

__all__ = [
    "API_KEY_PREFIX",
    "DEFAULT_SCOPES",
    "Begun",
    "CallbackSecrets",
    "Credentials",
    "Invitation",
    "Invitations",
    "Key",
    "Keys",
    "Networks",
    "Organization",
    "Outsider",
    "People",
    "Permission",
    "Person",
    "Project",
    "Projects",
    "Role",
    "Scope",
    "Scopes",
    "Seal",
    "SignOn",
    "SignOnTerms",
    "TokenExpired",
    "TokenMalformed",
    "TokenNotYetValid",
    "UnknownAccessKey",
    "allowed_by",
    "may_give",
    "parse_scopes",
    "permissions_of",
    "valid_email",
    "valid_name",
]
