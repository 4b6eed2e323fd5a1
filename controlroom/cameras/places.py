"""Says where a camera is, now and on a day: a deployable one moves, and its place is that of its deployment.

The register holds one place for each camera. Which cameras move, and where each hung from when to when, is declared
by other nouns (`Noun.stays`); this package does not know them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from controlroom.cameras.records import Camera, Place
from controlroom.database.unit_of_work import NOUNS
from controlroom.declaration import Stay

IN_STORE = "in store"


def stays_of(session: Session, camera_id: int | None = None) -> Mapping[int, Sequence[Stay]]:
    """By camera id the stays of each camera that moves, or of this one alone; none where a camera stays put."""
    found: dict[int, Sequence[Stay]] = {}
    for noun in session.info.get(NOUNS, ()):
        if noun.stays is not None:
            found |= noun.stays(session, camera_id)
    return found


def place_now(registered: Place, stays: Sequence[Stay] | None) -> Place:
    """Where it hangs, or in store; `stays` is None for a camera that does not move."""
    if stays is None:
        return registered
    return _place(registered, [each for each in stays if each.last is None])


def place_on(registered: Place, stays: Sequence[Stay] | None, day: date) -> Place:
    """Where it hung on a day of London, or in store.

    The day it came down belongs to the stay that is over, unless it went up elsewhere on the same day.
    """
    if stays is None:
        return registered
    return _place(
        registered, [each for each in stays if each.first <= day and (each.last is None or day <= each.last)]
    )


def placed(session: Session, cameras: Iterable[Camera]) -> list[Camera]:
    """The cameras with the places they have now; one that moves bears the name of its place."""
    stays = stays_of(session)
    return [_moved(each, stays[each.id]) if each.id in stays else each for each in cameras]


def _moved(camera: Camera, stays: Sequence[Stay]) -> Camera:
    place = place_now(camera.place, stays)
    return replace(camera, name=place.street, place=place)


def _place(registered: Place, stays: Sequence[Stay]) -> Place:
    if not stays:
        return Place(IN_STORE, registered.area, "")
    newest = max(stays, key=lambda each: each.first)
    return Place(newest.street, registered.area, newest.ward, newest.latitude, newest.longitude)
