"""What must be in the environment before torch and the Hugging Face libraries are imported."""

import os
from collections.abc import MutableMapping

NO_NETWORK = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "DIFFUSERS_DISABLE_REMOTE_CODE": "1",
}

# Torch's threads spin while they wait. Beside other busy processes that makes every small
# operation wait for a thread that has no core: several times slower, and nothing says why.
PATIENT_THREADS = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "KMP_BLOCKTIME": "0",
    "TOKENIZERS_PARALLELISM": "false",
}


def prepare_process(
    *, threads: int | None = None, environ: MutableMapping[str, str] | None = None
) -> None:
    """Set the environment for the engine. Call it before anything imports torch.

    The network stays off whatever the environment said; how threads wait is only a default that
    an administrator may overrule. `threads` is how many cores torch may use.
    """
    target = os.environ if environ is None else environ
    target.update(NO_NETWORK)
    for name, value in PATIENT_THREADS.items():
        target.setdefault(name, value)
    if threads is not None:
        target["OMP_NUM_THREADS"] = str(threads)
