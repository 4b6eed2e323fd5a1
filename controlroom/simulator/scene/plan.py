"""What stands in a street, decided by a seed: its width, buildings, lamps and furniture. Pure data, in metres.

The camera is at the origin, `height` above the road. x runs along the street (to the right when looking across), z
across it; the far row of buildings stands at z = far, the camera's own at z = -near. Past ± HALF the street repeats.
"""

import random
from dataclasses import dataclass

HALF = 72.0
LENGTH = 2 * HALF

SHOP_NAMES = (
    "BAKERY",
    "Corner Cafe",
    "PHARMACY",
    "BOOKS",
    "Flowers",
    "BARBER",
    "FISH & CHIPS",
    "Launderette",
    "THE CROWN",
    "OPTICIAN",
    "SHOES",
    "Deli",
    "TAILOR",
    "HARDWARE",
    "NOODLES",
    "Green Grocer",
    "KEBAB",
    "NEWS",
    "Charity Shop",
    "BAGELS",
    "CYCLES",
    "Tea Room",
    "PIZZA",
    "FRAMING",
    "THE BELL",
    "Dry Cleaner",
    "CURRY HOUSE",
    "PHONES",
    "JEWELLER",
    "Records",
)


@dataclass(frozen=True)
class Building:
    """One house of the row, from x to x + width."""

    x: float
    width: float
    storeys: int
    wall: str
    roof: str
    """`slate` (pitched), `parapet` or `flat`."""
    bays: int
    window: str
    """`sash`, `tall`, `modern` or `arched`."""
    shop: str
    shop_kind: str
    """`shop`, `pub`, `bank`, `arcade` or `closed`."""
    seed: int

    @property
    def ground_floor(self) -> float:
        """Height of the shop, fascia included."""
        return 4.4 if self.shop_kind in {"bank", "arcade"} else 3.8

    @property
    def storey(self) -> float:
        """Height of an upper storey."""
        return 3.0 if self.window == "modern" else 3.15

    @property
    def eaves(self) -> float:
        """Height of the wall's top."""
        return self.ground_floor + (self.storeys - 1) * self.storey + 0.45


@dataclass(frozen=True)
class Thing:
    """Something that stands on the pavement."""

    kind: str
    x: float
    z: float
    variant: int = 0


@dataclass(frozen=True)
class Parked:
    """A vehicle at the kerb; `heading` is 1 when its nose points along +x, −1 otherwise."""

    body: str
    paint: str
    x: float
    z: float
    heading: int


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
    parked: tuple[Parked, ...]
    zebra_at: float
    bus_lane: bool

    @property
    def lanes(self) -> tuple[float, float]:
        """Z of the near lane's middle (traffic runs to the left, as seen here) and of the far lane's (to the right)."""
        middle = (self.road_from + self.road_to) / 2
        aside = 0.5 if self.parked else 0.0
        return middle - 1.75 + aside, middle + 1.85 + aside / 2

    @property
    def lamps(self) -> list[Thing]:
        """The street lamps among the things."""
        return [thing for thing in self.things if thing.kind == "lamp"]


def plan_street(seed: int) -> StreetPlan:
    """The street that belongs to `seed`; the same seed always gives the same street."""
    rng = random.Random(f"street {seed}")
    far = rng.uniform(14.5, 18.5)
    near = rng.uniform(5.5, 8.5)
    road_from, road_to = rng.uniform(1.6, 2.4), far - rng.uniform(4.2, 5.4)
    zebra_at = rng.choice([-1, 1]) * rng.uniform(14.0, 30.0)
    names: list[str] = list(SHOP_NAMES)
    rng.shuffle(names)
    return StreetPlan(
        seed=seed,
        height=rng.uniform(6.6, 8.2),
        near=near,
        far=far,
        road_from=road_from,
        road_to=road_to,
        far_row=_row(rng, names),
        near_row=_row(rng, names),
        things=tuple(_things(rng, road_from, road_to, zebra_at)),
        parked=tuple(_parked(rng, road_from, road_to, zebra_at)),
        zebra_at=zebra_at,
        bus_lane=rng.random() < 0.4,
    )


