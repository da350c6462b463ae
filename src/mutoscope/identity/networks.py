"""Where a key may be used from: addresses and networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from mutoscope.core.errors import InvalidRequest


@dataclass(frozen=True)
class Networks:
    """Some networks; none at all means anywhere."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, texts: Sequence[str]) -> "Networks":
        """Read `10.0.0.0/8`, `203.0.113.7`, `2001:db8::/32`. InvalidRequest names what is none."""
        found = []
        for text in texts:
            try:
                found.append(ip_network(text.strip(), strict=False))
            except ValueError as error:
                raise InvalidRequest(
                    f"{text!r} is no address or network",
                    field="networks",
                    fix="write it as 203.0.113.7 or 10.0.0.0/8",
                ) from error
        return cls(tuple(found))

    def hold(self, text: str | None) -> bool:
        """Whether the address is in one of them, or anywhere will do."""
        if not self.networks:
            return True
        try:
            address = ip_address(text or "")
        except ValueError:
            return False
        # What a socket that listens to both calls a caller of the older kind.
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)

    def __str__(self) -> str:
        return ",".join(str(network) for network in self.networks)


@lru_cache(maxsize=1024)
def stored_networks(text: str | None) -> Networks:
    """Networks as the database holds them."""
    return Networks.parse(text.split(",")) if text else Networks()
