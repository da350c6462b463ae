"""A machine elsewhere: a real server on a port of its own that does as the test says."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Handle = Callable[[socket.socket], None]
"""What is done with a connection once its request has been read."""


@dataclass
class Elsewhere:
    """A host on this machine, by any name the test gives it."""

    port: int
    # The raw requests, head and body, in the order they came.
    requests: list[bytes] = field(default_factory=list)

    @property
    def allowed(self) -> str:
        """The administrator's entry for it."""
        return f"elsewhere.test:{self.port}+private"

    def url(self, path: str = "/", host: str = "elsewhere.test") -> str:
        """An address on it."""
        return f"http://{host}:{self.port}{path}"


def reply(
    body: bytes = b"", *, status: str = "200 OK", media_type: str = "image/png", head: str = ""
) -> Handle:
    """Answer properly."""
    lines = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"

    def handle(connection: socket.socket) -> None:
        connection.sendall(f"{lines}{head}\r\n".encode() + body)

    return handle


def redirect(to: str) -> Handle:
    """Send the caller somewhere else."""
    return reply(status="302 Found", head=f"Location: {to}\r\n")


@contextmanager
def elsewhere(*handles: Handle, tls: ssl.SSLContext | None = None) -> Iterator[Elsewhere]:
    """Answer the first request as the first handle says, and so on; the last one goes on."""
    server = socket.create_server(("127.0.0.1", 0))
    place = Elsewhere(server.getsockname()[1])

    def serve() -> None:
        with suppress(OSError):  # the test is over
            while True:
                connection, _ = server.accept()
                number = min(len(place.requests), len(handles) - 1)
                with suppress(OSError):  # the caller may hang up at any time
                    if tls is not None:
                        connection = tls.wrap_socket(connection, server_side=True)
                    with connection:
                        place.requests.append(_read(connection))
                        handles[number](connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield place
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or _gone()
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        body += connection.recv(65536) or _gone()
    return head + b"\r\n\r\n" + body


def _gone() -> bytes:
    raise ConnectionError("the caller hung up")


def certificate(folder: Path, name: str) -> Path:
    """A certificate that says `name` and is signed by nobody, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    return path
