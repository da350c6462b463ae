"""Light: what time of day, weather and mood do to every colour of a shot."""

from dataclasses import dataclass
from types import MappingProxyType

from mutoscope.storyboard.pixels import RGB, mixed
from mutoscope.storyboard.scene import Mood, Shot, TimeOfDay, Weather


@dataclass(frozen=True)
class Light:
    """The light of a shot. Colours are 0..255; `key` multiplies what stands in it."""

    time: TimeOfDay
    zenith: RGB
    middle: RGB
    horizon: RGB
    haze: RGB
    key: RGB
    shadow: float
    glow: RGB
    overcast: float

    @property
    def is_dark(self) -> bool:
        """Lamps and windows are lit."""
        return self.time is TimeOfDay.NIGHT

    def on(self, colour: RGB, haze: float = 0.0) -> RGB:
        """A colour of the land as it looks in this light, `haze` of the way to the distance."""
        red, green, blue = (value * key for value, key in zip(colour, self.key, strict=True))
        return mixed((red, green, blue), self.haze, haze)


TIMES = MappingProxyType({
    TimeOfDay.DAWN: Light(
        time=TimeOfDay.DAWN, zenith=(104, 138, 206), middle=(226, 178, 206),
        horizon=(255, 222, 178),
        haze=(246, 208, 204), key=(1.0, 0.92, 0.92), shadow=0.30, glow=(255, 214, 160), overcast=0,
    ),
    TimeOfDay.DAY: Light(
        time=TimeOfDay.DAY, zenith=(58, 138, 232), middle=(122, 190, 248), horizon=(216, 240, 255),
        haze=(200, 228, 250), key=(1.0, 1.0, 1.0), shadow=0.36, glow=(255, 250, 225), overcast=0,
    ),
    TimeOfDay.SUNSET: Light(
        time=TimeOfDay.SUNSET, zenith=(76, 56, 130), middle=(226, 98, 108), horizon=(255, 186, 92),
        haze=(244, 150, 112), key=(1.0, 0.80, 0.66), shadow=0.40, glow=(255, 196, 96), overcast=0,
    ),
    TimeOfDay.NIGHT: Light(
        time=TimeOfDay.NIGHT, zenith=(9, 14, 46), middle=(22, 36, 88), horizon=(52, 76, 138),
        haze=(34, 50, 100), key=(0.54, 0.62, 0.92), shadow=0.42, glow=(205, 220, 255), overcast=0,
    ),
})  # fmt: skip

OVERCAST = MappingProxyType({
    Weather.RAIN: 0.62, Weather.STORM: 0.9, Weather.SNOW: 0.5, Weather.FOG: 0.6,
    Weather.CLOUDY: 0.5,
})  # fmt: skip


def light_of(shot: Shot) -> Light:
    """The light of a shot, from its time of day and its weather."""
    clear = TIMES[shot.time]
    overcast = max((OVERCAST.get(weather, 0.0) for weather in shot.weather), default=0.0)
    if not overcast:
        return clear
    dark = shot.time is TimeOfDay.NIGHT
    level = sum(clear.middle) / 3
    grey = (level * 0.90, level * 0.95, level * 1.03)
    if Weather.STORM in shot.weather:
        grey = mixed(grey, (40, 46, 62), 0.45)
    if Weather.STORM in shot.weather and not dark:
        grey = mixed(grey, (64, 74, 98), 0.6)
    share = overcast * (0.35 if dark else 0.8)
    dim = 1 - overcast * (0.12 if dark else 0.2)
    if Weather.SNOW in shot.weather or Weather.FOG in shot.weather:
        dim = 1 - overcast * 0.08
    key_level = sum(clear.key) / 3
    red, green, blue = mixed(clear.key, (key_level, key_level, key_level * 1.04), share * 0.7)
    pale = 0.0 if dark else 0.45 * (1 - overcast)
    return Light(
        time=clear.time,
        zenith=mixed(clear.zenith, grey, share), middle=mixed(clear.middle, grey, share),
        horizon=mixed(clear.horizon, mixed(grey, (225, 230, 236), pale), share),
        haze=mixed(clear.haze, grey, share), key=(red * dim, green * dim, blue * dim),
        shadow=clear.shadow * (1 - overcast * 0.55), glow=clear.glow, overcast=overcast,
    )  # fmt: skip


@dataclass(frozen=True)
class Grade:
    """What a mood does to the finished picture."""

    gain: RGB = (1.0, 1.0, 1.0)
    lift: float = 0.0
    saturation: float = 1.0
    bloom: float = 0.0
    vignette: float = 0.16


GRADES = MappingProxyType({
    Mood.PLAIN: Grade(),
    Mood.WARM: Grade(gain=(1.07, 1.0, 0.88), vignette=0.18),
    Mood.COLD: Grade(gain=(0.88, 0.98, 1.10), saturation=0.9, vignette=0.18),
    Mood.DREAMY: Grade(
        gain=(1.02, 0.99, 1.04), lift=12, saturation=0.92, bloom=0.38, vignette=0.10
    ),
    Mood.DARK: Grade(gain=(0.80, 0.82, 0.88), saturation=0.75, vignette=0.40),
    Mood.VIVID: Grade(saturation=1.28),
    Mood.VINTAGE: Grade(gain=(1.05, 0.97, 0.80), lift=14, saturation=0.55, vignette=0.34),
    Mood.MONOCHROME: Grade(saturation=0.0, vignette=0.28),
})  # fmt: skip
