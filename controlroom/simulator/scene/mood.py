"""Night, dusk and day: the colours each paints the street with, and which of them it is over London.

Colours are blue, green, red from 0 to 1 as OpenCV orders them.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from controlroom.simulator.settings import Light

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Mood:
    """The light of one time of day."""

    light: Light
    sky: tuple[Colour, Colour, Colour]
    """Colours of the zenith, half way down, and the horizon."""
    cloud: tuple[Colour, float]
    """Colour of the clouds and how thick they are."""
    ambient: Colour
    """What every surface receives from the sky."""
    lamps: float
    """Strength of street lamps; 0 is off."""
    windows_lit: float
    """Share of upper windows with a light on."""
    shops: float
    """How bright shop windows are."""
    glass: Colour
    """What an unlit window shows: the sky it mirrors."""
    haze: Colour
    wet: float
    """How much the road mirrors."""


NIGHT = Mood(
    light=Light.NIGHT,
    sky=((0.115, 0.068, 0.040), (0.190, 0.125, 0.085), (0.250, 0.225, 0.235)),
    cloud=((0.24, 0.22, 0.235), 0.16),
    ambient=(0.175, 0.128, 0.105),
    lamps=1.0,
    windows_lit=0.42,
    shops=1.0,
    glass=(0.13, 0.09, 0.065),
    haze=(0.150, 0.140, 0.150),
    wet=0.6,
)
DUSK = Mood(
    light=Light.DUSK,
    sky=((0.46, 0.28, 0.20), (0.56, 0.43, 0.42), (0.50, 0.62, 0.88)),
    cloud=((0.51, 0.44, 0.54), 0.34),
    ambient=(0.52, 0.41, 0.38),
    lamps=0.72,
    windows_lit=0.30,
    shops=0.95,
    glass=(0.36, 0.30, 0.30),
    haze=(0.42, 0.45, 0.55),
    wet=0.3,
)
DAY = Mood(
    light=Light.DAY,
    sky=((0.90, 0.74, 0.58), (0.93, 0.86, 0.78), (0.94, 0.92, 0.89)),
    cloud=((0.98, 0.97, 0.965), 0.7),
    ambient=(0.97, 0.98, 1.0),
    lamps=0.0,
    windows_lit=0.05,
    shops=0.42,
    glass=(0.46, 0.40, 0.35),
    haze=(0.85, 0.84, 0.82),
    wet=0.0,
)
MOODS = {mood.light: mood for mood in (NIGHT, DUSK, DAY)}

_LONDON_LATITUDE, _LONDON_LONGITUDE = 51.4, -0.1
_DAY_ABOVE_DEG, _NIGHT_BELOW_DEG = 2.0, -7.0


def mood_for(light: Light, moment: datetime) -> Mood:
    """The mood asked for, or for AUTO the one outside in London at `moment` (aware)."""
    return MOODS[light_over_london(moment) if light is Light.AUTO else light]


def light_over_london(moment: datetime) -> Light:
    """Day with the sun above 2°, night below −7°, dusk (or dawn) between."""
    height = sun_height_deg(moment)
    if height > _DAY_ABOVE_DEG:
        return Light.DAY
    return Light.DUSK if height > _NIGHT_BELOW_DEG else Light.NIGHT


def sun_height_deg(moment: datetime) -> float:
    """The sun's height over London, good to a degree (declination by the cosine rule, no equation of time)."""
    here = moment.astimezone(UTC)
    day = here.timetuple().tm_yday
    declination = math.radians(-23.44 * math.cos(2 * math.pi * (day + 10) / 365))
    hour = here.hour + here.minute / 60
    turn = math.radians(15 * (hour - 12) + _LONDON_LONGITUDE)
    latitude = math.radians(_LONDON_LATITUDE)
    up = math.sin(latitude) * math.sin(declination)
    across = math.cos(latitude) * math.cos(declination) * math.cos(turn)
    return math.degrees(math.asin(up + across))


def shade(colour: Colour, by: float) -> Colour:
    """The colour made lighter (by > 1) or darker."""
    return colour[0] * by, colour[1] * by, colour[2] * by


def to_bytes(colour: Colour) -> tuple[int, int, int]:
    """The colour as OpenCV draws with it."""
    blue, green, red = colour
    return min(255, round(blue * 255)), min(255, round(green * 255)), min(255, round(red * 255))
