"""Loads the ONVIF service descriptions, each parsed once for the whole process and shared by every camera's client.

They are installed by the onvif-zeep distribution and found through its metadata, because importing its `onvif`
module would call logging.basicConfig and change proxy variables. It lacks Media2; ours is beside this file.
"""

import logging
import threading
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

import zeep
from zeep.wsdl import Document

from controlroom.errors import Unavailable

DISTRIBUTION = "onvif-zeep"

_settings: Any = zeep.Settings  # its fields are declared in a way the type checker does not know
# raw_response: replies are read in replies.py
SETTINGS = _settings(
    strict=False,
    raw_response=True,
    force_https=False,
    forbid_dtd=True,
    forbid_entities=True,
    forbid_external=True,
)

# zeep logs whole messages (with tokens) at DEBUG, and a traceback for each date a camera got wrong
logging.getLogger("zeep").setLevel(logging.CRITICAL)


class Service(StrEnum):
    """The services this program uses."""

    DEVICE = "device"
    MEDIA = "media"
    MEDIA2 = "media2"
    PTZ = "ptz"
    IMAGING = "imaging"


@dataclass(frozen=True)
class _Description:
    namespace: str
    file: str
    binding: str


_ONVIF = "http://www.onvif.org"
_DESCRIPTIONS = {
    Service.DEVICE: _Description(f"{_ONVIF}/ver10/device/wsdl", "devicemgmt.wsdl", "DeviceBinding"),
    Service.MEDIA: _Description(f"{_ONVIF}/ver10/media/wsdl", "media.wsdl", "MediaBinding"),
    Service.MEDIA2: _Description(f"{_ONVIF}/ver20/media/wsdl", "media2.wsdl", "Media2Binding"),
    Service.PTZ: _Description(f"{_ONVIF}/ver20/ptz/wsdl", "ptz.wsdl", "PTZBinding"),
    Service.IMAGING: _Description(f"{_ONVIF}/ver20/imaging/wsdl", "imaging.wsdl", "ImagingBinding"),
}

_documents: dict[Service, Document] = {}
_lock = threading.Lock()


def namespace(service: Service) -> str:
    """Return the XML namespace that names `service` in GetServices."""
    return _DESCRIPTIONS[service].namespace


def binding(service: Service) -> str:
    """Return the qualified name of the service's binding in its document."""
    description = _DESCRIPTIONS[service]
    return f"{{{description.namespace}}}{description.binding}"


def document(service: Service) -> Document:
    """Return the parsed description of `service`; raises Unavailable when the files are not installed."""
    with _lock:
        if service not in _documents:
            files: Any = zeep.Transport()
            _documents[service] = _loosen(service, Document(str(_path(service)), files, settings=SETTINGS))
        return _documents[service]


def _loosen(service: Service, loaded: Document) -> Document:
    """Let a velocity leave out an axis: Reolink cameras want no `y` in a pure pan, but the schema insists on it."""
    if service is Service.PTZ:
        types: Any = loaded.types
        for _, attribute in types.get_type("{http://www.onvif.org/ver10/schema}Vector2D").attributes:
            attribute.required = False
    return loaded


def folder() -> Path:
    """Return the folder of the distribution's WSDL files; raises Unavailable when it is not installed."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "devicemgmt.wsdl":
            return Path(str(file.locate())).resolve().parent
    raise Unavailable(
        "The ONVIF service descriptions are not installed.",
        "No camera can be spoken to.",
        "Install the program's dependencies again.",
    )


def _path(service: Service) -> Path:
    file = _DESCRIPTIONS[service].file
    own = Path(__file__).with_name(file)
    return own if own.exists() else folder() / file
