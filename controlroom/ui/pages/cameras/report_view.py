"""Shows in plain words what a camera answered when asked about itself."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from controlroom.cameras.devices import DeviceReport, PtzAbilities, StreamProfile
from controlroom.errors import ControlRoomError
from controlroom.ui.pages.cameras.list import drift_words, drifts
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import column
from controlroom.ui.widgets.marks import LeadAnswer
from controlroom.ui.widgets.text import Facts, label, show_text

Fact = tuple[str, str]

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


def ability_names(report: DeviceReport) -> tuple[str, ...]:
    """The abilities the register stores: the names of everything the camera said it can do."""
    names = [name for name, _ in _MOVES if report.ptz is not None and getattr(report.ptz, name)]
    if report.ptz is not None and report.ptz.relative:
        names.append("relative")
    names += [name for name in ("focus", "iris", "snapshot", "events") if getattr(report, name)]
    return tuple(names)


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
    return [*facts, ("Movement", ptz_words(report.ptz)), ("Clock", clock)]


class Answer(QWidget):
    """The answer under the question: nothing yet, a report, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lead, self._facts = LeadAnswer(), Facts()
        self._warnings = label("", 13, role="warn", wrap=True)
        card = Card()
        for each in (self._lead, self._facts, self._warnings):
            card.add(each)
        column(card, on=self)
        self.hide()

    @property
    def text(self) -> str:
        """Everything it says."""
        facts = [f"{name}: {value}" for name, value in self._facts.facts]
        parts = [self._lead.text, *facts, self._warnings.text()]
        return "\n".join(part for part in parts if part)

    def show_report(self, report: DeviceReport) -> None:
        warnings = list(report.warnings)
        if drifts(report.clock_drift_s):
            warnings.insert(
                0, f"Its clock is {drift_words(report.clock_drift_s)}: set it before it is used as evidence."
            )
        name = f"{report.make} {report.model}".strip() or "The camera answers"
        self._say("warn" if warnings else "live", name, facts=report_facts(report), warnings=warnings)

    def show_error(self, error: Exception) -> None:
        if isinstance(error, ControlRoomError):
            rest = " ".join(part for part in (error.meaning, error.remedy) if part)
            self._say("alarm", error.what, rest)
        else:
            self._say(
                "alarm", "The camera could not be asked.", "Something in the program failed. Try again."
            )

    def _say(
        self,
        state: str,
        line: str,
        rest: str = "",
        *,
        facts: Sequence[Fact] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self._lead.say(state, line, rest)
        self._facts.set_facts(facts)
        self._facts.setVisible(bool(facts))
        show_text(self._warnings, "\n".join(warnings))
        self.setAccessibleName(self._lead.accessibleName())
        self.show()
