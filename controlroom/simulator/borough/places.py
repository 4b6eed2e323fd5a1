"""Defines the demonstration borough's streets: real names, invented camera positions.

Coordinates are WGS 84 degrees, rounded to about ten metres and then spread along the street.
"""

from dataclasses import dataclass

from controlroom.cameras.records import Migration, NewCamera, Owner, Place, Transport


@dataclass(frozen=True)
class Street:
    """A street with cameras: where it is, its direction (degrees per camera), and what each camera looks at."""

    name: str
    area: str
    ward: str
    latitude: float
    longitude: float
    step: tuple[float, float]
    views: tuple[str, ...]


_TOWN, _HEATH, _SOUTH = "Town centre", "Thornton Heath", "South Norwood"
_SHORT, _ACROSS, _DOWN = (-0.0006, 0.0002), (0.0001, 0.0009), (-0.0011, 0.0004)

STREETS: tuple[Street, ...] = (
    Street("North End", _TOWN, "Fairfield", 51.3768, -0.1014, _SHORT,
           ("north", "Whitgift", "Centrale", "Drummond", "Tamworth", "Crown Hill")),
    Street("Surrey Street", _TOWN, "Fairfield", 51.3731, -0.1029, _SHORT,
           ("market", "car park", "Matthews Yard", "Overton's Yard")),
    Street("Katharine Street", _TOWN, "Fairfield", 51.3722, -0.0996, _ACROSS, ("library", "town hall", "Fell Road")),
    Street("George Street", _TOWN, "Fairfield", 51.3739, -0.0992, _ACROSS,
           ("station", "arcade", "Park Street", "Wellesley junction", "College Road", "Cherry Orchard")),
    Street("Wellesley Road", _TOWN, "Fairfield", 51.3785, -0.0982, _SHORT,
           ("Lansdowne", "tram", "underpass", "Bedford Park", "Sydenham Road")),
    Street("Park Lane", _TOWN, "Fairfield", 51.3722, -0.0968, _SHORT, ("underpass", "gyratory", "Barclay Road")),
    Street("Church Street", _TOWN, "Fairfield", 51.3734, -0.1036, (-0.0003, -0.0007),
           ("tram stop", "Reeves Corner", "Frith Road")),
    Street("High Street", _TOWN, "Fairfield", 51.3716, -0.0999, _SHORT,
           ("Surrey House", "Mint Walk", "Edridge Road", "flyover")),
    Street("Poplar Walk", _TOWN, "Fairfield", 51.3779, -0.1000, _ACROSS, ("church", "bus lane")),
    Street("East Croydon station", _TOWN, "Addiscombe West", 51.3754, -0.0929, _SHORT, ("forecourt", "tram platforms")),
    Street("West Croydon station", _TOWN, "Broad Green", 51.3786, -0.1021, _SHORT, ("bus station", "London Road")),
    Street("London Road", "Broad Green", "Broad Green", 51.3808, -0.1047, (0.0013, -0.0011),
           ("Broad Green", "St James's Road", "Oakfield Road", "hospital", "Mayday", "Kidderminster Road",
            "Sumner Road", "Montague Road", "Bensham Lane", "Dunheved Road", "Canterbury Road", "Lombard")),
    Street("Thornton Heath High Street", _HEATH, "Thornton Heath", 51.3989, -0.0998, (-0.0004, 0.0011),
           ("clock tower", "station", "Gillett Road", "Parchmore", "Whitehorse Road")),
    Street("Brigstock Road", _HEATH, "Bensham Manor", 51.3984, -0.1012, (-0.0005, -0.0014),
           ("station", "Melfort", "Penshurst", "Quadrant", "post office")),
    Street("Thornton Heath Pond", _HEATH, "West Thornton", 51.3943, -0.1125, _SHORT,
           ("roundabout", "the Pond", "bus garage", "Thornton Road")),
    Street("Portland Road", _SOUTH, "South Norwood", 51.3975, -0.0752, (-0.0013, 0.0009),
           ("clock tower", "Harrington", "Sandown", "Watcombe", "Woodside")),
    Street("Station Road", _SOUTH, "South Norwood", 51.3986, -0.0748, _ACROSS, ("station", "Oliver Grove", "library")),
    Street("London Road, Norbury", "Norbury", "Norbury Park", 51.4117, -0.1222, _DOWN,
           ("station", "bank", "Stanford Road", "St Helen's", "library", "Norbury Avenue")),
    Street("Brighton Road", "Purley", "Purley & Woodcote", 51.3392, -0.1152, _DOWN, ("cross", "tram depot", "library")),
    Street("Purley High Street", "Purley", "Purley & Woodcote", 51.3386, -0.1166, _DOWN,
           ("station", "bank", "car park")),
    Street("Central Parade", "New Addington", "New Addington South", 51.3427, -0.0087, _SHORT,
           ("shops", "library", "tram terminus", "market", "leisure centre")),
    Street("Westow Street", "Upper Norwood", "Crystal Palace & Upper Norwood", 51.4193, -0.0832, _ACROSS,
           ("triangle",)),
    Street("Westow Hill", "Upper Norwood", "Crystal Palace & Upper Norwood", 51.4203, -0.0817, _ACROSS,
           ("junction", "bus stand")),
)  # fmt: skip

