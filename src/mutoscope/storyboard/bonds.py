"""Bonds: a figure that sits on another, is held by it, or hangs on its string."""

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.layers import View
from mutoscope.storyboard.moves import Stance
from mutoscope.storyboard.pixels import Pixels
from mutoscope.storyboard.scene import Bond

if TYPE_CHECKING:
    from mutoscope.storyboard.actors import Actor

# How high a rider's foot is, of the height of what carries it; it is drawn behind its carrier.
SADDLES = MappingProxyType({
    Nature.BEAST: 0.52, Nature.BIRD: 0.55, Nature.FISH: 0.55, Nature.WHEELS: 0.70,
    Nature.BOAT: 0.34, Nature.AIRCRAFT: 0.55, Nature.ROCKET: 0.60, Nature.DRIFTER: 0.52,
})  # fmt: skip
# How high the seat of some things is; furniture is sat on in front of its back.
SEATS = MappingProxyType(
    {"flying-saucer": 0.66, "couch-and-lamp": 0.30, "chair": 0.46, "bed": 0.38, "seat": 0.46}
)
TOP = 0.88
# How small, beside it, what is on something tall must be.
SMALL_ON = MappingProxyType({Nature.PLANT: 0.34, Nature.BUILDING: 0.30})
# What is long is held beside its host, large: its size and how far aside, of the host's.
LONG = MappingProxyType({"fishing-pole": (0.9, 0.62), "bow-and-arrow": (0.8, 0.55)})
STRING_TOP = 0.24  # where what hangs on a string flies, in frame heights from the top


@dataclass(frozen=True)
class Tie:
    """To whom a figure is bound and where: `across` the way the host looks, `up` of its height."""

    bond: Bond
    host: "Actor"
    across: float
    up: float

    def stance(self, actor: "Actor", share: float) -> Stance:
        """Where its host takes the figure."""
        held = self.host.stance(share)
        way = self.host.facing_way(share)
        x = self.host.x + held.x + self.across * way * held.scale - actor.x
        lift = self.host.altitude + held.lift + self.up * self.host.size * held.scale
        if self.bond is Bond.TIED:
            t = share * actor.role.seconds
            x += 0.03 * math.sin(1.3 * t + actor.role.phase)
            # It stays in the picture when its host comes to the edge.
            edge = max(0.0, actor.role.reach - 0.6 * actor.size * actor.look.shape)
            x = min(edge, max(-edge, actor.x + x)) - actor.x
            lift = actor.ground - STRING_TOP - actor.size / 2 + 0.02 * math.sin(2.1 * t)
            return Stance(x=x, lift=lift, turn=7 * math.sin(1.7 * t), away=held.away)
        return Stance(x=x, lift=lift, scale=held.scale, away=held.away, alpha=held.alpha)


def bind(actor: "Actor", host: "Actor", bond: Bond, *, art: str, own: str, beside: float) -> None:
    """Give a figure the place its bond says.

    `art` is the drawing of its host, `own` its own; `beside` parts it from others bound alike.
    """
    actor.ground, actor.altitude = host.ground, 0.0
    nature = host.look.nature
    if bond is Bond.ON:
        behind = nature in SADDLES
        share = 0.58 if behind else SMALL_ON.get(nature, 0.66)
        actor.size = min(actor.size, share * host.size)
        up = SEATS.get(art, SADDLES.get(nature, TOP))
        actor.order = host.order - 1e-4 if behind else host.order + 1e-4
        actor.tie = Tie(bond, host, beside, up)
    elif bond is Bond.HELD:
        size, aside = LONG.get(own, (0.44, 0.26))
        actor.size = size * host.size if own in LONG else min(actor.size, size * host.size)
        across = aside * host.size * host.look.shape + beside
        actor.order = host.order + 1e-4
        actor.tie = Tie(bond, host, across, 0.14)
    else:
        actor.order = host.order + 1e-4
        actor.tie = Tie(bond, host, 0.34 + beside, 0.0)
    actor.x = host.x + actor.tie.across * host.role.way


def draw_string(canvas: Pixels, view: View, actor: "Actor", share: float) -> None:
    """The string from a host's hand to what flies on it."""
    tie = actor.tie
    if tie is None or tie.bond is not Bond.TIED:
        return
    host, held, own = tie.host, tie.host.stance(share), actor.stance(share)
    reach = 0.24 * host.size * host.look.shape * host.facing_way(share)
    hand = view.place(
        host.x + held.x + reach,
        host.ground - held.away - host.altitude - held.lift - 0.42 * host.size * held.scale, 1.0,
    )  # fmt: skip
    end = view.place(
        actor.x + own.x, actor.ground - own.away - own.lift - actor.size * 0.45, 1.0
    )  # fmt: skip
    along = np.linspace(0, 1, 24)[:, None]
    sag = np.array([(hand[0] + end[0]) / 2, (hand[1] + end[1]) / 2 + 0.06 * view.unit])
    curve = (1 - along) ** 2 * hand + 2 * along * (1 - along) * sag + along**2 * np.array(end)
    points = np.round(curve * 16).astype(np.int32)
    thick = max(1, round(view.unit / 420))
    cv2.polylines(canvas, [points], False, (248, 248, 244), thick, cv2.LINE_AA, 4)