def _row(rng: random.Random, names: list[str]) -> tuple[Building, ...]:
    buildings = []
    x = -HALF
    tall = rng.choice([2, 3, 3, 4])  # what most of this row is like
    while x < HALF - 0.01:
        width = min(rng.uniform(6.0, 12.5), HALF - x)
        if HALF - x - width < 5.0:
            width = HALF - x
        buildings.append(_building(rng, x, width, tall, names))
        x += width
    return tuple(buildings)


def _building(rng: random.Random, x: float, width: float, tall: int, names: list[str]) -> Building:
    wall = rng.choice(["stock", "stock", "red", "red", "brown", "cream", "white", "grey", "stone", "sage"])
    kind = rng.choice(["shop"] * 10 + ["pub", "bank", "arcade", "closed"])
    modern = rng.random() < 0.14
    storeys = max(2, min(4, tall + rng.choice([-1, 0, 0, 0, 1])))
    roof = "flat" if modern else rng.choice(["slate", "slate", "parapet"])
    window = "modern" if modern else rng.choice(["sash", "sash", "sash", "tall", "arched"])
    return Building(
        x=x,
        width=width,
        storeys=storeys,
        wall="panel" if modern else wall,
        roof=roof,
        bays=max(2, round(width / rng.uniform(2.3, 3.1))),
        window=window,
        shop=names.pop() if names else rng.choice(SHOP_NAMES),
        shop_kind=kind,
        seed=rng.getrandbits(30),
    )


def _parked(rng: random.Random, road_from: float, road_to: float, zebra_at: float) -> list[Parked]:
    """Cars along the near kerb, where the road is wide enough to pass them."""
    if road_to - road_from < 8.6:
        return []
    vehicles = []
    x = -60.0
    while x < 60.0:
        x += rng.choice([5.6, 5.8, 6.4, 14.0, 22.0])
        if abs(x - zebra_at) > 11.0 and rng.random() < 0.72:
            body = rng.choice(["car", "car", "estate", "van", "taxi"])
            paint = (
                "black"
                if body == "taxi"
                else rng.choice(["red", "white", "silver", "blue", "black", "green"])
            )
            vehicles.append(Parked(body, paint, x, road_from + 1.05, -1))
    return vehicles


def _things(rng: random.Random, road_from: float, road_to: float, zebra_at: float) -> list[Thing]:
    things = []
    start = rng.uniform(8, 13)
    for step in range(-4, 5):  # columns at the back of the kerb, the two sides staggered
        things.append(Thing("lamp", start + step * 24.0, road_to + 0.6))
        if abs(start + step * 24.0 + 12.0) > 9:
            things.append(Thing("lamp", start + step * 24.0 + 12.0, road_from - 0.6))
    for _ in range(rng.randint(3, 6)):
        x = rng.choice([-1, 1]) * rng.uniform(11, 64)
        things.append(Thing("tree", x, road_to + 0.9, rng.randrange(4)))
    for _ in range(rng.randint(1, 3)):
        x = rng.choice([-1, 1]) * rng.uniform(22, 64)
        things.append(Thing("tree", x, road_from - 0.9, rng.randrange(4)))
    for kind, most in (
        ("bin", 3),
        ("bench", 3),
        ("postbox", 1),
        ("phone box", 1),
        ("sign", 3),
        ("planter", 4),
    ):
        for _ in range(rng.randint(1, most)):
            things.append(
                Thing(kind, rng.uniform(-48, 48), road_to + rng.uniform(1.0, 2.0), rng.randrange(4))
            )
    things.append(Thing("shelter", rng.uniform(-34, 34), road_to + 1.5))
    for side in (road_from - 0.5, road_to + 0.5):
        things += [Thing("beacon", zebra_at - 2.1, side), Thing("beacon", zebra_at + 2.1, side)]
    bollards = rng.uniform(-40, 30)
    things += [Thing("bollard", bollards + step * 1.8, road_to + 0.5) for step in range(8)]
    return things
