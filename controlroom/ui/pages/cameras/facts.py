"""Shows one camera's facts at the side of the list."""

from PySide6.QtWidgets import QWidget

from controlroom.cameras.records import Camera
from controlroom.ui import theme
from controlroom.ui.kit.past_holds import PastHolds
from controlroom.ui.pages.cameras.list import CameraLine, address_of, drift_words, drifts, make_of
from controlroom.ui.pages.cameras.report_view import fingerprint_words
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import Facts, caption, label, note, show_text

_ABILITIES = {
    "pan_tilt": "pan and tilt",
    "zoom": "zoom",
    "absolute": "positions",
    "relative": "relative moves",
    "relative_fov": "click to centre",
    "presets": "presets",
    "home": "home position",
    "tours": "patrols",
    "focus": "focus",
    "iris": "iris",
    "snapshot": "snapshots",
    "events": "events",
}


def ability_words(camera: Camera) -> str:
    """What it can do, in words."""
    return ", ".join(_ABILITIES.get(each, each.replace("_", " ")) for each in camera.abilities)


def camera_facts(camera: Camera) -> list[tuple[str, str]]:
    """A camera of the register as facts."""
    place = camera.place
    where = ""
    if place.latitude is not None and place.longitude is not None:
        where = f"{place.latitude:.5f}, {place.longitude:.5f}"
    pins = (("Certificate", camera.certificate), ("Stream's certificate", camera.stream_certificate))
    return [
        ("Street", place.street),
        ("Area", place.area),
        ("Ward", place.ward),
        ("Coordinates", where),
        ("Owner", camera.owner.value),
        ("Make and model", make_of(camera)),
        ("Migration", camera.migration.value),
        ("Transport", camera.transport.value),
        ("Footage kept", f"{camera.retention_days} days"),
        ("Movement", "PTZ" if camera.has_ptz else "fixed"),
        ("Abilities", ability_words(camera)),
        ("Clock", drift_words(camera.clock_drift_s)),
        ("Reached by", camera.protocol.value if camera.host else ""),
        ("Address", _address(camera)),
        *([("Stream by", camera.stream_transport.value)] if camera.host else []),
        *[(name, fingerprint_words(pin)) for name, pin in pins if pin],
    ]


def _address(camera: Camera) -> str:
    said = address_of(camera) or "none on the register"
    return f"{said}, not tried yet" if camera.untried else said


class CameraFacts(QWidget):
    """Shows a camera of the register."""

    def __init__(self, holds: PastHolds | None = None) -> None:
        super().__init__()
        self.holds = holds
        self._name = label("", theme.TITLE, theme.STRONG, wrap=True)
        self.state = Pill("", "idle")
        self.detail = note("")
        self._warning = label("", 13, role="warn", wrap=True)
        self.facts = Facts()
        above = (self._name, self.state, self.detail, self._warning)
        column(*above, caption("On the register"), self.facts, holds, on=self, spacing=12)

    def show_camera(self, line: CameraLine) -> None:
        camera = line.camera
        self._name.setText(camera.name)
        self.state.set(line.word, line.mark)
        show_text(self.detail, line.detail)
        drift = camera.clock_drift_s
        show_text(
            self._warning,
            f"Its clock was {drift_words(drift)} when it was last asked." if drifts(drift) else "",
        )
        self.facts.set_facts(camera_facts(camera))
        if self.holds is not None:
            self.holds.show_of(camera.id)
