"""The two processes under `mutoscope serve`. Started as `python -m mutoscope.cli.children ...`.

Each gets a lifeline: a pipe whose other end only the supervisor holds. When it closes, the
supervisor is gone, even by SIGKILL, and the child must not stay behind.
"""

import os
import socket
import sys
import threading

from mutoscope.cli.house import read_settings
from mutoscope.cli.logs import set_up_logs

# By then whoever waited for the start has had an answer.
FURNISH_AFTER_SECONDS = 1.0
SWITCH_SECONDS = 0.0005


def web(lifeline: int, listener: int, ready: int) -> None:
    """Serve HTTP on an open socket; a byte into `ready` says that we answer now."""
    import uvicorn

    from mutoscope.app import build
    from mutoscope.wiring import open_rooms, open_seal

    threading.Thread(target=_end_with, args=(lifeline,), name="lifeline", daemon=True).start()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            os.write(ready, b"!")
            os.close(ready)
            threading.Timer(FURNISH_AFTER_SECONDS, app.furnish).start()

    # Requests are short: a thread that waits for the interpreter should not wait for ten of them.
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = read_settings()
    seal = open_seal(settings)
    app = build(settings, open_rooms(settings, seal), seal)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Who may say where a call came from: keys are bound to networks by it.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or "",
        # Event streams stay open for minutes; a browser picks them up again elsewhere.
        timeout_graceful_shutdown=2,
    )
    Server(config).run(sockets=[socket.socket(fileno=listener)])


def worker(lifeline: int) -> None:
    """Run jobs."""
    from mutoscope.worker import run

    run(read_settings(), lifeline=lifeline)


def _end_with(lifeline: int) -> None:
    """End at once when the supervisor is gone: whatever was answered is on the disk."""
    os.read(lifeline, 1)
    os._exit(1)


def main(arguments: list[str]) -> None:
    """`web LIFELINE LISTENER READY` or `worker LIFELINE`, all file descriptors."""
    set_up_logs("info")
    match arguments[0], [int(descriptor) for descriptor in arguments[1:]]:
        case "web", [lifeline, listener, ready]:
            web(lifeline, listener, ready)
        case "worker", [lifeline]:
            worker(lifeline)
        case _:
            sys.exit(f"usage: {main.__doc__}")


if __name__ == "__main__":
    main(sys.argv[1:])
