"""A stage: one shot built for one size, ready to be looked at at any moment."""

import math
from collections.abc import Mapping

import cv2
import numpy as np

from mutoscope.storyboard.actors import Troupe, cast
from mutoscope.storyboard.airs import SKY_BOUND, airs
from mutoscope.storyboard.art import library
from mutoscope.storyboard.camera import Camera, Pose
from mutoscope.storyboard.colours import RGB_OF
from mutoscope.storyboard.layers import View
from mutoscope.storyboard.light import GRADES, Grade, light_of
from mutoscope.storyboard.looks import Look, drawn, photographed
from mutoscope.storyboard.pixels import RGB, Pixels
from mutoscope.storyboard.places import Ground, Painter, paint
from mutoscope.storyboard.scene import Colour, Place, Shot, Subject, TimeOfDay, Weather
from mutoscope.storyboard.texts import card, title
from mutoscope.storyboard.weather import Air


class Stage:
    """Everything a shot needs, painted; `frame` looks at it."""

    def __init__(
        self, shot: Shot, *, width: int, height: int, seed: tuple[int, ...],
        cutouts: Mapping[int, Pixels] | None = None,
    ) -> None:  # fmt: skip
        """`cutouts` are the subject pictures somebody gave, by number, straight RGBA."""
        self.shot, self.width, self.height = shot, width, height
        draw = np.random.default_rng([*seed, shot.variety])
        # What is done in a shot must not hang on how large it is painted: chance of its own.
        acting = np.random.default_rng([*seed, shot.variety, 1])
        weathering = np.random.default_rng([*seed, shot.variety, 2])
        self.light = light_of(shot)
        self.camera = Camera(shot.camera, seconds=shot.seconds, shake=float(acting.uniform(0, 6)))
        roll = math.radians(self.camera.roll_max)
        self.canvas_width = math.ceil(width * math.cos(roll) + height * math.sin(roll))
        self.canvas_height = math.ceil(height * math.cos(roll) + width * math.sin(roll))
        snowy = not {Weather.SNOW, Weather.SNOWY}.isdisjoint(shot.weather)
        painter = Painter(width, height, self.light, draw, _left_out(shot), snowy)
        tone = RGB_OF[shot.backdrop] if shot.backdrop is not None else None
        self.backdrop = paint(shot.place, painter, tone)
        self._looks: dict[tuple[str, Colour | None], Look] = {}
        self.troupe = self._troupe(acting, cutouts or {})
        still = self._view(Pose())
        self.sky: list[Air] = []
        self.air: list[Air] = []
        for weather in shot.weather:
            made = airs(weather, still, self.light, weathering, shot.seconds)
            (self.sky if weather in SKY_BOUND else self.air).extend(made)
        headings = [title(text, width, height) for text in shot.texts]
        self.titles = [heading for heading in headings if heading is not None]
        self.grade = GRADES[shot.mood]
        self._vignette = _vignette(width, height, self.grade)

    def _troupe(self, draw: np.random.Generator, cutouts: Mapping[int, Pixels]) -> Troupe:
        looks = [(subject, self._look(subject, cutouts)) for subject in self.shot.subjects]
        actors = cast(
            [(subject, look) for subject, look in looks if look is not None], self.backdrop,
            aspect=self.width / self.height, seconds=self.shot.seconds, draw=draw,
            follows=self.camera.follows, room=0.6 if self.camera.strays else 1.0,
        )  # fmt: skip
        glow = {TimeOfDay.NIGHT: 0.5, TimeOfDay.SUNSET: 0.25}.get(self.shot.time, 0.0)
        return Troupe(
            actors, self.backdrop,
            shadow=self.light.shadow, glow=glow, seconds=self.shot.seconds,
        )  # fmt: skip

    def _look(self, subject: Subject, cutouts: Mapping[int, Pixels]) -> Look | None:
        light = self._subject_light()
        if subject.picture is not None:
            cutout = cutouts.get(subject.picture)
            return photographed(cutout, light) if cutout is not None else None
        if subject.card is not None:
            return card(subject.card, light)
        key = (subject.art or "", subject.colour)
        if key not in self._looks:
            self._looks[key] = drawn(library()[key[0]], subject.colour, light)
        return self._looks[key]

    def _subject_light(self) -> RGB:
        """Subjects keep a little more of their colour than the land does."""
        if self.shot.place in {Place.SPACE, Place.ROOM, Place.THEATRE, Place.STUDIO}:
            share = 0.45 if self.light.is_dark else 0.7
        else:
            share = 0.42 if self.light.is_dark else 0.85
        red, green, blue = (1 + (value - 1) * share for value in self.light.key)
        if self.backdrop.ground is Ground.DEEP:
            return red * 0.82, green * 0.97, blue
        return red, green, blue

    def _view(self, pose: Pose) -> View:
        return pose.view(self.canvas_width, self.canvas_height, self.height)

    def pose(self, share: float) -> Pose:
        """How the camera stands when `share` of the shot is over."""
        leader = 0.0
        if self.camera.follows and self.troupe.actors:
            first = self.troupe.actors[0]
            leader = first.x + first.stance(share).x
        return self.camera.pose(share, leader)

    def frame(self, seconds: float) -> Pixels:
        """What the camera sees at a moment: RGB of the size asked for."""
        share = min(1.0, max(0.0, seconds / self.shot.seconds))
        pose = self.pose(share)
        view = self._view(pose)
        canvas = np.empty((self.canvas_height, self.canvas_width, 3), np.uint8)
        for index, layer in enumerate(self.backdrop.behind):
            layer.draw(canvas, view, seconds)
            if index == 0:
                for air in self.sky:
                    air.draw(canvas, view, seconds)
        self.troupe.draw(canvas, view, share)
        for layer in self.backdrop.front:
            layer.draw(canvas, view, seconds)
        for air in self.air:
            air.draw(canvas, view, seconds)
        frame = self._rolled(canvas, pose.roll)
        frame = self._graded(frame)
        for heading in self.titles:
            heading.draw(frame, share, self.shot.seconds)
        return frame

    def _rolled(self, canvas: Pixels, degrees: float) -> Pixels:
        if canvas.shape[:2] == (self.height, self.width) and not degrees:
            return canvas
        middle = (canvas.shape[1] / 2, canvas.shape[0] / 2)
        # The camera turned clockwise: what it sees turns the other way.
        matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        matrix[:, 2] += [self.width / 2 - middle[0], self.height / 2 - middle[1]]
        result: Pixels = cv2.warpAffine(
            canvas, matrix, (self.width, self.height), borderMode=cv2.BORDER_REPLICATE
        )
        return result

    def _graded(self, frame: Pixels) -> Pixels:
        grade = self.grade
        if grade.saturation != 1.0:
            grey = cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            frame = cv2.addWeighted(frame, grade.saturation, grey, 1 - grade.saturation, 0)
        if grade.bloom:
            small = cv2.resize(frame, (self.width // 4, self.height // 4))
            soft = cv2.resize(cv2.blur(small, (11, 11)), (self.width, self.height))
            frame = cv2.addWeighted(frame, 1 - grade.bloom * 0.5, soft, grade.bloom * 0.62, 0)
        if grade.lift:
            frame = cv2.convertScaleAbs(frame, alpha=1 - grade.lift / 255, beta=grade.lift)
        cv2.multiply(frame, self._vignette, frame, scale=1 / 128)
        return frame


MOONS = frozenset({"full-moon", "crescent-moon", "first-quarter-moon", "full-moon-face"})


def _left_out(shot: Shot) -> frozenset[str]:
    """Drawings the scenery must not show: what was refused, and heavenly bodies in the cast."""
    cast_names = {subject.art or "" for subject in shot.subjects}
    names = set(shot.without)
    if shot.place in {Place.SPACE, Place.MOON}:
        names |= cast_names
    if cast_names & MOONS:
        names.add("full-moon")
    if cast_names & {"sun", "sun-with-face"}:
        names.add("sun")
    return frozenset(names)


def _vignette(width: int, height: int, grade: Grade) -> Pixels:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    dark = 1 - grade.vignette * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.3
    gain = np.asarray(grade.gain, np.float32) * 128
    return np.clip(dark[..., None] * gain, 0, 255).astype(np.uint8)
