"""Reads the words of one scene in order and works out who does what where."""

from dataclasses import dataclass, field, replace

from mutoscope.storyboard.art.type import settable
from mutoscope.storyboard.planner.bonds import bond_between, carries
from mutoscope.storyboard.planner.lexicon import Kind, Token, is_han, lexicon
from mutoscope.storyboard.planner.refusals import GENERAL, Refusals
from mutoscope.storyboard.scene import (
    COUNT_MAX,
    Action,
    Bond,
    CameraKind,
    CameraMove,
    Colour,
    Direction,
    Mood,
    Place,
    Size,
    Speed,
    Text,
    TimeOfDay,
    Transition,
    Weather,
)

MOVES: dict[str, tuple[CameraKind, float]] = {
    "pan_left": (CameraKind.PAN, -6), "pan_right": (CameraKind.PAN, 6),
    "tilt_up": (CameraKind.TILT, 6), "tilt_down": (CameraKind.TILT, -6),
    "roll_left": (CameraKind.ROLL, -7), "roll_right": (CameraKind.ROLL, 7),
    "zoom_in": (CameraKind.ZOOM, 6), "zoom_out": (CameraKind.ZOOM, -6),
    "dolly_in": (CameraKind.DOLLY, 7), "dolly_out": (CameraKind.DOLLY, -7),
    "truck_left": (CameraKind.HORIZONTAL, -6), "truck_right": (CameraKind.HORIZONTAL, 6),
    "pedestal_up": (CameraKind.VERTICAL, 6), "pedestal_down": (CameraKind.VERTICAL, -6),
    "orbit": (CameraKind.ORBIT, 6), "handheld": (CameraKind.HANDHELD, 5),
    "follow": (CameraKind.FOLLOW, 5), "still": (CameraKind.STILL, 0),
}  # fmt: skip
DETERMINERS = frozenset({"the", "a", "an", "my", "your", "只", "个", "辆", "条", "位", "头"})
# Said after the noun they count.
GATHERED = frozenset({"商队", "caravan"})
DESCRIBING = frozenset({Kind.COLOUR, Kind.SIZE, Kind.SPEED, Kind.DIRECTION, Kind.COUNT})
TRAVELS = frozenset({Action.WALK, Action.RUN, Action.SWIM, Action.CHASE, Action.ROLL})
TURNED = frozenset({CameraKind.PAN, CameraKind.HORIZONTAL, CameraKind.ROLL, CameraKind.ORBIT})


@dataclass
class Figure:
    """A subject as far as the words have told it."""

    art: str | None
    word: str
    card: str | None = None
    count: int = 1
    colour: Colour | None = None
    size: Size | None = None
    action: Action | None = None
    direction: Direction | None = None
    speed: Speed | None = None
    target: "Figure | None" = None
    bond: Bond | None = None


@dataclass
class Draft:
    """A scene as far as the words have told it."""

    figures: list[Figure] = field(default_factory=list)
    place: Place | None = None
    time: TimeOfDay | None = None
    weather: list[Weather] = field(default_factory=list)
    mood: Mood | None = None
    backdrop: Colour | None = None
    camera: list[CameraMove] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    narration: str | None = None
    without: list[str] = field(default_factory=list)
    transition: Transition = Transition.CUT
    closing: bool = False
    loose_action: Action | None = None
    unknown: list[str] = field(default_factory=list)
    nouns: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    # Asked for and forbidden in one prompt; what the prompt itself forbids.
    contrary: list[str] = field(default_factory=list)
    barred: Refusals = field(default_factory=Refusals)
    type_size: Size = Size.NORMAL
    type_colour: Colour | None = None

    def follow(self, before: "Draft") -> None:
        """Where something is done and nobody named, those of the scene before do it."""
        if self.figures or self.nouns or self.weather or self.loose_action is None:
            return
        doubles = {id(figure): replace(figure) for figure in before.figures if figure.art}
        for figure in doubles.values():
            figure.action, figure.direction = self.loose_action, None
            figure.target = doubles.get(id(figure.target))
        self.figures = list(doubles.values())

    @property
    def has_anything(self) -> bool:
        """There is at least something to show."""
        return bool(
            self.figures or self.place or self.time or self.weather or self.texts or self.backdrop
            or self.unknown
        )  # fmt: skip


