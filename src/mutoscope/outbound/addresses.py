"""Which addresses may be reached: tables of what they are for (IANA's special-purpose registries).

Tables of our own, because what the standard library calls global differs between its versions.
"""

from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network


class Reach(Enum):
    """Who may be at an address."""

    PUBLIC = "public"
    # Reached only where the administrator says so of the host.
    PRIVATE = "private"
    NEVER = "never"


# Looked at in order: the first network that holds an address says what it is.
SPECIAL = [
    (ip_network(network), reach, what)
    for network, reach, what in (
        # The keys to the machine itself, on the clouds that don't keep them link-local.
        ("100.100.100.200/32", Reach.NEVER, "a cloud's metadata service"),
        ("168.63.129.16/32", Reach.NEVER, "a cloud's metadata service"),
        ("fd00:ec2::/32", Reach.NEVER, "a cloud's metadata service"),
        ("fd20:ce::/32", Reach.NEVER, "a cloud's metadata service"),
        ("0.0.0.0/8", Reach.NEVER, "no address of a host"),
        ("10.0.0.0/8", Reach.PRIVATE, "a private address"),
        ("100.64.0.0/10", Reach.PRIVATE, "a private address"),
        ("127.0.0.0/8", Reach.PRIVATE, "this machine itself"),
        ("169.254.0.0/16", Reach.NEVER, "a link-local address"),
        ("172.16.0.0/12", Reach.PRIVATE, "a private address"),
        ("192.0.0.0/24", Reach.NEVER, "a reserved address"),
        ("192.0.2.0/24", Reach.NEVER, "a reserved address"),
        ("192.88.99.0/24", Reach.NEVER, "a 6to4 relay"),
        ("192.168.0.0/16", Reach.PRIVATE, "a private address"),
        ("198.18.0.0/15", Reach.NEVER, "a reserved address"),
        ("198.51.100.0/24", Reach.NEVER, "a reserved address"),
        ("203.0.113.0/24", Reach.NEVER, "a reserved address"),
        ("224.0.0.0/4", Reach.NEVER, "a multicast address"),
        ("240.0.0.0/4", Reach.NEVER, "a reserved address"),
        ("::1/128", Reach.PRIVATE, "this machine itself"),
        ("::/128", Reach.NEVER, "no address of a host"),
        ("::ffff:0:0/96", Reach.NEVER, "an IPv4 address in disguise"),
        ("::/96", Reach.NEVER, "an IPv4 address in disguise"),
        ("64:ff9b::/96", Reach.NEVER, "an IPv4 address in disguise (NAT64)"),
        ("64:ff9b:1::/48", Reach.NEVER, "an IPv4 address in disguise (NAT64)"),
        ("2002::/16", Reach.NEVER, "an IPv4 address in disguise (6to4)"),
        ("2001::/32", Reach.NEVER, "an IPv4 address in disguise (Teredo)"),
        ("2001::/23", Reach.NEVER, "a reserved address"),
        ("2001:db8::/32", Reach.NEVER, "a reserved address"),
        ("3fff::/20", Reach.NEVER, "a reserved address"),
        ("fc00::/7", Reach.PRIVATE, "a private address"),
        ("fe80::/10", Reach.NEVER, "a link-local address"),
        ("ff00::/8", Reach.NEVER, "a multicast address"),
    )
]
GLOBAL_V6 = IPv6Network("2000::/3")


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address `text` spells in its plain form, or None: `127.1` and `0x7f.0.0.1` spell none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def judge(text: str) -> tuple[Reach, str]:
    """Whether an address may be reached, and in words what it is."""
    address = parse_address(text)
    if address is None or "%" in text:
        return Reach.NEVER, "no address of a host"
    for network, reach, what in SPECIAL:
        if address in network:
            return reach, what
    if isinstance(address, IPv6Address) and address not in GLOBAL_V6:
        return Reach.NEVER, "a reserved address"
    return Reach.PUBLIC, "a public address"
