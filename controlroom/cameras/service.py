"""Holds the use cases of the camera register."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras import rules
from controlroom.cameras.places import placed
from controlroom.cameras.preset_pictures import forget_all
from controlroom.cameras.records import Camera, CameraLogin, NewCamera, Place
from controlroom.cameras.tables import CameraRow
from controlroom.codec import to_plain
from controlroom.database import rows
from controlroom.database.rows import get_row
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import Conflict, InvalidInput, NotFound, Unavailable
from controlroom.site_key import SiteKey
from controlroom.texts import takes_texts


@takes_texts
class CameraService:
    """The register: lists, adds and retires cameras, and gives their passwords to the processes that connect."""

    def __init__(self, database: Database, site_key: SiteKey) -> None:
        self._database = database
        self._site_key = site_key

    def cameras(self, actor: Actor) -> list[Camera]:
        """The cameras in use, by number, each at the place it has now."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_CAMERAS)
            return cameras_in_use(session)

    def logins(self, actor: Actor) -> dict[int, CameraLogin]:
        """Return how to reach each camera that has an address, by camera id.

        For the media and control processes only.
        """
        with self._database.read() as session:
            require(session, actor, Permission.WATCH_LIVE)
            query = select(CameraRow).filter_by(active=True).where(CameraRow.host != "")
            return {row.id: self._login(row) for row in session.scalars(query)}

    def registered(self, actor: Actor, camera_id: int) -> Camera:
        """One camera as the register says, also where a deployment put it elsewhere or it is out of use."""
        with self._database.read() as session:
            require(session, actor, Permission.MANAGE_CAMERAS)
            return to_record(get_row(session, CameraRow, camera_id, "camera"))

    def login_to_try(self, actor: Actor, camera_id: int, camera: NewCamera) -> CameraLogin:
        """Return how to reach a camera as it would be after a change, for the processes that try it.

        Without a password typed it is the stored one, which no other place than before is sent.
        """
        with self._database.read() as session:
            require(session, actor, Permission.MANAGE_CAMERAS)
            row = get_row(session, CameraRow, camera_id, "camera")
            rules.check_address(camera)
            at_same_place = (row.protocol, row.host, row.port) == (camera.protocol, camera.host, camera.port)
            streams_stay = rules.stream_places(to_record(row)) == rules.stream_places(camera)
            camera = replace(
                camera,
                certificate=row.certificate if at_same_place else "",
                stream_certificate=row.stream_certificate if at_same_place or streams_stay else "",
            )
            camera = rules.completed(camera)
            if camera.password:
                return to_try(camera, camera_id)
            _refuse_elsewhere(row, camera)
            stored = self._login(row)
            if stored.trouble:
                raise Unavailable(stored.trouble, remedy="Type the password.")
            return to_try(replace(camera, password=stored.password), camera_id)

    def add(self, actor: Actor, camera: NewCamera) -> Camera:
        """Add a camera from what it was asked or what was typed in."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_CAMERAS)
            rules.check_new_camera(camera)
            if work.session.scalars(select(CameraRow).filter_by(number=camera.number)).first():
                what = f"There is a camera {camera.number} already."
                raise InvalidInput(what, remedy="Choose another number.")
            row = to_row(camera, self._site_key, work.now)
            work.session.add(row)
            work.session.flush()
            audit.record(work, actor.handle, "camera.added", "camera", camera.number, host=row.host)
            work.announce("camera", row.id)
            return to_record(row)

    def change(
        self, actor: Actor, camera_id: int, camera: NewCamera, *, seen: int, password_stays: bool = True
    ) -> Camera:
        """Change what the register says of a camera: its facts, its address, or that another device replaces it.

        Its id stays, and with it everything recorded about it. `seen` is the version the change was made from; raises
        Conflict when somebody changed it since. With `password_stays` the one stored stays, but never for another
        address: whoever stands there would be sent it.
        """
        return self._change(actor, camera_id, camera, seen, password_stays=password_stays)

    def replace(self, actor: Actor, camera_id: int, camera: NewCamera, *, seen: int) -> Camera:
        """Put another device in a camera's place: its number and everything recorded under it stay.

        How the old device was reached, and its make, stay in the audit; its password is not used for the new one.
        """
        return self._change(actor, camera_id, camera, seen, password_stays=False, replaced=True)

    def _change(
        self,
        actor: Actor,
        camera_id: int,
        camera: NewCamera,
        seen: int,
        *,
        password_stays: bool,
        replaced: bool = False,
    ) -> Camera:
        with self._managed(actor, camera_id) as (work, row):
            rules.check_new_camera(camera)
            camera = rules.completed(camera)
            if row.version != seen:
                raise Conflict(
                    f"Camera {row.number} was changed by somebody else meanwhile.",
                    "Nothing was saved.",
                    "Look at it again, then change it.",
                )
            if replaced and row.number != camera.number:
                raise InvalidInput(
                    f"Another device at camera {row.number} keeps that number.",
                    remedy="Change the number for itself.",
                    field="number",
                )
            others = select(CameraRow).where(CameraRow.number == camera.number, CameraRow.id != camera_id)
            if work.session.scalars(others).first():
                what = f"There is a camera {camera.number} already."
                raise InvalidInput(what, remedy="Choose another number.", field="number")
            before = to_record(row)
            if password_stays:
                _refuse_elsewhere(row, camera)
            at_same_place = (row.protocol, row.host, row.port) == (
                camera.protocol,
                camera.host,
                camera.port,
            )
            if at_same_place:  # it may have answered while the form was open
                camera = replace(
                    camera,
                    untried=camera.untried and row.untried,
                    certificate=camera.certificate or row.certificate,
                )
            if not replaced and rules.stream_places(before) == rules.stream_places(camera):
                seen_before = camera.stream_certificate or row.stream_certificate
                camera = rules.completed(replace(camera, stream_certificate=seen_before))
            values = columns_of(camera, self._site_key)
            if password_stays:
                del values["password_sealed"]
            for name, value in values.items():
                setattr(row, name, value)
            if replaced:
                forget_all(work.session, camera_id)
            work.session.flush()
            told = rules.differences(before, to_record(row))
            told |= {} if password_stays else {"password": "entered anew"}
            action = "camera.replaced" if replaced else "camera.changed"
            audit.record(work, actor.handle, action, "camera", camera.number, **told)
            work.announce("camera", row.id)
            return to_record(row)

    def bring_back(self, actor: Actor, camera_id: int) -> None:
        """Take a camera back into use that was taken out of it."""
        with self._managed(actor, camera_id) as (work, row):
            if not row.active:
                row.active = True
                audit.record(work, actor.handle, "camera.brought-back", "camera", row.number)
                work.announce("camera", row.id)

    def out_of_use(self, actor: Actor) -> list[Camera]:
        """The cameras that were taken out of use, by number, at the place of the register."""
        with self._database.read() as session:
            require(session, actor, Permission.MANAGE_CAMERAS)
            found = [to_record(row) for row in session.scalars(select(CameraRow).filter_by(active=False))]
            return sorted(found, key=lambda each: rules.number_key(each.number))

    def retire(self, actor: Actor, camera_id: int) -> None:
        """Take a camera out of use; its records stay."""
        with self._managed(actor, camera_id) as (work, row):
            row.active = False
            forget_all(work.session, camera_id)
            audit.record(work, actor.handle, "camera.retired", "camera", row.number)
            work.announce("camera", row.id)

    def trust_certificate(
        self, actor: Actor, camera_id: int, certificate: str = "", stream_certificate: str = ""
    ) -> None:
        """Trust the certificate that somebody saw a camera's ONVIF service show, that of its streams, or both.

        They hold for every desk and the recorder. Raises InvalidInput where neither is given.
        """
        given = {"certificate": certificate, "stream_certificate": stream_certificate}
        with self._managed(actor, camera_id) as (work, row):
            if not any(given.values()):
                raise InvalidInput("No certificate was shown.", remedy="Ask the camera anew.")
            before = to_record(row)
            for name, shown in given.items():
                rules.check_certificate(shown)
                setattr(row, name, shown or getattr(row, name))
            work.session.flush()
            detail = rules.differences(before, to_record(row))
            work.announce("camera", row.id)
            audit.record(work, actor.handle, "camera.certificate-trusted", "camera", row.number, **detail)

    @contextmanager
    def _managed(self, actor: Actor, camera_id: int) -> Iterator[tuple[Work, CameraRow]]:
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_CAMERAS)
            row = work.session.get(CameraRow, camera_id)
            if row is None:
                raise NotFound("There is no such camera.")
            yield work, row

    def _login(self, row: CameraRow) -> CameraLogin:
        password, trouble = "", ""
        try:
            password = self._site_key.open(row.password_sealed)
        except Unavailable as error:
            trouble = " ".join((error.what, error.remedy))
        return rows.to_record(CameraLogin, row, camera_id=row.id, password=password, trouble=trouble)


def to_try(camera: NewCamera, camera_id: int = 0) -> CameraLogin:
    """Return how to reach a camera that is not stored like this."""
    return CameraLogin(
        camera_id,
        camera.host,
        camera.port,
        camera.username,
        camera.password,
        camera.main_stream,
        camera.sub_stream,
        protocol=camera.protocol,
        certificate=camera.certificate,
        stream_certificate=camera.stream_certificate,
        stream_transport=camera.stream_transport,
    )


def _refuse_elsewhere(row: CameraRow, camera: NewCamera) -> None:
    """Raise InvalidInput where a stored password would be sent to another place than it was typed for."""
    if row.username and rules.sends_elsewhere(to_record(row), camera):
        raise InvalidInput(
            "The address is another one, so the password has to be typed again.",
            "The one stored is for the device at the old address.",
            field="password",
        )


def cameras_in_use(session: Session) -> list[Camera]:
    """The cameras in use, by number, each at the place it has now."""
    in_use = rows.readable(session.scalars(select(CameraRow).filter_by(active=True)))
    found = [to_record(row) for row in in_use]
    return sorted(placed(session, found), key=lambda each: rules.number_key(each.number))


def to_row(camera: NewCamera, site_key: SiteKey, now: datetime) -> CameraRow:
    """Make the table row of a new camera, its password encrypted."""
    return CameraRow(**columns_of(rules.completed(camera), site_key), active=True, created_at=now)


def columns_of(camera: NewCamera, site_key: SiteKey) -> dict[str, Any]:
    """The columns of a camera's row, its password encrypted."""
    values = to_plain(camera)
    values |= values.pop("place")
    values |= {"name": camera.name.strip(), "abilities": ",".join(camera.abilities)}
    values["password_sealed"] = site_key.seal(values.pop("password"))
    return values


def to_record(row: CameraRow) -> Camera:
    """Convert a row into the record that pages see, at the place of the register."""
    abilities = tuple(each for each in row.abilities.split(",") if each)
    return rows.to_record(Camera, row, place=rows.to_record(Place, row), abilities=abilities)
