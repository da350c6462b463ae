"""Where this service may go: URLs read strictly, hosts from the administrator's list."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mutoscope.core.errors import UrlFailed, UrlRefused
from mutoscope.outbound.addresses import Reach, judge, parse_address

if TYPE_CHECKING:  # loaded with the first URL: a house that is offline never needs it
    import httpx

URL_LENGTH_MAX = 2048
PORTS = {"http": 80, "https": 443}
ANY = "*"
PRIVATE = "+private"
_ENTRY = re.compile(r"(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?", re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# What a resolver would take for a number: 2130706433, 0177.0.0.1, 0x7f.1
_NUMERIC = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)")
_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


@dataclass(frozen=True)
class Purpose:
    """Why a URL is used: the field it came in, and what its sender can do instead."""

    field: str
    instead: str


@dataclass(frozen=True)
class Target:
    """A URL that may be reached, in the parts that are dialled: nothing reads it a second time."""

    url: "httpx.URL"
    scheme: str
    host: str
    port: int
    # Whether the administrator says that this host is on a private address.
    may_be_private: bool


@dataclass(frozen=True)
class AllowedHost:
    """One entry of the list."""

    name: str
    port: int | None = None
    is_private: bool = False

    def covers(self, host: str, port: int, scheme: str) -> bool:
        """Whether the entry speaks of this host and port."""
        if port != (self.port or PORTS[scheme]):
            return False
        if self.name.startswith("*."):
            return host.endswith(self.name[1:])
        return self.name in (ANY, host)


@dataclass(frozen=True)
class AllowedHosts:
    """The administrator's list. An empty one is offline mode: nothing is reached at all."""

    entries: tuple[AllowedHost, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "AllowedHosts":
        """Read `cdn.example.com, *.example.org, hooks.example.net:8443, nas.lan:9000+private`.

        `*` is every public host. ValueError names the entry that can't be read.
        """
        entries = (entry.strip() for entry in text.split(","))
        return cls(tuple(_entry(entry) for entry in entries if entry))

    def target(self, text: str, purpose: Purpose) -> Target:
        """The URL as something to dial. UrlRefused says why not, without asking the network."""
        url = _read(text, purpose)
        scheme = url.scheme
        host = url.raw_host.decode("ascii").rstrip(".")
        port = url.port or PORTS[scheme]
        if _NUMERIC.fullmatch(host) and parse_address(host) is None:
            raise refused("is an address in disguise", purpose, fix="write it as 203.0.113.7")
        if parse_address(host) is None and not _NAME.fullmatch(host):
            raise refused("has no valid host name", purpose, fix="send a public http(s) URL")
        covering = [entry for entry in self.entries if entry.covers(host, port, scheme)]
        if not covering:
            raise self._not_allowed(f"{host}:{port}", purpose)
        may_be_private = any(entry.is_private for entry in covering)
        if parse_address(host) is not None:
            check_address(host, purpose, may_be_private=may_be_private)
        return Target(url, scheme, host, port, may_be_private)

    def _not_allowed(self, place: str, purpose: Purpose) -> UrlRefused:
        if not self.entries:
            what = "is a URL, and this service is offline: it connects to nobody"
        else:
            what = f"names {place}, which is not on this service's list"
        return refused(
            what, purpose, fix="ask the administrator to add the host to MUTOSCOPE_ALLOWED_HOSTS"
        )


def check_address(address: str, purpose: Purpose, *, may_be_private: bool) -> None:
    """UrlRefused unless the address may be reached."""
    reach, what = judge(address)
    if reach is Reach.PUBLIC or (reach is Reach.PRIVATE and may_be_private):
        return
    fix = "use a host on the public internet"
    if reach is Reach.PRIVATE:
        fix += f", or have the administrator mark it HOST:PORT{PRIVATE} in MUTOSCOPE_ALLOWED_HOSTS"
    raise refused(f"leads to {what}", purpose, fix=fix)


def refused(what: str, purpose: Purpose, *, fix: str) -> UrlRefused:
    """A refusal that names the field, the fix and the other way."""
    return UrlRefused(
        f"{purpose.field} {what}", field=purpose.field, fix=f"{fix}, or {purpose.instead}"
    )


def failed(what: str, purpose: Purpose) -> UrlFailed:
    """The same for what the other side did."""
    return UrlFailed(
        f"{purpose.field} {what}",
        field=purpose.field,
        fix=f"check that the URL works from outside, or {purpose.instead}",
    )


def _read(text: str, purpose: Purpose) -> "httpx.URL":
    import httpx

    fix = "send an http(s) URL of plain characters"
    if len(text) > URL_LENGTH_MAX:
        raise refused(f"is longer than {URL_LENGTH_MAX} characters", purpose, fix="shorten it")
    if _FORBIDDEN_CHARACTERS.search(text):
        raise refused("has blanks, control characters or backslashes in it", purpose, fix=fix)
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise refused("is not a URL", purpose, fix=fix) from None
    if url.scheme not in PORTS or not url.raw_host:
        raise refused("is not an http or https URL", purpose, fix=fix)
    if url.userinfo or "@" in url.netloc.decode("ascii"):
        raise refused("holds a user name or password", purpose, fix="leave out what is before @")
    return url


def _entry(text: str) -> AllowedHost:
    plain = text.removesuffix(PRIVATE)
    match = _ENTRY.fullmatch(plain)
    is_private = plain != text
    if match is None or (match[2] is not None and not 0 < int(match[2]) < 65536):
        raise ValueError(
            f"{text!r} is not HOST, HOST:PORT, *.DOMAIN or * (with {PRIVATE} for a private host)"
        )
    name = match[1].lower().strip("[]")
    if is_private and name.startswith(ANY):
        raise ValueError(f"{text!r}: only a host that is named may be private")
    return AllowedHost(name, int(match[2]) if match[2] else None, is_private)
