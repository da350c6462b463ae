"""The addresses of files, as the caller of this request reaches the service."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from mutoscope.api.links import Links
from mutoscope.generations import Asset


@dataclass(frozen=True)
class Addresses:
    """Builds absolute addresses under the base that the request came to."""

    base_url: str
    links: Links

    def asset(self, asset: Asset) -> str:
        """The address that needs the API key."""
        return f"{self.base_url}/api/v1/assets/{asset.id}"

    def link(self, asset: Asset) -> str:
        """The signed address that needs nothing."""
        return self.links.to(asset, self.base_url)


def addresses_of(request: Request) -> Addresses:
    """The addresses for this request."""
    links: Links = request.app.state.links
    base = links.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return Addresses(base.rstrip("/"), links)


async def addresses_here(request: Request) -> Addresses:
    """The addresses, for a route."""
    return addresses_of(request)


AddressesHere = Annotated[Addresses, Depends(addresses_here)]
