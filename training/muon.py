"""Muon (Jordan et al., 2024): momentum whose matrix is made orthogonal before it is applied.

For matrices inside blocks; embeddings, projections at the ends and vectors go to AdamW.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ENDS_SHARE = 0.6
# The text encoder learns slowly: at the full rate, words it knew change their meaning for a while.
TEXT_SHARE = 0.5


def orthogonal(matrices: Tensor, steps: int) -> Tensor:
    """Bring all singular values of a stack of matrices near one by Newton-Schulz iteration."""
    a, b, c = COEFFICIENTS
    tall = matrices.size(-2) > matrices.size(-1)
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = x.mT if tall else x
    return result


class Muon(torch.optim.Optimizer):
    """SGD momentum with orthogonal updates, sized like those of AdamW at the same rate."""

    def __init__(
        self,
        params: Iterable[dict[str, Any]],
        lr: float,
        *,
        momentum: float = 0.95,
        steps: int = 4,
        weight_decay: float = 0.01,
        precision: torch.dtype = torch.float32,
    ) -> None:
        """`precision` is that of the iteration, which bears half of it well."""
        defaults = {"lr": lr, "momentum": momentum, "steps": steps, "weight_decay": weight_decay}
        super().__init__(params, defaults)
        self.precision = precision

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Apply one update to all matrices, those of one shape together."""
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[parameter.shape].append(parameter)
            for parameters in by_shape.values():
                self._apply(parameters, group)

    def _apply(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        directions = []
        for parameter in parameters:
            state = self.state[parameter]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(parameter)
            gradient = parameter.grad
            assert gradient is not None
            state["momentum"].lerp_(gradient, 1 - group["momentum"])
            directions.append(gradient.lerp(state["momentum"], group["momentum"]))
        stacked = torch.stack(directions).to(self.precision)
        updates = orthogonal(stacked, group["steps"]).float()
        size = 0.2 * max(parameters[0].shape) ** 0.5
        for parameter, update in zip(parameters, updates, strict=True):
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
            parameter.add_(update, alpha=-group["lr"] * size)


def optimizers(
    model: nn.Module, precision: torch.dtype = torch.float32
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside blocks, AdamW for everything else.

    `share` is each group's part of the learning rate, which the caller sets before every step.
    """
    matrices: dict[float, list[Tensor]] = defaultdict(list)
    others: dict[float, list[Tensor]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        share = TEXT_SHARE if name.startswith("text_encoder.") else 1.0
        inside = "transformer_blocks." in name or ".block." in name
        matrix = parameter.ndim == 2 and min(parameter.shape) >= 64 and "table" not in name
        (matrices if inside and matrix else others)[share].append(parameter)
    inner = [{"params": some, "share": share} for share, some in matrices.items()]
    ends = [{"params": some, "share": share * ENDS_SHARE} for share, some in others.items()]
    return [
        Muon(inner, 1e-3, precision=precision),
        torch.optim.AdamW(ends, 1e-3, betas=(0.9, 0.98), weight_decay=0.0),
    ]
