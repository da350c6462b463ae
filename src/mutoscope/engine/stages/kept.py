"""Latents on disk: a job whose decoding failed or whose process died need not denoise again."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from mutoscope.core.errors import StorageFull

log = structlog.get_logger(__name__)

FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Latents:
    """What denoising made, and where its random numbers stood: some decoders draw more of them."""

    tensor: torch.Tensor  # (1, channels, latent frames, latent height, latent width)
    generator_state: torch.Tensor

    def generator(self) -> torch.Generator:
        """Goes on where denoising stopped, however often it is asked."""
        return torch.Generator().set_state(self.generator_state)


class KeptLatents:
    """One file in a job's workspace, named by the digest of the work: it can't be mistaken."""

    def __init__(self, workspace: Path, digest: str) -> None:
        self._path = workspace / f"latents-{digest[:32]}.safetensors"
        self._digest = digest

    def read(self) -> Latents | None:
        """The latents of an earlier attempt, or None; a damaged file counts as none."""
        if not self._path.is_file():
            return None
        try:
            with safe_open(self._path, framework="pt") as file:
                is_ours = (file.metadata() or {}).get("digest") == self._digest
                found = Latents(file.get_tensor("latents"), file.get_tensor("generator_state"))
        except (OSError, SafetensorError) as error:
            log.warning("kept latents are damaged", path=str(self._path), error=str(error))
            return None
        if not is_ours or not bool(torch.isfinite(found.tensor).all()):
            log.warning("kept latents are not usable", path=str(self._path))
            return None
        log.info("latents of an earlier attempt found", path=str(self._path))
        return found

    def write(self, latents: Latents) -> None:
        """Keep the latents: the whole file or nothing."""
        tensors = {
            "latents": latents.tensor.contiguous().cpu(),
            "generator_state": latents.generator_state,
        }
        page = save(tensors, metadata={"digest": self._digest})
        draft = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            if error.errno in FULL:
                raise StorageFull(f"no room for latents in {self._path.parent}") from error
            raise

    def remove(self) -> None:
        """Forget them: nobody will ask again."""
        self._path.unlink(missing_ok=True)
