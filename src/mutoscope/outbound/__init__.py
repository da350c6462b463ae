"""The only room that opens connections to other machines, and only to hosts that are allowed."""

from mutoscope.outbound.allowed import AllowedHosts, Purpose
from mutoscope.outbound.client import Outbound

__all__ = ["AllowedHosts", "Outbound", "Purpose"]
