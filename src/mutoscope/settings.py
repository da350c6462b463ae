"""Every setting, its default and its one-line help. Read once, at the top of a process.

Each may be set in the environment as MUTOSCOPE_NAME; a command's option wins over that.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mutoscope.core.credits import Millicredits
from mutoscope.outbound import AllowedHosts


def setting(default: Any, help_text: str, **limits: Any) -> Any:
    """A setting with its default and what it is for."""
    return Field(default, description=help_text, **limits)


def default_data_folder() -> Path:
    """Where data lives when nothing else is said."""
    return Path.home() / ".local" / "share" / "mutoscope"


class Settings(BaseSettings):
    """One frozen object; rooms receive values from it, never the environment."""

    model_config = SettingsConfigDict(env_prefix="MUTOSCOPE_", frozen=True, extra="ignore")

    data: Path = Field(
        default_factory=default_data_folder,
        description="The folder of the database, the files, the models and the master key.",
    )
    host: str = setting("127.0.0.1", "The address to listen on; public ones need a password set.")
    port: int = setting(8642, "The port to listen on; 0 takes a free one.", ge=0, le=65535)
    public_url: str = setting("", "How callers reach this service, where a proxy stands before it.")
    trusted_proxies: str = setting(
        "",
        "Addresses, with commas, of proxies whose X-Forwarded-For is believed; empty: nobody's.",
    )
    root_dialect: Literal["kling", "none"] = setting(
        "kling", "The vendor's API that is served at the root as well as under its own name."
    )

    lease_seconds: float = setting(60, "How long a silent worker keeps its job.", gt=0)
    heartbeat_seconds: float = setting(10, "How often a worker renews its lease.", gt=0)
    poll_seconds: float = setting(0.1, "How often an idle worker looks for a job.", gt=0)
    stop_grace_seconds: float = setting(
        10, "How long a worker that must stop may finish its job; then it gives it back.", ge=0
    )
    worker_niceness: int = setting(
        5, "How far workers stand back where they share cores with the web process.", ge=0, le=19
    )
    attempts_max: int = setting(3, "How often a job is tried before it has failed.", ge=1, le=20)

    welcome_credits: int = setting(
        10_000, "Credits that the first organization starts with.", ge=0, le=10**9
    )
    daily_credits: int = setting(
        0, "Free credits a day for organizations without a plan; gone at midnight.", ge=0, le=10**9
    )
    stripe_api_key: SecretStr = setting(
        SecretStr(""), "Stripe's secret key, to take payments; empty: orders are paid by hand."
    )
    stripe_webhook_secret: SecretStr = setting(
        SecretStr(""), "What Stripe signs its events with: whsec_..."
    )
    stripe_api_base: str = setting("", "Where Stripe's API is, if not at api.stripe.com.")
    body_bytes_max: int = setting(
        32 * 2**20, "The largest request body, pictures in base64 included.", gt=0
    )
    allowed_hosts: str = setting(
        "",
        "Where pictures may be fetched and callbacks delivered: HOST, HOST:PORT, *.DOMAIN or * for "
        "every public host, with commas between; HOST:PORT+private for one on a private address. "
        "Empty: offline.",
    )
    jobs_at_once_max: int = setting(
        1000, "How many generations an organization may have under way; 0 for any number.", ge=0
    )
    requests_per_minute: int = setting(
        60_000, "How many requests a minute an API key may make; 0 for any number.", ge=0
    )
    retention_days: int = setting(
        30, "How long generations are kept after they ended; 0 for ever.", ge=0, le=36500
    )
    result_link_days: int = setting(30, "How long the links to results work.", ge=1, le=365)
    label_producer: str = setting(
        "Mutoscope",
        "ContentProducer of the AI label: your 27-character provider code, or an ASCII name.",
    )
    events_poll_seconds: float = setting(
        0.25, "How often an event stream looks for progress.", gt=0, le=10
    )

    sso_issuer: str = setting(
        "", "The OpenID Connect provider that people sign in by: its issuer URL; empty for none."
    )
    sso_client_id: str = setting("", "What that provider calls this service.")
    sso_client_secret: SecretStr = setting(SecretStr(""), "The secret it shares with this service.")
    sso_domains: str = setting(
        "", "Whose addresses may come in by it, with commas between; empty for all it vouches for."
    )
    sso_role: Literal["", "admin", "producer", "creator", "viewer"] = setting(
        "", "What strangers who come by it become; empty to let in only people who are known."
    )

    @field_validator("allowed_hosts")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        AllowedHosts.parse(text)
        return text

    @property
    def welcome_amount(self) -> Millicredits:
        """The welcome in thousandths."""
        return Millicredits(self.welcome_credits * 1000)

    @property
    def daily_amount(self) -> Millicredits:
        """The day's free credits in thousandths."""
        return Millicredits(self.daily_credits * 1000)
