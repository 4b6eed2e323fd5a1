"""What stands in a street, decided by a seed: its width, buildings, lamps and furniture. Pure data, in metres.

The camera is at the origin, `height` above the road. x runs along the street (to the right when looking across), z
across it; the far row of buildings stands at z = far, the camera's own at z = -near. Past ± HALF the street repeats.
"""

import random
from dataclasses import dataclass

HALF = 72.0
LENGTH = 2 * HALF
TRAFFIC = (
    *(("car", "silver"), ("car", "red"), ("car", "black"), ("car", "blue")),
    *(("estate", "white"), ("estate", "green"), ("van", "white"), ("van", "blue")),
)
"""Bodies and paints of what drives and parks; few, so that cameras can share their pictures."""

_WALLS = ("stock", "stock", "red", "red", "brown", "cream", "white", "grey", "stone", "sage")
_NAMES = (
    "BAKERY|Corner Cafe|PHARMACY|BOOKS|Flowers|BARBER|FISH & CHIPS|Launderette|THE CROWN|OPTICIAN|SHOES|Deli|"
    "TAILOR|HARDWARE|NOODLES|Green Grocer|KEBAB|NEWS|Charity Shop|BAGELS|CYCLES|Tea Room|PIZZA|FRAMING|THE BELL|"
    "Dry Cleaner|CURRY HOUSE|PHONES|JEWELLER|Records"
)
_SHOPS = tuple(_NAMES.split("|"))


@dataclass(frozen=True)
class Building:
    """One house of the row, from x to x + width; `seed` decides its details."""

    x: float
    width: float
    storeys: int
    wall: str
    roof: str
    """`slate` (pitched), `parapet` or `flat`."""
    bays: int
    window: str
    """`sash`, `tall`, `arched` or `modern`."""
    shop: str
    is_open: bool
    seed: int

    @property
    def eaves(self) -> float:
        """Height of the wall's top, over a shop of 3.8 m and storeys of 3.1 m."""
        return 3.8 + (self.storeys - 1) * 3.1 + 0.45


@dataclass(frozen=True)
class Thing:
    """Something that stands still: furniture of the pavement, or a parked vehicle as "body paint"."""

    kind: str
    x: float
    z: float
    variant: int = 0
    is_vehicle: bool = False


@dataclass(frozen=True)
class StreetPlan:
    """A whole street."""

    seed: int
    height: float
    near: float
    far: float
    road_from: float
    road_to: float
    far_row: tuple[Building, ...]
    near_row: tuple[Building, ...]
    things: tuple[Thing, ...]
    zebra_at: float

    @property
    def lanes(self) -> tuple[float, float]:
        """Z of the near lane's middle (traffic runs to the left, as seen here) and of the far lane's (to the right)."""
        middle = (self.road_from + self.road_to) / 2
        return middle - 1.4, middle + 1.9

    @property
    def lamps(self) -> list[Thing]:
        """The street lamps among the things."""
        return [thing for thing in self.things if thing.kind == "lamp"]


def plan_street(seed: int) -> StreetPlan:
    """The street that belongs to `seed`; the same seed always gives the same street."""
    rng = random.Random(f"street {seed}")
    far, near = rng.uniform(14.5, 18.5), rng.uniform(5.5, 8.5)
    road_from, road_to = rng.uniform(1.6, 2.4), far - rng.uniform(4.2, 5.4)
    zebra_at = rng.choice([-1, 1]) * rng.uniform(14.0, 30.0)
    names = list[str](rng.sample(_SHOPS, len(_SHOPS)))
    rows = [_row(rng, names) for _ in range(2)]
    things = [*_lamps(rng, road_from, road_to), *_furniture(rng, road_from, road_to, zebra_at)]
    if road_to - road_from > 8.6:  # wide enough to pass parked cars
        things += _parked(rng, road_from + 1.05, zebra_at)
    height = rng.uniform(6.6, 8.2)
    return StreetPlan(seed, height, near, far, road_from, road_to, rows[0], rows[1], tuple(things), zebra_at)


def _row(rng: random.Random, names: list[str]) -> tuple[Building, ...]:
    buildings = []
    x, usual = -HALF, rng.choice([2, 3, 3, 4])  # storeys most of this row has
    while x < HALF - 0.01:
        width = min(rng.uniform(6.0, 12.5), HALF - x)
        if HALF - x - width < 5.0:
            width = HALF - x
        modern = rng.random() < 0.14
        building = Building(
            x=x,
            width=width,
            storeys=max(2, min(4, usual + rng.choice([-1, 0, 0, 0, 1]))),
            wall="panel" if modern else rng.choice(_WALLS),
            roof="flat" if modern else rng.choice(["slate", "slate", "parapet"]),
            bays=max(2, round(width / rng.uniform(2.3, 3.1))),
            window="modern" if modern else rng.choice(["sash", "sash", "sash", "tall", "arched"]),
            shop=names.pop() if names else rng.choice(_SHOPS),
            is_open=rng.random() < 0.9,
            seed=rng.getrandbits(30),
        )
        buildings.append(building)
        x += width
    return tuple(buildings)


def _lamps(rng: random.Random, road_from: float, road_to: float) -> list[Thing]:
    """Columns at the back of the kerb, the two sides staggered; none right below the camera."""
    start = rng.uniform(8, 13)
    far = [Thing("lamp", start + step * 24.0, road_to + 0.6) for step in range(-3, 3)]
    near = [Thing("lamp", start + step * 24.0 + 12.0, road_from - 0.6) for step in range(-3, 3)]
    return far + [lamp for lamp in near if abs(lamp.x) > 9]


def _furniture(rng: random.Random, road_from: float, road_to: float, zebra_at: float) -> list[Thing]:
    def anywhere(kind: str, most: int, least: float = 0.0) -> list[Thing]:
        places = [rng.choice([-1, 1]) * rng.uniform(least, 60) for _ in range(rng.randint(1, most))]
        return [Thing(kind, x, road_to + rng.uniform(0.9, 2.0), rng.randrange(4)) for x in places]

    things = [each for kind in ("bin", "bench", "sign", "planter") for each in anywhere(kind, 3)]
    things += anywhere("tree", 6, 11) + anywhere("postbox", 1) + anywhere("phone box", 1)
    things += [Thing("tree", each.x, road_from - 0.9, each.variant) for each in anywhere("tree", 3, 22)]
    things.append(Thing("shelter", rng.uniform(-34, 34), road_to + 1.5))
    for side in (road_from - 0.5, road_to + 0.5):
        things += [Thing("beacon", zebra_at - 2.1, side), Thing("beacon", zebra_at + 2.1, side)]
    start = rng.uniform(-40, 30)
    return things + [Thing("bollard", start + step * 1.8, road_to + 0.5) for step in range(8)]


def _parked(rng: random.Random, z: float, zebra_at: float) -> list[Thing]:
    vehicles, x = [], -60.0
    while x < 60.0:
        x += rng.choice([5.6, 5.8, 6.4, 14.0, 22.0])
        if abs(x - zebra_at) > 11.0 and rng.random() < 0.72:
            vehicles.append(Thing(" ".join(rng.choice(TRAFFIC)), x, z, is_vehicle=True))
    return vehicles
