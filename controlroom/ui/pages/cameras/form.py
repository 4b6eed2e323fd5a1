"""Asks what adding a camera needs: its address and login, its answer, and then the few things only people know."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from controlroom.cameras.devices import DeviceReport, StreamProfile
from controlroom.cameras.records import Camera, Migration, NewCamera, Owner, Place, Transport
from controlroom.cameras.rules import RETENTION_DAYS
from controlroom.errors import ControlRoomError
from controlroom.texts import LENGTHS
from controlroom.ui.background import Background
from controlroom.ui.pages.cameras.asking import AskCamera, Prober
from controlroom.ui.pages.cameras.report_view import profile_words
from controlroom.ui.widgets.card import SidePanel
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import mark_form
from controlroom.ui.widgets.layout import SPRING, fill
from controlroom.ui.widgets.limits import watch
from controlroom.ui.widgets.text import caption

Save = Callable[[NewCamera], Camera]


class AddCameraPanel(SidePanel):
    """Address and login, "Ask the camera", the answer, then number, name and place, and "Save"."""

    saved = Signal(object)  # Camera

    def __init__(self, prober: Prober, save: Save, background: Background) -> None:
        super().__init__("Add a camera", 420)
        mark_form(self)
        self._save, self._background = save, background
        self._profiles: list[StreamProfile] = []
        self.asking = AskCamera(prober, background)
        self._make_fields()
        self._lay_out()
        self.asking.answered.connect(self._take_report)
        self.asking.forgotten.connect(self._show_answered)
        self.closed.connect(self.asking.cancel)
        self._show_answered()

    def begin(self, areas: Sequence[str] = ()) -> None:
        """Open with what was typed before and not saved, but for the password."""
        area = self.area.currentText()
        self.area.clear()
        self.area.addItems(list(areas))
        self.area.setCurrentText(area)
        self.what.clear_errors()
        self.show_trouble("")
        self.show()
        self.asking.begin()

    def forget(self) -> None:
        """Empty every field: the camera is saved, or somebody else sits here."""
        for field in (self.number, self.name, self.street):
            field.clear()
        self.retention.setValue(31)
        for combo in (self.area, self.ward):
            combo.setCurrentText("")
        self.asking.clear()

    def _take_report(self, report: DeviceReport) -> None:
        self._profiles = [each for each in report.profiles if each.stream_url]
        for combo, chosen in ((self.main, report.main_profile), (self.sub, report.sub_profile)):
            combo.clear()
            for profile in self._profiles:
                combo.addItem(profile_words(profile))
            if chosen in self._profiles:
                combo.setCurrentIndex(self._profiles.index(chosen))
        self._show_answered()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- saving ----------------------------------------------------------------------------------------------

    def new_camera(self) -> NewCamera:
        place = Place(
            self.street.text().strip(), self.area.currentText().strip(), self.ward.currentText().strip()
        )
        return replace(
            self.asking.new_camera(self.number.text(), self.name.text(), place),
            owner=Owner(self.owner.currentText()),
            migration=Migration(self.migration.currentText()),
            transport=Transport(self.transport.currentText()),
            retention_days=self.retention.value(),
            main_stream=self._address_of(self.main),
            sub_stream=self._address_of(self.sub),
        )

    def save(self) -> None:
        """Save what is filled in; a refusal stays in the panel with everything that was typed."""
        self.show_trouble("")
        if not self.what.require(
            (self.number, "Give the camera its number: 014, H03, RDC-04."),
            (self.name, "Name the street and what it looks at."),
        ):
            return
        camera = self.new_camera()
        self.save_button.setEnabled(False)
        self._background.run(lambda: self._save(camera), self._take_saved, self._take_refused, owner=self)

    def _take_saved(self, camera: Camera) -> None:
        self.save_button.setEnabled(True)
        self.hide()
        self.forget()
        self.saved.emit(camera)

    def _take_refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        known = isinstance(error, ControlRoomError)
        self.show_trouble(str(error) if known else "Saving failed. Nothing was added; try again.")

    def _address_of(self, combo: QComboBox) -> str:
        row = combo.currentIndex()
        return self._profiles[row].stream_url if 0 <= row < len(self._profiles) else ""

    # -- building --------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.what, self.retention = Form(), QSpinBox()
        self.retention.setRange(*RETENTION_DAYS)
        self.number, self.name, self.street = QLineEdit(), QLineEdit(), QLineEdit()
        watch(self.name, LENGTHS["name"])
        watch(self.street, LENGTHS["street"])
        self.area, self.ward = _list_of(), _list_of()
        self.owner, self.transport, self.migration = _list_of(Owner), _list_of(Transport), _list_of(Migration)
        self.migration.setCurrentText(Migration.DIGITAL)
        self.main, self.sub = _list_of(), _list_of()
        for combo in (self.area, self.ward):
            combo.setEditable(True)
        self.save_button = KeyButton("Save", "Ctrl+S", "primary", press=self.save)
        self.close_button = KeyButton("Cancel", "Esc", bind=False, press=self.close_panel)

    def _lay_out(self) -> None:
        fill(self.body, self.asking)
        self.what.add_wide(caption("What only people know"))
        self.what.add_row(("Number", self.number, 1), ("Name", self.name, 3))
        self.what.add_row(("Street", self.street, 1), ("Area it is listed under", self.area, 1))
        self.what.add_row(("Ward", self.ward, 1), ("Owner", self.owner, 1))
        self.what.add_row(("Transport", self.transport, 1), ("Migration", self.migration, 1))
        self.what.add_row(("Kept, days", self.retention, 1), ("", QWidget(), 1))
        self.what.add("Stream for one large picture", self.main)
        self.what.add("Stream for small tiles", self.sub)
        fill(self.body, self.what, SPRING)
        self.add_button(self.save_button)
        self.add_button(self.close_button)

    def _show_answered(self) -> None:
        answered = self.asking.report is not None
        if not answered:
            self._profiles = []
        self.what.setVisible(answered)
        self.save_button.setVisible(answered)


def _list_of(texts: Iterable[str] = ()) -> QComboBox:
    combo = QComboBox()
    combo.addItems([str(each) for each in texts])
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo
