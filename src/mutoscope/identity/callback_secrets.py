"""Secrets that callbacks are signed with: one an organization, two while one takes over."""

import base64
import secrets

from sqlalchemy import Connection, insert, select, update

from mutoscope.core.clock import Clock
from mutoscope.core.ids import OrganizationId, new_opaque_id
from mutoscope.db.schema import callback_secret
from mutoscope.identity.secrets import Seal

PREFIX = "whsec_"
SECRET_BYTES = 32
OVERLAP_DAYS = 7


class CallbackSecrets:
    """Draws, keeps (sealed) and replaces them. Without one, callbacks are not signed."""

    def __init__(self, clock: Clock, seal: Seal) -> None:
        self._clock = clock
        self._seal = seal

    def draw(self, tx: Connection, organization_id: OrganizationId, *, at_once: bool) -> str:
        """A new secret, shown here only. The one before is good for a week more, or not at all."""
        now = self._clock.now()
        overlap_ms = 0 if at_once else OVERLAP_DAYS * 86_400_000
        theirs = callback_secret.c.organization_id == organization_id
        still_good = callback_secret.c.ends_at.is_(None) | (
            callback_secret.c.ends_at > now + overlap_ms
        )
        tx.execute(
            update(callback_secret).where(theirs & still_good).values(ends_at=now + overlap_ms)
        )
        text = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        tx.execute(
            insert(callback_secret).values(
                id=new_opaque_id(),
                organization_id=organization_id,
                secret_sealed=self._seal.close(text),
                created_at=now,
            )
        )
        return text

    def good(self, tx: Connection, organization_id: OrganizationId) -> list[str]:
        """The secrets to sign with now, newest first; none if none was ever drawn."""
        theirs = callback_secret.c.organization_id == organization_id
        good = callback_secret.c.ends_at.is_(None) | (callback_secret.c.ends_at > self._clock.now())
        rows = tx.scalars(
            select(callback_secret.c.secret_sealed)
            .where(theirs & good)
            .order_by(callback_secret.c.ends_at.is_(None).desc(), callback_secret.c.ends_at.desc())
        )
        return [self._seal.open(sealed) for sealed in rows]
