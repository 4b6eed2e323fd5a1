"""Provides two fields of several parts: a camera named by number or words, and a moment by London's clock."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QTimeZone, Signal
from PySide6.QtWidgets import QDateTimeEdit, QLineEdit, QWidget

from controlroom.cameras.records import Camera
from controlroom.cameras.rules import find_by_number, matches
from controlroom.clock import in_repeated_hour, local, london
from controlroom.ui import theme
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import grow, row
from controlroom.ui.widgets.text import ElidedLabel


class CameraField(QWidget):
    """A short field for the number, and beside it the camera's name, or that there is none."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cameras: Sequence[Camera] = ()
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("014")
        self.edit.setFont(theme.font(theme.BODY, theme.STRONG))
        self.edit.setFixedWidth(theme.px(110))
        self.edit.setMinimumHeight(theme.px(34))
        self._name = ElidedLabel("no camera", 13, role="text_dim")
        row(self.edit, grow(self._name), on=self, spacing=10)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(lambda _text: self._show())
        self.edit.editingFinished.connect(self._tidy)

    def setAccessibleName(self, name: str) -> None:
        """Names the field inside, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """The cameras that can be meant."""
        self._cameras = cameras
        self._show()

    def set_camera(self, camera: Camera | None) -> None:
        """Show this camera."""
        if camera is not None and camera not in self._cameras:
            self._cameras = [*self._cameras, camera]
        self.edit.setText(camera.number if camera is not None else "")
        self._show()

    @property
    def camera(self) -> Camera | None:
        """The camera meant by what was typed; None when nothing was, or nothing fits."""
        typed = self.edit.text().strip()
        if not typed:
            return None
        found = find_by_number(self._cameras, typed)
        if found is None:
            fitting = [each for each in self._cameras if matches(each, typed)]
            found = fitting[0] if len(fitting) == 1 else None
        return found

    @property
    def is_unknown(self) -> bool:
        """True when something was typed that names no single camera."""
        return bool(self.edit.text().strip()) and self.camera is None

    def _show(self) -> None:
        camera = self.camera
        if camera is not None:
            self._name.set_text(camera.name, "text")
        elif self.is_unknown:
            self._name.set_text("no such camera", "alarm")
        else:
            self._name.set_text("no camera", "text_faint")
        self.changed.emit()

    def _tidy(self) -> None:
        if self.camera is not None and self.edit.text() != self.camera.number:
            self.edit.setText(self.camera.number)


class MomentEdit(QWidget):
    """Day and time to the second. `touched` is true once somebody changed it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.touched = False
        self._setting = False
        self._usual: datetime | None = None  # what it shows before anybody touches it
        self.edit = QDateTimeEdit()
        self.edit.setDisplayFormat("dd MMM yyyy  HH:mm:ss")
        # The field only holds figures; `moment` applies London's rules.
        self.edit.setTimeZone(QTimeZone(QTimeZone.Initialization.UTC))
        self.edit.setCalendarPopup(False)
        self.edit.setFont(theme.font())
        self.edit.setMinimumHeight(theme.px(34))
        if (figures := self.edit.lineEdit()) is not None:
            figures.setTextMargins(8, 0, 0, 0)
        self.fold = Choices(["BST", "GMT"], chips=True)
        self.fold.setToolTip(
            "This hour happens twice tonight: before the clocks go back (BST), or after (GMT)."
        )
        row(grow(self.edit), self.fold, on=self, spacing=8)
        self.fold.hide()
        self.setFocusProxy(self.edit)
        self.edit.dateTimeChanged.connect(lambda _moment: self._take_change())
        self.fold.chosen.connect(lambda _index: self._take_change())

    def setAccessibleName(self, name: str) -> None:
        """Names the field inside, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    @property
    def moment(self) -> datetime:
        """What is entered, in UTC."""
        return self._moment(self.fold.index if self.fold.isVisibleTo(self) else 0)

    def set_moment(self, moment: datetime) -> None:
        """Show a moment, untouched."""
        here = local(moment)
        self._setting = True
        figures = here.replace(tzinfo=UTC, microsecond=0)
        self.edit.setDateTime(
            QDateTime.fromSecsSinceEpoch(int(figures.timestamp()), QTimeZone(QTimeZone.Initialization.UTC))
        )
        self.fold.setVisible(in_repeated_hour(moment))
        self.fold.choose(here.fold)
        self._setting = False
        self.touched = False
        self._usual = self._usual or moment

    def set_moment_or_usual(self, moment: datetime | None) -> None:
        """Show a moment, untouched; None: the one it showed first."""
        wanted = moment or self._usual
        if wanted is not None:
            self.set_moment(wanted)

    def _moment(self, fold: int) -> datetime:
        figures = datetime.fromtimestamp(self.edit.dateTime().toSecsSinceEpoch(), UTC)
        return london(figures.date(), figures.hour, figures.minute, fold=fold).replace(second=figures.second)

    def _take_change(self) -> None:
        if self._setting:
            return
        self.fold.setVisible(in_repeated_hour(self._moment(0)))
        self.touched = True
        self.changed.emit()