HOUSING = (
    ("Alder Court", "Waddon"), ("Beech House", "Waddon"), ("Cedar Rise", "Selhurst"), ("Dove Lodge", "Selhurst"),
    ("Elm Walk", "Woodside"), ("Fern Court", "Woodside"), ("Gorse House", "New Addington North"),
    ("Holly Rise", "New Addington North"), ("Ivy Lodge", "New Addington South"), ("Juniper Court", "Broad Green"),
    ("Kestrel House", "Shirley North"), ("Larch Walk", "South Croydon"),
)  # fmt: skip

# Where each unit stands (or last stood) when the demonstration begins; the deployments written beside say since when.
RDC_SITES: tuple[tuple[str, str, str, float, float], ...] = (
    ("RDC-01", "Lansdowne Road", "Fairfield", 51.3777, -0.0941),
    ("RDC-02", "Milton Road", "Addiscombe West", 51.3829, -0.0925),
    ("RDC-03", "Brook Road", "Bensham Manor", 51.3972, -0.1048),
    ("RDC-04", "Old Lodge Lane", "Purley & Woodcote", 51.3271, -0.1217),
    ("RDC-05", "Charles Street", "Fairfield", 51.3712, -0.1031),
    ("RDC-06", "Oakfield Road", "Broad Green", 51.3812, -0.1013),
    ("RDC-07", "Poplar Road", "Thornton Heath", 51.4002, -0.0989),
    ("RDC-08", "Queen's Gardens", "Fairfield", 51.3720, -0.0985),
    ("RDC-09", "College Green", "Crystal Palace & Upper Norwood", 51.4189, -0.0866),
    ("RDC-10", "Frensham Drive", "New Addington North", 51.3461, -0.0122),
)

MAKES = (
    ("Axis", "Q6225-LE"), ("Hikvision", "DS-2DF8442"), ("Bosch", "MIC IP 7100i"), ("Dahua", "SD8A440"),
    ("Hanwha", "XNP-9300RW"),
)  # fmt: skip


def register() -> list[NewCamera]:
    """Return the borough's 94 permanent, 12 housing and 10 deployable cameras, without addresses."""
    return [*_permanent(), *_housing(), *_deployable()]


def _permanent() -> list[NewCamera]:
    cameras: list[NewCamera] = []
    for street in STREETS:
        for index, view in enumerate(street.views):
            number = len(cameras) + 1
            place = Place(
                street.name,
                street.area,
                street.ward,
                round(street.latitude + index * street.step[0], 5),
                round(street.longitude + index * street.step[1], 5),
            )
            make, model = MAKES[number % 5 if number % 3 else 0]
            half_way = number % 2 == 0
            cameras.append(
                NewCamera(
                    number=f"{number:03d}",
                    name=f"{street.name}, {view}",
                    place=place,
                    make=make,
                    model=model,
                    migration=Migration.ENCODER if half_way and number % 4 else Migration.DIGITAL,
                    transport=(Transport.FIBRE, Transport.COPPER, Transport.WIRELESS)[number % 7 % 3],
                    has_ptz=True,
                )
            )
    return cameras


def _housing() -> list[NewCamera]:
    return [
        NewCamera(
            number=f"H{index:02d}",
            name=f"{name}, entrance",
            place=Place(
                name, "Housing", ward, round(51.36 + index * 0.003, 5), round(-0.11 + index * 0.004, 5)
            ),
            owner=Owner.HOUSING,
            make="Hanwha",
            model="XNP-6400",
            transport=Transport.FIBRE,
            retention_days=28,
            has_ptz=True,
        )
        for index, (name, ward) in enumerate(HOUSING, 1)
    ]


def _deployable() -> list[NewCamera]:
    return [
        NewCamera(
            number=number,
            name=street,
            place=Place(street, "Rapid deployment", ward, latitude, longitude),
            owner=Owner.RAPID_DEPLOYMENT,
            make=MAKES[index % 4][0],
            model=MAKES[index % 4][1],
            transport=Transport.FOUR_G,
            has_ptz=True,
        )
        for index, (number, street, ward, latitude, longitude) in enumerate(RDC_SITES)
    ]
