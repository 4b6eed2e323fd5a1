"""Reads the cameras to watch from the database, or from a copy beside the storage while that is away."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from controlroom.cameras.devices import DeviceAddress
from controlroom.cameras.records import Protocol
from controlroom.cameras.rules import encrypted_one
from controlroom.cameras.tables import CameraRow
from controlroom.codec import to_plain
from controlroom.database.rows import to_record
from controlroom.database.unit_of_work import Database
from controlroom.errors import Unavailable
from controlroom.recording.storage_folder import write_private
from controlroom.site_key import SiteKey
from controlroom.small_files import read_json

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WatchedCamera:
    """A camera in use that has an address.

    `stream` is that of one by RTSP only, and of any other one that is encrypted; empty where there is none to look at.
    """

    camera_id: int
    number: str
    address: DeviceAddress
    stream: str = ""
    untried: bool = False
    by_rtsp: bool = False
    stream_certificate: str = ""
    unread: bool = False
    """True while no stream of it is known, which ONVIF tells."""


@dataclass(frozen=True)
class _Listed:
    """A camera as the register lists it, its password encrypted."""

    id: int
    number: str
    host: str
    port: int
    username: str
    sealed: str
    protocol: Protocol = Protocol.ONVIF
    main_stream: str = ""
    certificate: str = ""
    untried: bool = False
    sub_stream: str = ""
    stream_certificate: str = ""


class WatchedCameras:
    """Reads the cameras in use. Passwords stay encrypted in the copy, as they are in the database."""

    def __init__(self, database: Database, site_key: Callable[[], SiteKey], copy: Path) -> None:
        self._database, self._site_key, self._copy = database, site_key, copy
        self._written: list[_Listed] | None = None
        self._unopened: set[str] = set()

    def cameras(self) -> list[WatchedCamera]:
        """List every camera in use with an address. Raises Unavailable when neither database nor copy can be read."""
        try:
            rows = self._from_database()
        except Unavailable:
            rows = self._from_copy()
            if rows is None:
                raise
        else:
            self._keep(rows)
        try:
            key = self._site_key()
        except (Unavailable, FileNotFoundError) as error:
            key = SiteKey.without(
                error if isinstance(error, Unavailable) else Unavailable("There is no site key.")
            )
        return [self._camera(row, key) for row in rows]

    def _from_database(self) -> list[_Listed]:
        query = select(CameraRow).filter_by(active=True).where(CameraRow.host != "").order_by(CameraRow.id)
        with self._database.read() as session:
            return [to_record(_Listed, row, sealed=row.password_sealed) for row in session.scalars(query)]

    def _from_copy(self) -> list[_Listed] | None:
        try:
            return read_json(self._copy, dict[str, list[_Listed]])["cameras"]
        except (OSError, ValueError, KeyError):
            return None

    def _keep(self, rows: list[_Listed]) -> None:
        if rows == self._written:
            return
        try:
            write_private(self._copy, {"cameras": to_plain(rows)})
        except Unavailable as error:
            log.warning("the copy of the register could not be written: %s", error)
        else:
            self._written = rows

    def _camera(self, row: _Listed, key: SiteKey) -> WatchedCamera:
        """Convert a row. Without a fitting key a camera is still checked, without its login."""
        username, password = row.username, ""
        try:
            password = key.open(row.sealed)
        except Unavailable as error:
            if row.number not in self._unopened:
                log.warning("camera %s is looked at without its login: %s", row.number, error)
            self._unopened.add(row.number)
            username = ""
        secure = row.protocol is Protocol.ONVIF_HTTPS
        name = f"Camera {row.number}"
        address = DeviceAddress(row.host, row.port, username, password, name, secure, row.certificate)
        by_rtsp = row.protocol is Protocol.RTSP
        encrypted = encrypted_one(row.main_stream, row.sub_stream)
        stream = row.main_stream if by_rtsp else encrypted
        return WatchedCamera(
            row.id,
            row.number,
            address,
            stream,
            row.untried,
            by_rtsp,
            row.stream_certificate if encrypted else "",
            not (by_rtsp or row.main_stream or row.sub_stream),
        )
