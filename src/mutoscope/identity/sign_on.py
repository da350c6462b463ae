"""Single sign-on by OpenID Connect: the authorization code, with PKCE and a nonce.

Who reaches the provider is lent by `wiring.py`: this room connects to nobody.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from mutoscope.core.clock import Clock
from mutoscope.core.errors import NotAuthenticated
from mutoscope.identity.people import plain_email
from mutoscope.identity.roles import Role
from mutoscope.identity.secrets import new_token

# What signs with a key of its own; never the secret that both sides know, never nothing.
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 60

Get = Callable[[str], bytes]
Post = Callable[[str, bytes, Mapping[str, str]], bytes]


@dataclass(frozen=True, kw_only=True)
class SignOnTerms:
    """The provider, what we are to it, and whom it may bring in."""

    issuer: str
    client_id: str
    client_secret: str
    # Only addresses of these domains; all of them when there are none.
    domains: frozenset[str] = frozenset()
    # What strangers become; None to let in only those who are known here.
    role_of_strangers: Role | None = None


@dataclass(frozen=True)
class Begun:
    """A sign-on under way: where to send the browser, and what to compare on its return."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Outsider:
    """Whom the provider says it is."""

    subject: str
    email: str
    email_is_verified: bool
    name: str


class SignOn:
    """Asks one provider."""

    def __init__(self, terms: SignOnTerms, clock: Clock, get: Get, post: Post) -> None:
        self.terms = terms
        self._clock = clock
        self._get = get
        self._post = post

    def begin(self, redirect_uri: str) -> Begun:
        """Where the browser goes to be asked who it is."""
        # Loaded with the first sign-on, here and below: most houses have none.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (new_token("") for _ in range(3))
        url = prepare_grant_uri(
            self._provider()["authorization_endpoint"],
            self.terms.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope="openid email profile",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(str(url), state, nonce, verifier)

    def finish(self, begun: Begun, code: str, redirect_uri: str) -> Outsider:
        """Whom the code stands for. NotAuthenticated when the provider's word can't be believed."""
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        provider = self._provider()
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=redirect_uri,
            code=code,
            code_verifier=begun.verifier,
            client_id=self.terms.client_id,
        )
        pair = f"{self.terms.client_id}:{self.terms.client_secret}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        }
        reply = _document(self._post(provider["token_endpoint"], body.encode(), headers))
        keys = _document(self._get(provider["jwks_uri"]))
        return _outsider(self._claims(reply.get("id_token"), keys, begun.nonce))

    def _claims(self, id_token: object, keys: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if not isinstance(id_token, str):
            raise NotAuthenticated("the identity provider sent no id_token")
        rules = jwt.JWTClaimsRegistry(
            now=self._clock.now() // 1000,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.terms.issuer},
            aud={"essential": True, "value": self.terms.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = jwt.decode(
                id_token, KeySet.import_key_set(cast(Any, keys)), algorithms=ALGORITHMS
            )
            rules.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotAuthenticated(f"the id_token is not valid: {error}") from error
        audience = token.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1:
            raise NotAuthenticated("the id_token is for several clients")
        return dict(token.claims)

    def _provider(self) -> dict[str, Any]:
        url = self.terms.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = _document(self._get(url))
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        # An issuer that speaks for another could have its tokens believed.
        if found.get("issuer") != self.terms.issuer or not all(
            isinstance(found.get(name), str) for name in wanted
        ):
            raise NotAuthenticated(f"{url} does not describe {self.terms.issuer}")
        return found


def _document(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise NotAuthenticated("the identity provider answers no JSON") from error
    if not isinstance(found, dict):
        raise NotAuthenticated("the identity provider answers no JSON object")
    return found


def _outsider(claims: Mapping[str, Any]) -> Outsider:
    email = plain_email(str(claims.get("email") or ""))
    return Outsider(
        subject=str(claims["sub"]),
        email=email,
        email_is_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or email.partition("@")[0] or "Somebody"),
    )
