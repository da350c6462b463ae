"""Actors: subjects with a look, a place in the composition and a move."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mutoscope.storyboard.art.nature import Facing, Nature
from mutoscope.storyboard.bonds import Tie, bind, draw_string
from mutoscope.storyboard.layers import View
from mutoscope.storyboard.looks import Look
from mutoscope.storyboard.moves import MOVES, PACES, Role, Stance, travelling
from mutoscope.storyboard.pixels import Floats, Pixels, over
from mutoscope.storyboard.places import Backdrop, Ground
from mutoscope.storyboard.places.paint import soft_disc
from mutoscope.storyboard.scene import Action, Direction, Size, Subject

TALL = {Size.TINY: 0.13, Size.SMALL: 0.22, Size.NORMAL: 0.36, Size.LARGE: 0.52, Size.HUGE: 0.70}
AIRBORNE = frozenset({
    Nature.BIRD, Nature.BUG, Nature.AIRCRAFT, Nature.DRIFTER, Nature.HEAVENLY,
})  # fmt: skip
AFLOAT = frozenset({Nature.BOAT, Nature.FISH})
AFLOAT_BY = frozenset({Action.SWIM, Action.SAIL})
HEADED = frozenset({Nature.ROCKET, Nature.AIRCRAFT})


@dataclass(eq=False)
class Actor:
    """One figure on the stage."""

    look: Look
    role: Role
    x: float  # world, at half time
    ground: float  # world y under it
    altitude: float  # how high its foot is above that ground
    size: float  # height of the drawing, in frame heights
    order: float
    partner: "Actor | None" = None
    travels: bool = False
    tie: Tie | None = None

    def stance(self, share: float) -> Stance:
        """How it is when `share` of the shot is over."""
        share = min(1.0, max(0.0, share))
        if self.tie is not None:
            return self.tie.stance(self, share)
        if self.role.action is Action.ORBIT:
            return self._orbiting(share)
        if self.travels:
            return travelling(self.role, share)
        return MOVES[self.role.action](self.role, share)

    def _orbiting(self, share: float) -> Stance:
        turns = max(1.0, self.role.seconds * 0.22 * self.role.pace)
        angle = 2 * math.pi * turns * share + self.role.phase
        centre = self.partner
        if centre is None:
            return Stance(x=0.3 * math.cos(angle), lift=0.12 * math.sin(angle))
        held = centre.stance(share)
        wide = 0.30 + centre.size * 0.42
        x = centre.x + held.x + wide * math.cos(angle) - self.x
        lift = held.lift + centre.altitude + centre.size / 2 - self.size / 2 - self.altitude
        return Stance(
            x=x, lift=lift + 0.26 * wide * math.sin(angle), scale=1 - 0.16 * math.sin(angle)
        )

    def facing_way(self, share: float) -> float:
        """-1 when it looks or goes left, 1 when right."""
        if self.tie is not None:
            return self.tie.host.facing_way(share)
        if self.role.action is Action.ORBIT:
            step = self.stance(share + 0.01).x - self.stance(share - 0.01).x
            return math.copysign(1, step) if abs(step) > 1e-6 else 1.0
        return self.role.way

    def is_behind(self, share: float) -> bool:
        """It circles behind its partner just now."""
        if self.role.action is not Action.ORBIT:
            return False
        turns = max(1.0, self.role.seconds * 0.22 * self.role.pace)
        return math.sin(2 * math.pi * turns * share + self.role.phase) > 0


def lay(
    canvas: Pixels, picture: Pixels, matrix: Floats,
    alpha: float = 1.0,
) -> None:  # fmt: skip
    """Lay a picture on the canvas through an affine matrix (picture to canvas)."""
    height, width = picture.shape[:2]
    corners = matrix @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    left, top = math.floor(corners[0].min()) - 1, math.floor(corners[1].min()) - 1
    right, bottom = math.ceil(corners[0].max()) + 1, math.ceil(corners[1].max()) + 1
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, canvas.shape[1]), min(bottom, canvas.shape[0])
    if right - left < 1 or bottom - top < 1:
        return
    local = matrix.copy()
    local[0, 2] -= left
    local[1, 2] -= top
    warped = cv2.warpAffine(picture, local, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    over(canvas, warped, left, top, alpha)


class Troupe:
    """All actors of a shot, drawn far to near."""

    def __init__(
        self, actors: list[Actor], backdrop: Backdrop, *,
        shadow: float, glow: float, seconds: float,
    ) -> None:  # fmt: skip
        """`shadow` and `glow` say how strong shadows and halos are, 0 to 1."""
        self.actors = sorted(actors, key=lambda actor: actor.order)
        self.backdrop = backdrop
        self.seconds = seconds
        red, green, blue = backdrop.shadow
        spot = soft_disc(96)
        self._shadow = np.dstack(
            [spot[..., None] * np.array([red, green, blue], np.float32), spot * 255]
        ).astype(np.uint8)
        self._strength = shadow
        self._glow = glow
        tone = np.array([255, 214, 140], np.float32)
        soft = spot**1.5
        self._halo = np.dstack([soft[..., None] * tone, soft * 180]).astype(np.uint8)

    def draw(self, canvas: Pixels, view: View, share: float) -> None:
        """Shadows and reflections first, then the figures."""
        stances = [(actor, actor.stance(share)) for actor in self.actors]
        for actor, stance in stances:
            self._ground(canvas, view, actor, stance, share)
        for actor, stance in sorted(stances, key=lambda pair: not pair[0].is_behind(share)):
            draw_string(canvas, view, actor, share)
            if actor.look.shines and self._glow:
                self._shine(canvas, view, actor, stance)
            self._figure(canvas, view, actor, stance, share)

    def _shine(self, canvas: Pixels, view: View, actor: Actor, stance: Stance) -> None:
        """A warm halo around what gives light."""
        y = actor.ground - actor.altitude - stance.lift - actor.size * stance.scale / 2
        x, y = view.place(actor.x + stance.x, y, 1.0)
        wide = actor.size * stance.scale * view.scale(1.0) * view.unit * 2.6
        size = self._halo.shape[0]
        matrix = np.array(
            [[wide / size, 0, x - wide / 2], [0, wide / size, y - wide / 2]], np.float64
        )
        lay(canvas, self._halo, matrix, self._glow)

    def _ground(
        self, canvas: Pixels, view: View, actor: Actor, stance: Stance, share: float
    ) -> None:
        ground = self.backdrop.ground
        if ground in {Ground.AIR, Ground.SPACE} or actor.tie is not None:
            return
        lift = max(0.0, actor.altitude + stance.lift)
        bank = self.backdrop.bank
        wet = ground is Ground.WATER and (bank is None or actor.ground < bank - 0.05)
        if (wet or ground is Ground.STUDIO) and lift < 0.25:
            mirror = 0.36 if wet else 0.13
            self._figure(canvas, view, actor, stance, share, mirror=mirror * (1 - lift * 3.5))
        if wet:
            return
        x, y = view.place(actor.x + stance.x, actor.ground - stance.away, 1.0)
        scale = view.scale(1.0) * view.unit * stance.scale
        wide = actor.size * actor.look.shape * (0.98 + lift * 0.5) * scale
        tall = max(2.0, wide * 0.20)
        strength = self._strength * 2.0 * math.exp(-lift * 3.4) * stance.alpha
        if strength < 0.03:
            return
        size = self._shadow.shape[0]
        matrix = np.array(
            [[wide / size, 0, x - wide / 2], [0, tall / size, y - tall * 0.56]], np.float64
        )
        lay(canvas, self._shadow, matrix, min(1.0, strength))

    def _figure(
        self, canvas: Pixels, view: View, actor: Actor, stance: Stance, share: float,
        mirror: float = 0.0,
    ) -> None:  # fmt: skip
        look = actor.look
        left, top, right, bottom = look.box
        base = actor.size * view.unit / max(0.05, bottom - top)
        larger = min(stance.scale * view.scale(1.0), 2.2)
        tall = max(4, min(1400, round(base * max(1.0, larger) / 16) * 16))
        picture = look.picture(share * self.seconds + actor.role.phase * 0.4, tall)
        factor = base * view.scale(1.0) * stance.scale / tall
        way = actor.facing_way(share)
        mirrored = (look.facing is Facing.LEFT and way > 0) or (
            look.facing is Facing.RIGHT and way < 0
        )
        turn = stance.turn + _aim(actor, stance, share, mirrored)
        flip = -1.0 if mirrored else 1.0
        sx = factor * flip * stance.width * (1 + stance.squash)
        sy = factor * (1 - stance.squash)
        centred = (
            actor.altitude > 0.02
            or stance.lift > 0.03
            or look.nature in HEADED
            or actor.role.action in {Action.ROLL, Action.SPIN}
        )
        anchor_x = (left + right) / 2 * picture.shape[1]
        anchor_y = ((top + bottom) / 2 if centred else bottom) * picture.shape[0]
        world_y = actor.ground - stance.away - actor.altitude - stance.lift
        if centred:
            world_y -= actor.size * stance.scale / 2
        x, y = view.place(actor.x + stance.x, world_y, 1.0)
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        matrix = np.array([[cos * sx, sin * sy, 0], [-sin * sx, cos * sy, 0]], np.float64)
        matrix[:, 2] = [x, y] - matrix[:, :2] @ [anchor_x, anchor_y]
        if not mirror:
            lay(canvas, picture, matrix, stance.alpha)
            return
        foot = view.place(0, actor.ground - stance.away, 1.0)[1]
        flipped = np.array([[1, 0, 0], [0, -0.82, foot * 1.82]], np.float64)
        whole = np.vstack([matrix, [0, 0, 1]])
        lay(canvas, picture, flipped @ whole, mirror * stance.alpha)


def _aim(actor: Actor, stance: Stance, share: float, mirrored: bool) -> float:
    """How far to turn a drawing with a nose so that it points where it goes."""
    if actor.look.nature not in HEADED:
        return 0.0
    heading = 180 - actor.look.heading if mirrored else actor.look.heading
    if actor.role.action in {Action.RISE, Action.FALL} or actor.role.direction in {
        Direction.UP, Direction.DOWN,
    }:  # fmt: skip
        down = actor.role.action is Action.FALL or actor.role.direction is Direction.DOWN
        return (-90.0 if down else 90.0) - heading
    if actor.role.action in {Action.SPIN, Action.STAND, Action.PRESENT}:
        return 0.0
    ahead, back = actor.stance(share + 0.02), actor.stance(share - 0.02)
    dx, dy = ahead.x - back.x, ahead.lift - back.lift
    if math.hypot(dx, dy) < 1e-4:
        return 0.0
    wanted = math.degrees(math.atan2(dy + abs(dx) * 0.14, dx))
    if actor.look.nature is Nature.AIRCRAFT and abs(actor.look.heading % 180) < 1:
        return 0.0
    del stance
    return (wanted - heading + 180) % 360 - 180


def cast(
    subjects: list[tuple[Subject, Look]], backdrop: Backdrop, *,
    aspect: float, seconds: float, draw: np.random.Generator, follows: bool, room: float = 1.0,
) -> list[Actor]:  # fmt: skip
    """Give every subject its place, its size and its move."""
    free = [index for index, (subject, _) in enumerate(subjects) if subject.bond is None]
    many = sum(min(subjects[index][0].count, 3) for index in free)
    groups: list[list[Actor]] = []
    common_way = 1.0 if draw.random() < 0.6 else -1.0
    for index, (subject, look) in enumerate(subjects):
        way = common_way
        if subject.direction in {Direction.LEFT, Direction.RIGHT}:
            way = -1.0 if subject.direction is Direction.LEFT else 1.0
        elif subject.target is not None and subject.action is Action.CHASE:
            target = subjects[subject.target][0].direction
            if target in {Direction.LEFT, Direction.RIGHT}:
                way = -1.0 if target is Direction.LEFT else 1.0
        groups.append(
            _group(subject, look, backdrop, index=free.index(index) if index in free else 0,
                   many=many, among=len(free), way=way,
                   aspect=aspect, seconds=seconds, draw=draw, share=room)
        )  # fmt: skip
    for (subject, _), group in zip(subjects, groups, strict=True):
        if subject.target is not None and subject.bond is not None:
            hosts = groups[subject.target]
            for copy, actor in enumerate(group):
                aside = (copy // len(hosts) - (len(group) - 1) // len(hosts) / 2) * actor.size * 0.8
                bind(
                    actor,
                    hosts[copy % len(hosts)],
                    subject.bond,
                    art=subjects[subject.target][0].art or "",
                    own=subject.art or "",
                    beside=aside,
                )
        elif subject.target is not None:
            for actor in group:
                actor.partner = groups[subject.target][0]
                _pair(actor, actor.partner)
        if subject.action is Action.ORBIT and subject.target is not None:
            for actor in groups[subject.target]:
                actor.x = 0.0
    actors = [actor for group in groups for actor in group]
    if follows and actors:
        for actor in actors:
            actor.travels = True
    return actors


def _pair(actor: Actor, partner: Actor) -> None:
    if actor.role.action is Action.CHASE:
        room = (partner.role.wide + actor.role.wide) * 0.55 + 0.06
        partner.x += partner.role.way * room * 0.5
        actor.x = partner.x - partner.role.way * room
        reach = max(0.2, partner.role.reach - room * 0.6)
        partner.role = replace(partner.role, reach=reach)
        actor.role = replace(
            actor.role, reach=reach + (actor.role.wide - partner.role.wide) * 0.55,
            way=partner.role.way, direction=partner.role.direction, pace=partner.role.pace,
        )  # fmt: skip


def _group(
    subject: Subject, look: Look, backdrop: Backdrop, *, index: int, many: int, among: int,
    way: float, aspect: float, seconds: float, draw: np.random.Generator, share: float,
) -> list[Actor]:  # fmt: skip
    """The copies of one subject, arranged."""
    size = _size(subject, look, aspect=aspect, many=many, among=among)
    flies = _flies(subject, look, backdrop)
    slot = _slot(index, among, aspect)
    wide = size * look.shape
    room = aspect * (0.86 if among == 1 else 0.86 / among)
    step = min(wide * 0.95 + 0.02, room / max(1, subject.count) * 1.1)
    actors = []
    for copy in range(subject.count):
        back = copy % 2 if subject.count > 1 else 0
        shade = 0.86 if back else 1.0
        across = (copy - (subject.count - 1) / 2) * step
        scatter = float(draw.uniform(-0.012, 0.012)) if subject.count > 1 else 0.0
        role = Role(
            nature=look.nature, action=subject.action, direction=subject.direction, way=way,
            seconds=seconds, reach=aspect / 2 * share, tall=size,
            wide=wide + step * (subject.count - 1),
            phase=float(draw.uniform(0, 6.28)) if subject.count > 1 or among > 1 else 0.0,
            pace=PACES[subject.speed], flies=flies,
        )  # fmt: skip
        ground, altitude = _level(subject, look, backdrop, size, flies, index)
        ground -= 0.035 * back + scatter
        if flies and subject.count > 1:
            altitude += 0.075 * ((copy * 2) % 5 - 2) * min(1.0, 0.36 / size) * 0.6
        x = slot + across if subject.x is None else (subject.x - 0.5) * aspect + across
        if subject.y is not None:
            altitude = ground - subject.y - size / 2
            altitude = altitude if altitude > 0.02 else 0.0
            ground = ground if altitude > 0 else subject.y + size / 2
        actors.append(
            Actor(look, role, x, ground, altitude, size * shade, order=ground + 0.001 * copy)
        )
    return actors


def _size(subject: Subject, look: Look, *, aspect: float, many: int, among: int) -> float:
    unit = min(1.0, 0.52 + 0.36 * aspect) if aspect < 1.34 else 1.0
    power = 0.35 if among == 1 else 0.9
    tall: float = TALL[subject.size] * unit * look.stature**power
    if many > 1:
        tall *= {2: 0.92, 3: 0.82, 4: 0.74, 5: 0.68}.get(many, 0.62)
    if subject.count > 4:
        tall *= max(0.55, 1 - 0.05 * (subject.count - 4))
    widest = aspect * (0.72 if among == 1 else 0.92 / among)
    if subject.count > 2:
        widest = min(widest, aspect * 0.85 / subject.count)
    return float(min(tall, widest / look.shape, 0.9))


def _slot(index: int, among: int, aspect: float) -> float:
    if among == 1:
        return 0.0
    spread = aspect * 0.84
    order = index if among > 3 else {2: (0, 1), 3: (1, 0, 2)}[among][index]
    return (order + 0.5) / among * spread - spread / 2


def _flies(subject: Subject, look: Look, backdrop: Backdrop) -> bool:
    if backdrop.ground in {Ground.AIR, Ground.SPACE}:
        return True
    if subject.action in {Action.FLY, Action.FLOAT}:
        return True
    if backdrop.ground is Ground.DEEP:
        return look.nature in {Nature.FISH, Nature.BOAT, Nature.PERSON} or subject.action in {
            Action.SWIM
        }
    if subject.action in {Action.WALK, Action.RUN, Action.JUMP, Action.STAND, Action.DANCE}:
        return look.nature in AIRBORNE - {Nature.BIRD}
    if subject.action in {Action.RISE, Action.FALL, Action.ROLL, Action.DRIVE}:
        return False
    return look.nature in AIRBORNE


def _level(
    subject: Subject, look: Look, backdrop: Backdrop, size: float, flies: bool, index: int
) -> tuple[float, float]:
    """Where its ground is and how high above it."""
    feet = backdrop.feet
    ground = backdrop.ground
    swims = look.nature in AFLOAT or subject.action in AFLOAT_BY
    if backdrop.bank is not None and not swims:
        feet = backdrop.bank
    if ground in {Ground.AIR, Ground.SPACE}:
        if subject.action in {Action.RISE}:
            return 0.98, 0.02
        return feet + size / 2, 0.03 + 0.05 * (index % 2)
    if ground is Ground.DEEP and flies:
        return feet, feet - 0.50 - size / 2 + 0.08 * (1 - 2 * (index % 2)) * (index > 0)
    if subject.action is Action.PRESENT and ground is Ground.STUDIO:
        return feet, 0.03
    if flies:
        middle = 0.30 if look.nature is Nature.HEAVENLY else 0.40
        middle += 0.07 * (index % 2)
        return feet, max(0.05, feet - middle - size / 2)
    return feet, 0.0
