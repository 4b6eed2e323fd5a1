"""Fills the slots of the demonstration's stories with streets and cameras of the register."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from controlroom.cameras.places import IN_STORE, place_on
from controlroom.cameras.records import Camera, Owner
from controlroom.declaration import Stay

_SLOT = re.compile(r"{(\w+)}")
_COLOURS = ("black", "grey", "dark blue", "red", "green", "white", "beige", "navy", "maroon", "camouflage")
_PERSONS = (
    "a male in a {colour} hooded top", "a male in a {colour} jacket and grey tracksuit bottoms",
    "a female in a {colour} coat", "a tall male with a {colour} rucksack", "a youth in a {colour} puffer jacket",
    "a male, 40s, in a {colour} cap", "a female, 20s, with a {colour} shoulder bag",
    "a male with his face covered and a {colour} bag across the chest", "a male, 30s, bald, {colour} jumper",
    "a young male in {colour} shorts", "a female, 50s, pulling a {colour} trolley",
)  # fmt: skip
_SEVERAL = (
    "two males in dark clothing", "three youths on bikes", "two males and a female", "four youths in school uniform",
    "two on a moped", "three males, one with a dog", "five or six teenagers",
)  # fmt: skip
_PREMISES = (
    "the phone shop", "the chemist", "the betting shop", "the supermarket", "the kebab shop", "the night club",
    "the amusement arcade", "the bank", "the taxi office", "the station kiosk", "the charity shop", "the gym",
    "the sports shop", "the bakery", "the library", "the off-licence", "the coffee shop", "the barber's",
)  # fmt: skip
_VENUES = (
    "the night club",
    "the late bar",
    "the pub on the corner",
    "the kebab shop",
    "the snooker club",
    "the social club",
)
_VEHICLES = (
    "white van", "silver hatchback", "black moped", "grey estate car", "blue tipper lorry", "black saloon",
    "red hatchback", "electric bike", "white estate car",
)  # fmt: skip
_ITEMS = ("phone", "handbag", "gold chain", "rucksack", "laptop bag", "watch", "bicycle")


class StoryWriter:
    """Writes stories' texts; it knows the cameras and their neighbours."""

    def __init__(
        self, rng: random.Random, cameras: Sequence[Camera], stays: Mapping[int, Sequence[Stay]]
    ) -> None:
        """`stays` say by camera id where the deployable cameras hung."""
        self._rng, self._stays = rng, stays
        self.fixed = [
            each for each in cameras if each.place.area and each.owner is not Owner.RAPID_DEPLOYMENT
        ] or [*cameras]
        self._weights = [1.0 if each.owner is Owner.PUBLIC_REALM else 0.15 for each in self.fixed]
        self._deployable = [each for each in cameras if each.owner is Owner.RAPID_DEPLOYMENT] or self.fixed
        self._by_area: dict[str, list[Camera]] = {}
        for camera in cameras:
            self._by_area.setdefault(camera.place.area, []).append(camera)

    def deployable_on(self, day: date) -> list[Camera]:
        """The deployable cameras that hung somewhere on that day, each at the place it had."""
        there = [
            replace(each, place=place_on(each.place, self._stays.get(each.id), day))
            for each in self._deployable
        ]
        return [each for each in there if each.place.street != IN_STORE] or there

    def somewhere(self) -> Camera:
        """Draw a camera of the town: the centre is busiest, since most cameras are there; housing is quiet."""
        return self._rng.choices(self.fixed, self._weights)[0]

    def near(self, camera: Camera) -> Camera:
        """Draw another camera of the same area, or the camera itself when it is alone there."""
        others = [each for each in self._by_area[camera.place.area] if each.id != camera.id]
        return self._rng.choice(others) if others else camera

    def in_street(self, street: str) -> Camera:
        """Return the first camera of that street; any when there is none."""
        return next((each for each in self.fixed if each.place.street.startswith(street)), self.fixed[0])

    def tell(self, text: str, camera: Camera, officer: str) -> tuple[str, Camera]:
        """Return the text with its slots filled, and the camera it was seen on (`{other}` names another one)."""
        seen_on = camera
        rng = self._rng

        def fill(match: re.Match[str]) -> str:
            nonlocal seen_on
            slot = match[1]
            if slot == "other":
                seen_on = self.near(camera)
                return f"camera {seen_on.number}"
            if slot == "towards":
                return self._another_street(camera)
            if slot == "street":
                return camera.place.street
            if slot == "officer":
                return officer
            if slot == "few":
                return str(rng.randrange(4, 15))
            if slot == "premises" and rng.random() < 0.15:
                return f"premises {rng.randrange(11, 88)}"
            words = rng.choice(_CHOICES[slot])
            return words.replace("{colour}", rng.choice(_COLOURS))

        told = _SLOT.sub(fill, text)
        # Capitals after a full stop too: slots begin small.
        return re.sub(r"(^|[.!?] )([a-z])", lambda match: match[1] + match[2].upper(), told), seen_on

    def officer(self) -> str:
        """Invent a constable's number as radios give it: "PC 1234SN"."""
        return f"PC {self._rng.randrange(101, 2990):04d}SN"

    def _another_street(self, camera: Camera) -> str:
        streets = {each.place.street for each in self._by_area[camera.place.area]} - {camera.place.street}
        return self._rng.choice(sorted(streets)) if streets else "the station"


_CHOICES = {
    "colour": _COLOURS,
    "person": _PERSONS,
    "persons": _SEVERAL,
    "premises": _PREMISES,
    "venue": _VENUES,
    "vehicle": tuple(f"{'an' if each[0] in 'aeiou' else 'a'} {each}" for each in _VEHICLES),
    "item": _ITEMS,
}
