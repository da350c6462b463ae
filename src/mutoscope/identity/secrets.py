"""Secrets: drawn here, hashed or sealed before they reach the database."""

import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
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
        if not path.exists():
            _write_once(path, Fernet.generate_key())
        try:
            return cls(path.read_bytes())
        except ValueError as error:
            raise Conflict(
                f"{path} is damaged: it does not hold a master key",
                fix="restore it from the backup; what it sealed can't be opened without it",
            ) from error

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


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; whoever comes first wins, and all read the same."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".key-") as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
