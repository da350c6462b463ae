"""How things move: for each action, where an actor is and how it is bent at a moment.

A stance is relative to the actor's own place: x and y in frame heights, `lift` above its ground.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.pixels import ease, glide
from mutoscope.storyboard.scene import Action, Direction, Speed


@dataclass(frozen=True)
class Stance:
    """How an actor is at a moment."""

    x: float = 0.0
    lift: float = 0.0
    scale: float = 1.0
    turn: float = 0.0  # degrees, counter-clockwise
    squash: float = 0.0  # positive is flat and broad
    width: float = 1.0  # a turntable seen from the front; negative is its back
    away: float = 0.0  # moves its ground up the picture
    alpha: float = 1.0


@dataclass(frozen=True)
class Role:
    """What an actor does, worked out: everything a move needs to know."""

    nature: Nature
    action: Action
    direction: Direction | None
    way: float  # -1 to the left, 1 to the right
    seconds: float
    reach: float  # half the width of the picture, in frame heights
    tall: float  # height of the actor, in frame heights
    wide: float
    phase: float
    pace: float
    flies: bool


PACES = MappingProxyType({Speed.SLOW: 0.55, Speed.NORMAL: 1.0, Speed.FAST: 1.7})


def _wave(role: Role, t: float, rate: float, offset: float = 0.0) -> float:
    return math.sin(2 * math.pi * rate * t + role.phase + offset)


def _span(role: Role) -> float:
    """How far one goes to both sides so that it stays in the picture."""
    room = max(0.12, role.reach - role.wide * 0.55)
    pace = {0.55: 0.55, 1.0: 0.85, 1.7: 1.0}.get(role.pace, 0.85)
    return room * pace


def crossing(role: Role, share: float) -> Stance:
    """From one side to the other, or up and down, or nearer and farther."""
    along = glide(share) * 2 - 1
    if role.direction is Direction.UP:
        return Stance(lift=(along + 0.6) * 0.22)
    if role.direction is Direction.DOWN:
        return Stance(lift=(0.6 - along) * 0.22)
    if role.direction is Direction.TOWARDS:
        return approach(role, share)
    if role.direction is Direction.AWAY:
        return recede(role, share)
    return Stance(x=role.way * along * _span(role))


def stand(role: Role, share: float) -> Stance:
    """In place, alive."""
    t = share * role.seconds
    if role.flies:
        return Stance(lift=0.018 * _wave(role, t, 0.45), turn=1.6 * _wave(role, t, 0.33, 1.0))
    if role.nature in {Nature.PLANT, Nature.BUILDING}:
        bend = 1.6 if role.nature is Nature.PLANT else 0.0
        return Stance(turn=bend * _wave(role, t, 0.35))
    breath = 0.012 * _wave(role, t, 0.5)
    return Stance(squash=breath, turn=0.8 * _wave(role, t, 0.28))


def walk(role: Role, share: float) -> Stance:
    """Step by step."""
    t = share * role.seconds
    stance = crossing(role, share)
    step = abs(_wave(role, t, 1.1 * role.pace))
    return replace(
        stance, lift=stance.lift + 0.020 * role.tall * step,
        turn=2.6 * _wave(role, t, 1.1 * role.pace, 0.8),
    )  # fmt: skip


def run(role: Role, share: float) -> Stance:
    """In bounds."""
    t = share * role.seconds
    stance = crossing(role, share)
    bound = abs(_wave(role, t, 1.5 * role.pace))
    return replace(
        stance, lift=stance.lift + 0.085 * role.tall * bound,
        turn=5.0 * role.way * -_wave(role, 2 * t, 1.5 * role.pace, 0.9),
        squash=0.05 * (0.4 - bound),
    )  # fmt: skip


def drive(role: Role, share: float) -> Stance:
    """On wheels."""
    t = share * role.seconds
    stance = crossing(role, share)
    start = math.exp(-share * 9) * 3.0
    return replace(
        stance, lift=stance.lift + 0.0035 * abs(_wave(role, t, 4.3)),
        turn=role.way * start + 0.5 * _wave(role, t, 2.1), squash=0.008 * _wave(role, t, 4.3),
    )  # fmt: skip


def fly(role: Role, share: float) -> Stance:
    """Through the air, with a swing."""
    t = share * role.seconds
    stance = crossing(role, share)
    swing = 0.030 if role.nature in {Nature.BUG, Nature.BIRD} else 0.016
    rate = 0.8 if role.nature is Nature.BUG else 0.42
    level = role.nature is Nature.AIRCRAFT
    return replace(
        stance, lift=stance.lift + swing * _wave(role, t, rate) + (0.05 * share if level else 0),
        turn=3.0 * _wave(role, t, rate, 1.3),
    )  # fmt: skip


def swim(role: Role, share: float) -> Stance:
    """Through water."""
    t = share * role.seconds
    stance = crossing(role, share)
    return replace(
        stance, lift=stance.lift + 0.022 * _wave(role, t, 0.5),
        turn=5.0 * role.way * -_wave(role, t, 0.5, 1.5), width=1 - 0.04 * _wave(role, t, 1.4),
    )  # fmt: skip


def sail(role: Role, share: float) -> Stance:
    """On the waves."""
    t = share * role.seconds
    stance = crossing(role, share)
    return replace(
        stance, lift=stance.lift + 0.010 * _wave(role, t, 0.42), turn=2.6 * _wave(role, t, 0.31)
    )


def jump(role: Role, share: float) -> Stance:
    """Again and again, squashed where it lands."""
    hops = max(2, round(role.seconds * 0.75 * role.pace))
    inside = (share * hops) % 1.0
    low = 0.16
    if inside < low:
        squash, lift = 0.16 * math.sin(math.pi * inside / low), 0.0
    else:
        air = (inside - low) / (1 - low)
        lift = 4 * air * (1 - air) * (0.10 + 0.42 * role.tall)
        squash = -0.07 * math.cos(math.pi * air) ** 2
    stance = crossing(role, share) if role.direction is not None else Stance()
    return replace(stance, lift=stance.lift + lift, squash=squash)


def dance(role: Role, share: float) -> Stance:
    """To a beat of two in a second."""
    t = share * role.seconds
    beat = t * 1.9 * role.pace
    side = math.sin(math.pi * beat + role.phase * 0)
    hop = abs(math.sin(math.pi * beat))
    return Stance(
        x=0.05 * side, lift=0.05 * role.tall * hop, turn=9 * side, squash=0.07 * (0.5 - hop),
        width=1.0 if int(beat / 4) % 2 == 0 else -1.0,
    )  # fmt: skip


def spin(role: Role, share: float) -> Stance:
    """Round and round: the round ones like wheels, the others as on a turntable."""
    turns = max(1.0, role.seconds * 0.4 * role.pace)
    if role.nature is Nature.BUILDING:
        return stand(role, share)
    if role.nature in {Nature.BALL, Nature.HEAVENLY, Nature.DRIFTER, Nature.ROCKET}:
        return Stance(turn=-role.way * 360 * turns * share)
    width = math.cos(2 * math.pi * turns * share)
    return Stance(width=math.copysign(max(0.2, abs(width)), width))


def roll(role: Role, share: float) -> Stance:
    """Along the ground, turning as far as it goes."""
    stance = crossing(role, share)
    return replace(stance, turn=-stance.x / max(0.05, role.tall / 2) * 180 / math.pi)


def drift(role: Role, share: float) -> Stance:
    """Weightless."""
    t = share * role.seconds
    stance = crossing(role, share) if role.direction is not None else Stance(
        x=role.way * (glide(share) - 0.5) * 0.35
    )  # fmt: skip
    return replace(
        stance, lift=stance.lift + 0.035 * _wave(role, t, 0.24) + 0.05 * share,
        turn=7 * _wave(role, t, 0.17),
    )  # fmt: skip


def rise(role: Role, share: float) -> Stance:
    """Upwards, faster and faster for a rocket."""
    t = share * role.seconds
    rocket = role.nature is Nature.ROCKET
    along = share * share * 0.75 + share * 0.25 if rocket else glide(share)
    shake = 0.004 * _wave(role, t, 9) if rocket else 0.03 * _wave(role, t, 0.3)
    return Stance(x=shake, lift=0.62 * along, turn=0 if rocket else 3 * _wave(role, t, 0.3, 1))


def fall(role: Role, share: float) -> Stance:
    """Down from above, with a bounce where there is ground."""
    t = share * role.seconds
    if role.nature in {Nature.DRIFTER, Nature.BUG} and not role.flies:
        sway = 1 - share * share
        return Stance(
            x=0.07 * sway * _wave(role, t, 0.35),
            lift=0.62 * (1 - glide(share)),
            turn=14 * sway * _wave(role, t, 0.35, 1),
        )
    if role.flies:
        return Stance(
            x=0.07 * _wave(role, t, 0.35),
            lift=0.34 - 0.68 * share,
            turn=14 * _wave(role, t, 0.35, 1),
        )
    down = min(1.0, share / 0.55)
    lift = 0.95 * (1 - down * down)
    squash = 0.0
    if share > 0.55:
        after = (share - 0.55) / 0.45
        fade = math.exp(-4.5 * after)
        lift = abs(math.sin(after * math.pi * 2.5)) * 0.14 * fade
        squash = 0.14 * fade * math.cos(after * math.pi * 5)
    return Stance(lift=lift, squash=squash, turn=(1 - down) * 14 * role.way)


def grow(role: Role, share: float) -> Stance:
    """From little to large, a little beyond, and back."""
    del role
    along = ease(min(1.0, share / 0.8))
    return Stance(scale=0.14 + 0.98 * along + 0.06 * math.sin(along * math.pi))


def shrink(role: Role, share: float) -> Stance:
    """From large to little."""
    del role
    return Stance(scale=1.15 - 1.0 * ease(share))


def enter(role: Role, share: float) -> Stance:
    """In from the side, and there it stays."""
    start = -role.way * (role.reach + role.wide * 0.7)
    along = 1 - (1 - min(1.0, share / 0.62)) ** 2.2
    t = share * role.seconds
    busy = 1.0 if share < 0.62 else 0.15
    return Stance(
        x=start * (1 - along), lift=0.02 * busy * role.tall * abs(_wave(role, t, 1.4)),
        turn=2.2 * busy * _wave(role, t, 1.4, 0.8),
    )  # fmt: skip


def leave(role: Role, share: float) -> Stance:
    """Out of the picture."""
    along = max(0.0, (share - 0.25) / 0.75) ** 1.7
    t = share * role.seconds
    end = role.way * (role.reach + role.wide * 0.8)
    return Stance(
        x=end * along, lift=0.02 * role.tall * abs(_wave(role, t, 1.4)) * min(1, along * 6),
        turn=2.2 * _wave(role, t, 1.4, 0.8) * min(1, along * 6),
    )  # fmt: skip


def approach(role: Role, share: float) -> Stance:
    """Towards the camera."""
    t = share * role.seconds
    along = glide(share)
    return Stance(
        scale=0.42 * (1.45 / 0.42) ** along, away=0.10 * (1 - along) - 0.03 * along,
        lift=0.015 * role.tall * abs(_wave(role, t, 1.2)), turn=1.5 * _wave(role, t, 1.2),
    )  # fmt: skip


def recede(role: Role, share: float) -> Stance:
    """Away from the camera."""
    t = share * role.seconds
    along = glide(share)
    return Stance(
        scale=1.3 * (0.34 / 1.3) ** along, away=0.11 * along,
        lift=0.015 * role.tall * abs(_wave(role, t, 1.2)), turn=1.5 * _wave(role, t, 1.2),
    )  # fmt: skip


def sway(role: Role, share: float) -> Stance:
    """In the wind."""
    return Stance(turn=6.5 * _wave(role, share * role.seconds, 0.42 * role.pace))


def shake(role: Role, share: float) -> Stance:
    """With cold, fear or laughter."""
    t = share * role.seconds
    return Stance(x=0.007 * _wave(role, t, 8.0), turn=1.8 * _wave(role, t, 6.5))


def present(role: Role, share: float) -> Stance:
    """A product on show: it arrives, hovers and turns a little."""
    t = share * role.seconds
    arrival = ease(min(1.0, share / 0.22))
    return Stance(
        lift=0.03 + 0.012 * _wave(role, t, 0.3), scale=0.86 + 0.14 * arrival + 0.05 * share,
        turn=2.4 * _wave(role, t, 0.2), alpha=min(1.0, 0.2 + arrival),
    )  # fmt: skip


MOVES: MappingProxyType[Action, Callable[[Role, float], Stance]] = MappingProxyType({
    Action.STAND: stand, Action.WALK: walk, Action.RUN: run, Action.DRIVE: drive, Action.FLY: fly,
    Action.SWIM: swim, Action.SAIL: sail, Action.JUMP: jump, Action.DANCE: dance,
    Action.SPIN: spin, Action.ROLL: roll, Action.FLOAT: drift, Action.RISE: rise,
    Action.FALL: fall, Action.GROW: grow, Action.SHRINK: shrink, Action.ENTER: enter,
    Action.LEAVE: leave, Action.CHASE: run, Action.SWAY: sway, Action.SHAKE: shake,
    Action.APPROACH: approach, Action.RECEDE: recede, Action.PRESENT: present,
    Action.ORBIT: stand,
})  # fmt: skip

GOES = frozenset({
    Action.WALK, Action.RUN, Action.DRIVE, Action.FLY, Action.SWIM, Action.SAIL, Action.ROLL,
    Action.CHASE, Action.ENTER, Action.LEAVE, Action.FLOAT,
})  # fmt: skip


def travelling(role: Role, share: float) -> Stance:
    """The move when the camera travels along: three times as far."""
    stance = MOVES[role.action](role, share)
    return replace(stance, x=stance.x * 3.2) if role.action in GOES else stance
