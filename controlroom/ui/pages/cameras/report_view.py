"""Shows in plain words what a camera answered when asked about itself."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from controlroom.cameras.devices import DeviceReport, PtzAbilities, StreamProfile
from controlroom.errors import ControlRoomError
from controlroom.ui.background import Background
from controlroom.ui.kit.picture import Picture
from controlroom.ui.pages.cameras.list import drift_words, drifts
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import box, column
from controlroom.ui.widgets.marks import LeadAnswer
from controlroom.ui.widgets.text import Facts, label, note, show_text

Fact = tuple[str, str]
PICTURE_WIDTH = 340

_MOVES = (
    ("pan_tilt", "pans and tilts"),
    ("zoom", "zooms"),
    ("absolute", "goes to positions"),
    ("relative_fov", "centres on a click"),
    ("presets", "keeps presets"),
    ("home", "has a home position"),
    ("tours", "patrols"),
)


def profile_words(profile: StreamProfile | None) -> str:
    """Size, encoding, rate and name in a line."""
    if profile is None:
        return ""
    size = f"{profile.width} \N{MULTIPLICATION SIGN} {profile.height}" if profile.width else "size not told"
    rate = f", {profile.fps:g} fps" if profile.fps else ""
    name = f" ({profile.name})" if profile.name else ""
    return f"{size} {profile.encoding}{rate}{name}".replace("  ", " ")


def ptz_words(ptz: PtzAbilities | None) -> str:
    """What its head can do."""
    if ptz is None:
        return "fixed: it does not move"
    able = [words for name, words in _MOVES if getattr(ptz, name)]
    return ", ".join(able) or "it names no movement it can make"


def report_facts(report: DeviceReport) -> list[tuple[str, str]]:
    """The report as facts."""
    count = len([each for each in report.profiles if each.stream_url])
    clock = drift_words(report.clock_drift_s) or "the camera does not tell its time"
    facts = [
        ("Make", report.make),
        ("Model", report.model),
        ("Firmware", report.firmware),
        ("Streams", f"{count} found" if count else "none with an address"),
    ]
    if count:
        facts.append(("Largest", profile_words(report.main_profile)))
    if count > 1:
        facts.append(("Smallest", profile_words(report.sub_profile)))
    facts += [("Movement", ptz_words(report.ptz)), ("Clock", clock)]
    if report.certificate:
        facts.append(("Certificate", fingerprint_words(report.certificate)))
    return facts


def fingerprint_words(fingerprint: str) -> str:
    """A certificate's SHA-256 in groups that can be compared by eye: `3f2a 91c0 …`."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def stream_facts(report: DeviceReport) -> list[tuple[str, str]]:
    """What is known of a camera by RTSP only: its streams, and that there is nothing to ask or steer."""
    words = ("Large stream", "Small stream")
    streams = [(name, profile_words(each)) for name, each in zip(words, report.profiles, strict=False)]
    return [*streams, ("Movement", "no ONVIF: it cannot be steered"), ("Clock", "cannot be asked")]


class Answer(QWidget):
    """The answer under the question: nothing yet, a report, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lead, self._facts = LeadAnswer(), Facts()
        self._warnings = label("", 13, role="warn", wrap=True)
        self._about_picture = note("")
        self._about_picture.hide()
        self.picture: Picture | None = None
        self._picture_place = column()
        card = Card()
        parts = (self._lead, box(self._picture_place), self._about_picture, self._facts, self._warnings)
        for each in parts:
            card.add(each)
        column(card, on=self)
        self.hide()

    @property
    def text(self) -> str:
        """Everything it says."""
        facts = [f"{name}: {value}" for name, value in self._facts.facts]
        parts = [self._lead.text, self._about_picture.text(), *facts, self._warnings.text()]
        return "\n".join(part for part in parts if part)

    def show_report(self, report: DeviceReport) -> None:
        warnings = list(report.warnings)
        if drifts(report.clock_drift_s):
            warnings.insert(
                0, f"Its clock is {drift_words(report.clock_drift_s)}: set it before it is used as evidence."
            )
        name = f"{report.make} {report.model}".strip() or "The camera answers"
        facts = report_facts(report) if report.services or report.make else stream_facts(report)
        self._say("warn" if warnings else "live", name, facts=facts, warnings=warnings)

    def show_error(self, error: Exception) -> None:
        if isinstance(error, ControlRoomError):
            rest = " ".join(part for part in (error.meaning, error.remedy) if part)
            self._say("alarm", error.what, rest)
        else:
            self._say(
                "alarm", "The camera could not be asked.", "Something in the program failed. Try again."
            )

    def wait_for_picture(self) -> None:
        """Say that a picture is being taken."""
        show_text(self._about_picture, "Taking a picture of its large stream…")

    def show_picture(self, path: Path, background: Background) -> None:
        """Show the test picture."""
        self._drop_picture()
        self.picture = Picture(lambda: path, background, width=PICTURE_WIDTH, enlarges=False)
        self.picture.setAccessibleName("Test picture")
        self._picture_place.addWidget(self.picture)

    def show_no_picture(self, error: Exception) -> None:
        """Say why there is no picture."""
        known = isinstance(error, ControlRoomError)
        show_text(self._about_picture, str(error) if known else "No picture could be taken.")

    def _drop_picture(self) -> None:
        show_text(self._about_picture, "")
        if self.picture is not None:
            self.picture.hide()
            self.picture.deleteLater()
            self.picture = None

    def _say(
        self,
        state: str,
        line: str,
        rest: str = "",
        *,
        facts: Sequence[Fact] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self._drop_picture()
        self._lead.say(state, line, rest)
        self._facts.set_facts(facts)
        self._facts.setVisible(bool(facts))
        show_text(self._warnings, "\n".join(warnings))
        self.setAccessibleName(self._lead.accessibleName())
        self.show()
