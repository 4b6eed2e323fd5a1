"""Lists the columns of a register file: the headings they are known by, how each is read, and what an export writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from controlroom.cameras.records import Camera, Migration, Owner, Protocol, StreamTransport, Transport
from controlroom.cameras.register_file import fields
from controlroom.cameras.rules import RETENTION_DAYS
from controlroom.errors import InvalidInput

NUMBER, PASSWORD = "number", "password"
_OWNERS: dict[str, StrEnum] = {
    "council": Owner.PUBLIC_REALM,
    "public": Owner.PUBLIC_REALM,
    "highways": Owner.PUBLIC_REALM,
    "rdc": Owner.RAPID_DEPLOYMENT,
    "rapid": Owner.RAPID_DEPLOYMENT,
    "van": Owner.VEHICLE,
}
_TRANSPORTS: dict[str, StrEnum] = {
    "fiber": Transport.FIBRE,
    "fibre optic": Transport.FIBRE,
    "wifi": Transport.WIRELESS,
    "wi-fi": Transport.WIRELESS,
    "radio": Transport.WIRELESS,
    "4g/lte": Transport.FOUR_G,
    "lte": Transport.FOUR_G,
}
_MIGRATIONS: dict[str, StrEnum] = {
    "analog": Migration.ANALOGUE,
    "encoder": Migration.ENCODER,
    "ip": Migration.DIGITAL,
}
_PROTOCOLS: dict[str, StrEnum] = {
    "rtsp": Protocol.RTSP,
    "https": Protocol.ONVIF_HTTPS,
    "onvif https": Protocol.ONVIF_HTTPS,
    "http": Protocol.ONVIF,
}
_STREAM_TRANSPORTS: dict[str, StrEnum] = {
    "auto": StreamTransport.AUTOMATIC,
    "rtp over tcp": StreamTransport.TCP,
    "interleaved": StreamTransport.TCP,
    "rtp over udp": StreamTransport.UDP,
    "unicast": StreamTransport.UDP,
}


@dataclass(frozen=True)
class FileColumn:
    """One column: the field it fills, its heading in an export, other headings it is known by, and its reader.

    `value` gives what an export writes; None for what no export holds.
    """

    field: str
    heading: str
    read: fields.Reader
    value: Callable[[Camera], object] | None
    also: str = ""
    width: int = 14

    @property
    def names(self) -> set[str]:
        return {plain(each) for each in (self.heading, self.field, *self.also.split(","))} - {""}


def plain(heading: str) -> str:
    """A heading as it is compared: its letters and digits alone."""
    return re.sub(r"[\W_]+", "", heading.casefold())


COLUMNS: tuple[FileColumn, ...] = (
    FileColumn(
        NUMBER,
        "Number",
        fields.number,
        lambda camera: camera.number,
        "camera,camera number,camera no,camera id,cam,cam no,no,nr,id,camera ref,reference",
        10,
    ),
    FileColumn(
        "name", "Name", fields.line, lambda camera: camera.name, "camera name,description,title,location", 34
    ),
    FileColumn(
        "street",
        "Street",
        fields.line,
        lambda camera: camera.place.street,
        "road,street name,address line",
        24,
    ),
    FileColumn(
        "area", "Area", fields.line, lambda camera: camera.place.area, "block,district,zone,neighbourhood", 18
    ),
    FileColumn("ward", "Ward", fields.line, lambda camera: camera.place.ward, "electoral ward", 18),
    FileColumn(
        "latitude",
        "Latitude",
        fields.degrees(90),
        lambda camera: camera.place.latitude,
        "lat,latitude wgs84",
        12,
    ),
    FileColumn(
        "longitude",
        "Longitude",
        fields.degrees(180),
        lambda camera: camera.place.longitude,
        "lon,long,lng,longitude wgs84",
        12,
    ),
    FileColumn(
        "owner", "Owner", fields.one_of(Owner, _OWNERS), lambda camera: camera.owner.value, "owned by,estate"
    ),
    FileColumn("make", "Make", fields.line, lambda camera: camera.make, "manufacturer,brand,vendor"),
    FileColumn(
        "model", "Model", fields.line, lambda camera: camera.model, "type,camera model,camera type", 18
    ),
    FileColumn(
        "migration",
        "Migration",
        fields.one_of(Migration, _MIGRATIONS),
        lambda camera: camera.migration.value,
        "migration status,analogue or digital,technology",
        22,
    ),
    FileColumn(
        "transport",
        "Transport",
        fields.one_of(Transport, _TRANSPORTS),
        lambda camera: camera.transport.value,
        "transmission,link,bearer,connection,network",
    ),
    FileColumn(
        "retention_days",
        "Kept, days",
        fields.whole(*RETENTION_DAYS, "days"),
        lambda camera: camera.retention_days,
        "retention,retention period,days kept,kept",
        11,
    ),
    FileColumn(
        "protocol",
        "Reached by",
        fields.one_of(Protocol, _PROTOCOLS),
        lambda camera: camera.protocol.value,
        "protocol,reached over",
        18,
    ),
    FileColumn(
        "host",
        "Address",
        fields.address,
        lambda camera: "" if camera.protocol is Protocol.RTSP else camera.host,
        "host,hostname,host name,ip,ip address,ip addr,network address",
        18,
    ),
    FileColumn(
        "port",
        "Port",
        fields.whole(1, 65_535),
        lambda camera: camera.port if camera.host and camera.protocol is not Protocol.RTSP else "",
        "http port,onvif port,tcp port",
        8,
    ),
    FileColumn(
        "username", "User", fields.line, lambda camera: camera.username, "user name,login,account", 14
    ),
    FileColumn(PASSWORD, "Password", fields.secret, None, "pass,pwd,passwd,camera password"),
    FileColumn(
        "main_stream",
        "Main stream",
        fields.stream,
        lambda camera: camera.main_stream,
        "stream,rtsp,rtsp address,rtsp url,stream address,stream url,url,main stream address",
        40,
    ),
    FileColumn(
        "sub_stream",
        "Small stream",
        fields.stream,
        lambda camera: camera.sub_stream,
        "substream,second stream,small stream address,sub stream url",
        40,
    ),
    FileColumn(
        "stream_transport",
        "Stream by",
        fields.one_of(StreamTransport, _STREAM_TRANSPORTS),
        lambda camera: camera.stream_transport.value,
        "stream transport,rtsp transport,rtp transport,tcp or udp",
        12,
    ),
    FileColumn(
        "has_ptz",
        "PTZ",
        fields.truth,
        lambda camera: "yes" if camera.has_ptz else "no",
        "moves,pan tilt zoom",
        8,
    ),
)
BY_FIELD = {each.field: each for each in COLUMNS}
_KNOWN = {name: each for each in COLUMNS for name in each.names}


def count_known(headings: Sequence[str]) -> int:
    """How many different columns these headings name."""
    return len({found.field for each in headings if (found := _KNOWN.get(plain(each))) is not None})


def recognise(headings: Sequence[str]) -> dict[int, FileColumn]:
    """The known columns by their place; raises InvalidInput when two headings mean the same."""
    found: dict[int, FileColumn] = {}
    for place, heading in enumerate(headings):
        column = _KNOWN.get(plain(heading))
        if column is None:
            continue
        twin = next((other for other, each in found.items() if each is column), None)
        if twin is not None:
            raise InvalidInput(
                f"Two columns mean the same: “{headings[twin].strip()}” and “{heading.strip()}”.",
                "Which of them counts cannot be known.",
                "Delete one, or give it another heading.",
            )
        found[place] = column
    return found
