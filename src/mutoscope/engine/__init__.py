"""Runs local diffusion checkpoints. The only room that imports torch, and not before the first job.

A folder in the diffusers layout is inspected, its parts are loaded from safetensors alone, and a
recipe of its family takes a prompt to latents and latents to frames. No network, no foreign code.
"""

from mutoscope.engine.checkpoints import Checkpoint, inspect_checkpoint
from mutoscope.engine.environment import prepare_process
from mutoscope.engine.renderer import DiffusersRenderer

__all__ = ["Checkpoint", "DiffusersRenderer", "inspect_checkpoint", "prepare_process"]
