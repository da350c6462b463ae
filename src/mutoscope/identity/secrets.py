"""Secrets: drawn here, hashed or sealed before they reach the database."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mutoscope.core.errors import Conflict


def new_token(prefix: str) -> str:
    """A random secret of 256 bits behind a prefix that tells people what it is."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """How a token is stored and looked up. A plain hash is enough: tokens can't be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


class Seal:
    """Encrypts what must be read back (the secret half of a key pair) under a master key.

    The master key is a file beside the database, never in it.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet = Fernet(key)

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        """Read the master key, or draw one (readable by its owner only) when there is none."""
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(path.read_bytes())
        with os.fdopen(descriptor, "wb") as file:
            key = Fernet.generate_key()
            file.write(key)
        return cls(key)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose (HKDF-SHA256), so that none serves two."""
        derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode())
        return derivation.derive(self._key)

    def close(self, text: str) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt. Conflict when it was sealed under another master key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Conflict(
                "the master key does not open this secret",
                fix="restore master.key from the backup that belongs to this database",
            ) from error
