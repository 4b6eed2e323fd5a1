"""Looks at the certificates a camera shows now, and asks whether another than the known one is to be trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from controlroom.cameras.devices import place_of_stream
from controlroom.cameras.records import Camera, Protocol
from controlroom.cameras.rules import encrypted_stream
from controlroom.device_tls import Shown
from controlroom.errors import Unavailable
from controlroom.ui.kit.form import FormSpec
from controlroom.ui.pages.cameras.report_view import fingerprint_words

ShownAt = Callable[[str, int], Shown]
"""Looks at the certificate shown at a host and port; waits for it."""
Trust = Callable[[Mapping[str, str]], object]
"""Takes certificates by their names on the register."""


@dataclass(frozen=True)
class _Place:
    """One place at which a camera shows a certificate: `name` is its field on the register."""

    name: str
    words: str
    known: str
    host: str
    port: int


def shows_certificates(camera: Camera) -> bool:
    """True of a camera that is reached, or sends, in an encrypted way."""
    return bool(_places(camera))


def look(camera: Camera, shown_at: ShownAt) -> dict[str, str]:
    """Return what the camera shows now by its name on the register, without signing in; waits for it.

    Raises Unavailable where it shows none.
    """
    found: dict[str, str] = {}
    for each in _places(camera):
        shown = shown_at(each.host, each.port)
        if not shown.certificate:
            raise Unavailable(
                f"Camera {camera.number} shows no certificate now: {shown.trouble}.",
                remedy="Check its power and network, and the address.",
            )
        found[each.name] = shown.certificate
    return found


def question(camera: Camera, shown: Mapping[str, str], trust: Trust) -> FormSpec | None:
    """Return the question whether those that differ are to be trusted; None where all are the known ones."""
    others = [each for each in _places(camera) if shown.get(each.name, each.known) != each.known]
    if not others:
        return None
    given = {each.name: shown[each.name] for each in others}
    told = [
        f"{each.words}\nKnown:  {fingerprint_words(each.known) or 'none yet'}\n"
        f"Shown now:  {fingerprint_words(given[each.name])}"
        for each in others
    ]
    risk = "Find out first whether the camera was reset or replaced: whoever has this certificate is sent its password."
    return FormSpec(
        f"Trust the certificate that camera {camera.number} shows now?",
        "Trust it",
        lambda _values: trust(given),
        text="\n\n".join((risk, *told)),
        kind="danger",
        said=f"The certificate of camera {camera.number} is trusted, at every desk and by the recorder.",
    )


def _places(camera: Camera) -> list[_Place]:
    found: list[_Place] = []
    if camera.protocol is Protocol.ONVIF_HTTPS and camera.host:
        found.append(_Place("certificate", "ONVIF over HTTPS", camera.certificate, camera.host, camera.port))
    if stream := encrypted_stream(camera):
        host, port = place_of_stream(stream)
        found.append(_Place("stream_certificate", "Its stream", camera.stream_certificate, host, port))
    return found