class Reader:
    """Goes through the tokens once; modifiers wait for their noun, actions for their subject."""

    def __init__(self, refused: Refusals) -> None:
        """`refused` is what the negative prompt names."""
        self.refused = refused
        self.draft = Draft()
        self._clear()
        self.group: list[Figure] = []
        self.joining = False
        self.negated = False
        self.filming = False
        self.denied: dict[str, str] = {}
        # In this clause: the last word was a noun nobody knows; someone known was named.
        self.stranger = self.group_is_here = False
        self.waiting: Action | None = None
        self.chaser: Figure | None = None
        self.named: Figure | None = None
        self.said: list[Token] = []

    def _clear(self) -> None:
        self.pending: list[str] = []
        self.count: int | None = None
        self.colour: Colour | None = None
        self.size: Size | None = None
        self.direction: Direction | None = None
        self.speed: Speed | None = None

    def read(self, found: list[Token]) -> Draft:
        """The scene of these words."""
        for index, token in enumerate(found):
            after = next((t for t in found[index + 1 :] if t.kind is not Kind.STOP), None)
            nouns = len(self.draft.nouns)
            if token.kind is Kind.UNKNOWN:
                self._meet_unknown(token, found, index)
                self.stranger = len(self.draft.nouns) > nouns and bool(self.draft.figures)
            self._follow_bonds(
                token, found[index + 1].text if index + 1 < len(found) else "", after
            )
        self._end_clause()
        self._drop_pending()
        self.draft.loose_action = self.waiting or self.draft.loose_action
        self._settle_contradictions()
        self.draft.without += self.refused.scenery | self.draft.barred.scenery
        return self.draft

    def _settle_contradictions(self) -> None:
        """What a prompt asks for and forbids as well is drawn, and never said to be left out."""
        drawn = {figure.art for figure in self.draft.figures}
        for text in [*self.draft.excluded]:
            value = self.denied.get(text)
            if value is not None and value in drawn:
                self.draft.excluded.remove(text)
                self.draft.contrary.append(text)

    def _follow_bonds(self, token: Token, following: str, after: Token | None) -> None:
        """Take a token; a subject may be bound to the one named before it in its clause."""
        known = len(self.draft.figures)
        self._take(token, after)
        if len(self.draft.figures) > known:
            figure = self.draft.figures[-1]
            if self.named is not None:
                self._bind(self.named, figure, following)
            self.named, self.said = figure, []
        elif token.kind is Kind.BREAK:
            self.named, self.said = None, []
        else:
            self.said.append(token)

    def _bind(self, first: Figure, second: Figure, following: str) -> None:
        found = bond_between(first.art, self.said, second.art, following)
        if found is None:
            return
        bond, clings = found
        guest, host = (second, first) if clings else (first, second)
        hosts = [figure.target for figure in self.draft.figures if figure.bond is not None]
        if guest.target is not None or guest in hosts or host.bond is not None:
            return
        if bond is Bond.ON and first.action in TRAVELS:
            return
        guest.bond, guest.target = bond, host
        if first.action in {Action.DRIVE, Action.FLY}:
            first.action = None
        if bond is Bond.ON:
            host.direction, host.speed = (
                host.direction or guest.direction,
                host.speed or guest.speed,
            )
            # What is said next of a rider, its carrier does; a cat on a sofa does it itself.
            self.group = [host if carries(host.art) else guest]

    def _take(self, token: Token, after: Token | None) -> None:
        handler = getattr(self, f"_on_{token.kind.value}", None)
        if handler is None:
            return
        if self._is_refused(token):
            self.draft.excluded.append(token.text)
            return
        if handler(token, after) is not False and token.kind not in {Kind.BREAK, Kind.UNKNOWN}:
            self.draft.used.append(token.text)
            if token.kind in DESCRIBING and self._describes_nobody_yet():
                self.pending.append(token.text)

    def _describes_nobody_yet(self) -> bool:
        told = (self.count, self.colour, self.size, self.direction, self.speed)
        return any(each is not None for each in told)

    def _drop_pending(self) -> None:
        """What described nobody in the end has shaped nothing."""
        for word in self.pending:
            if word in self.draft.used:
                self.draft.used.remove(word)
                self.draft.unused.append(word)
        self.pending.clear()

    def _is_refused(self, token: Token) -> bool:
        if (token.kind, token.value) in self.refused.senses:
            return True
        named = {Kind.SUBJECT, Kind.WEATHER, Kind.PLACE, Kind.ACTION, Kind.TIME, Kind.CAMERA,
                 Kind.LETTERING}  # fmt: skip
        if self.negated and token.kind in named:
            self.negated = False
            general = GENERAL.get(token.text.lower())
            kind = token.kind if general is None else Kind.SUBJECT
            self.draft.barred.add(kind, general or token.value)
            if token.kind is Kind.SUBJECT:
                self.denied[token.text] = token.value
            return True
        return False

    def _on_negation(self, token: Token, after: Token | None) -> bool:
        del token, after
        self.negated = True
        return False

    def _on_subject(self, token: Token, after: Token | None) -> bool:
        if self.filming and token.value == "camera":
            return False
        if token.value == "water-wave" and token.text.lower() in {"wave", "waves"} and self.group:
            return self._on_action(Token(Kind.ACTION, Action.SWAY, token.text), after)  # greets
        figure = Figure(token.value, token.text)
        is_compound = (
            len(token.text) > 1 and is_han(token.text[0]) and token.text not in lexicon().senses
        )
        if is_compound or lexicon().is_approximate(token.text):
            self.draft.unknown.append(token.text)
        self._add(figure)
        del after
        return True

    def _add(self, figure: Figure) -> None:
        figure.count = min(COUNT_MAX, max(1, self.count or 1))
        figure.colour, figure.size = self.colour, self.size
        figure.direction, figure.speed = self.direction, self.speed
        self._clear()
        if self.waiting is not None:
            figure.action, self.waiting = self.waiting, None
        if self.chaser is not None:
            self.chaser.target, self.chaser = figure, None
            self.draft.figures.append(figure)
            return
        if not self.joining:
            self.group = []
        self.group.append(figure)
        self.joining, self.group_is_here = False, True
        self.draft.figures.append(figure)

    def _on_join(self, token: Token, after: Token | None) -> bool:
        del token, after
        self.joining = bool(self.group)
        return False

    def _on_action(self, token: Token, after: Token | None) -> bool:
        action = Action(token.value)
        if self.filming:
            return self._filmed(action)
        pair = action in {Action.CHASE, Action.ORBIT}
        if self.stranger and not self.group_is_here:
            # "a cup, fog machine humming": said of something that there is no drawing of.
            self.draft.unused.append(token.text)
            return False
        if not self.group:
            self.waiting = action
            return True
        for figure in self.group:
            if figure.action in {None, Action.STAND} or pair:
                figure.action = action
            figure.speed = figure.speed or self.speed
            figure.direction = figure.direction or self.direction
        if pair:
            self.chaser = self.group[0]
        self.speed = self.direction = None
        del after
        return True

    def _filmed(self, action: Action) -> bool:
        """A verb said of the camera."""
        name = {
            Action.RISE: "pedestal_up", Action.FALL: "pedestal_down", Action.ORBIT: "orbit",
            Action.SPIN: "roll_right", Action.SHAKE: "handheld", Action.CHASE: "follow",
            Action.SWAY: "handheld", Action.APPROACH: "dolly_in", Action.RECEDE: "dolly_out",
            Action.FLY: "dolly_in", Action.WALK: "truck_right", Action.ROLL: "roll_right",
        }.get(action)  # fmt: skip
        if name is None:
            return False
        self._film(name)
        return True

    def _film(self, name: str) -> None:
        kind, amount = MOVES[name]
        if self.direction in {Direction.LEFT, Direction.RIGHT} and kind in TURNED:
            amount = abs(amount) * (-1 if self.direction is Direction.LEFT else 1)
            self.direction = None
        if all(move.kind is not kind for move in self.draft.camera) and len(self.draft.camera) < 3:
            self.draft.camera.append(CameraMove(kind=kind, amount=amount))

    def _on_camera(self, token: Token, after: Token | None) -> bool:
        del after
        self.filming = True
        self._film(token.value)
        return True

    def _on_noun(self, token: Token, after: Token | None) -> bool:
        del token, after
        self.filming = True
        return False

    def _on_direction(self, token: Token, after: Token | None) -> bool:
        direction = Direction(token.value)
        if self.filming:
            return self._film_towards(direction)
        told = bool(self.group) and self.group[-1].action is not None
        if told or (self.group and (after is None or after.kind is not Kind.ACTION)):
            for figure in self.group:
                figure.direction = direction
        else:
            self.direction = direction
        return True

    def _film_towards(self, direction: Direction) -> bool:
        for index, move in enumerate(self.draft.camera):
            if move.kind in TURNED and direction in {Direction.LEFT, Direction.RIGHT}:
                sign = -1 if direction is Direction.LEFT else 1
                self.draft.camera[index] = CameraMove(
                    kind=move.kind, amount=abs(move.amount) * sign
                )
                return True
        if direction in {Direction.UP, Direction.DOWN}:
            self._film("pedestal_up" if direction is Direction.UP else "pedestal_down")
        else:
            self.direction = direction
            if direction in {Direction.LEFT, Direction.RIGHT}:
                self._film("truck_right")
        return True

    def _on_count(self, token: Token, after: Token | None) -> bool:
        del after
        if token.text.lower() in GATHERED and self.group and self.group[-1].count == 1:
            self.group[-1].count = int(token.value)
            return True
        self.count = min(COUNT_MAX, max(1, int(token.value)))
        return self.count > 1

    def _on_colour(self, token: Token, after: Token | None) -> bool:
        if after is not None and after.kind is Kind.BACKDROP:
            self.draft.backdrop = Colour(token.value)
        else:
            self.colour = Colour(token.value)
        return True

    def _on_backdrop(self, token: Token, after: Token | None) -> bool:
        del token, after
        return self.draft.backdrop is not None

    def _on_size(self, token: Token, after: Token | None) -> bool:
        del after
        self.size = Size(token.value)
        return True

    def _on_lettering(self, token: Token, after: Token | None) -> bool:
        """A word about the type, not about the scene: what describes it describes no subject."""
        del after
        self.draft.type_size = self.size or Size(token.value)
        self.draft.type_colour = self.colour
        self._clear()
        return False

    def _on_speed(self, token: Token, after: Token | None) -> bool:
        speed = Speed(token.value)
        if self.group and (after is None or after.kind is not Kind.ACTION):
            for figure in self.group:
                figure.speed = speed
        else:
            self.speed = speed
        return True

    def _on_place(self, token: Token, after: Token | None) -> bool:
        del after
        place = Place(token.value)
        if self.draft.place is None or (
            self.draft.place in {Place.SKY, Place.ROAD} and place not in {Place.SKY, Place.ROAD}
        ):
            self.draft.place = place
            return True
        return self.draft.place is place

    def _on_time(self, token: Token, after: Token | None) -> bool:
        del after
        if self.draft.time is None:
            self.draft.time = TimeOfDay(token.value)
        return self.draft.time is TimeOfDay(token.value)

    def _on_weather(self, token: Token, after: Token | None) -> bool:
        del after
        weather = Weather(token.value)
        if weather not in self.draft.weather and len(self.draft.weather) < 4:
            self.draft.weather.append(weather)
        return weather in self.draft.weather

    def _on_mood(self, token: Token, after: Token | None) -> bool:
        del after
        mood = Mood(token.value)
        if self.draft.mood is None or mood is Mood.MONOCHROME:
            self.draft.mood = mood
        return True

    def _meet_unknown(self, token: Token, found: list[Token], index: int) -> None:
        """Keep an unknown word; note whether it stands where a noun would."""
        if len(token.text) == 1 and token.text.isascii():
            return
        if not settable(token.text)[0]:
            self.draft.unused.append(token.text)
            return
        self.draft.unknown.append(token.text)
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        describes = after is not None and (
            after.text in {"的", "地"}
            or after.kind in {Kind.SUBJECT, Kind.PLACE, Kind.UNKNOWN, Kind.COLOUR}
        )
        if after is not None and is_han(token.text[0]) and after.text not in {"的", "地"}:
            describes = False
        does = before is not None and before.kind is Kind.SUBJECT and not is_han(token.text[0])
        if describes or does:
            return
        self.draft.nouns.append(token.text)
        if before is not None and (before.kind is Kind.COUNT or before.text.lower() in DETERMINERS):
            self.draft.named.append(token.text)

    def _on_break(self, token: Token, after: Token | None) -> bool:
        del after
        self._end_clause()
        if self.waiting is not None:
            # Said of no subject in its own clause: the fireworks bloomed, not the next person.
            self.draft.loose_action, self.waiting = self.waiting, None
        if token.value in "。；！？.;!?\n":
            self.chaser = None
        return False

    def _end_clause(self) -> None:
        """What is left waiting belongs to the subject before it."""
        last = self.group[-1] if self.group else None
        if last is not None:
            if self.colour and last.colour and last.colour is not self.colour:
                self._drop_pending()
            last.colour = last.colour or self.colour
            last.size = last.size or self.size
            last.direction = last.direction or self.direction
            last.speed = last.speed or self.speed
            self._clear()
        self.filming = self.negated = self.joining = False
        self.stranger = self.group_is_here = False
