"""Holds the fields of a camera that only people know, and those the camera fills in for a person to correct."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from controlroom.cameras.devices import DeviceReport, StreamProfile
from controlroom.cameras.records import Camera, Migration, NewCamera, Owner, Place, Protocol, Transport
from controlroom.cameras.rules import RETENTION_DAYS, suggested
from controlroom.errors import InvalidInput
from controlroom.texts import LENGTHS
from controlroom.ui.pages.cameras.report_view import profile_words
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.limits import watch
from controlroom.ui.widgets.text import caption

DEFAULT_RETENTION = 31


class RegisterFields(Form):
    """Number, name, place, owner, make, transport, retention, and which streams are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._profiles: list[StreamProfile] = []
        self.number, self.name, self.street = QLineEdit(), QLineEdit(), QLineEdit()
        self.latitude, self.longitude = QLineEdit(), QLineEdit()
        self.make, self.model = QLineEdit(), QLineEdit()
        self.area, self.ward = _list_of(), _list_of()
        self.owner, self.transport, self.migration = _list_of(Owner), _list_of(Transport), _list_of(Migration)
        self.main, self.sub = _list_of(), _list_of()
        for combo in (self.area, self.ward, self.main, self.sub):
            combo.setEditable(True)
        for combo in (self.main, self.sub):
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.retention = QSpinBox()
        self.retention.setRange(*RETENTION_DAYS)
        for field, name in (
            (self.name, "name"),
            (self.street, "street"),
            (self.make, "make"),
            (self.model, "model"),
        ):
            watch(field, LENGTHS[name])
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """Empty every field."""
        for line in (self.number, self.name, self.street, self.latitude, self.longitude):
            line.clear()
        for combo in (self.area, self.ward):
            combo.setCurrentText("")
        self.owner.setCurrentText(Owner.PUBLIC_REALM)
        self.transport.setCurrentText(Transport.FIBRE)
        self.migration.setCurrentText(Migration.DIGITAL)
        self.retention.setValue(DEFAULT_RETENTION)
        self.show_device(None)
        self.clear_errors()

    def show_device(self, camera: Camera | None) -> None:
        """Show make, model and streams as the register has them; nothing, for a device that was not asked yet."""
        self._profiles = []
        self.make.setText(camera.make if camera else "")
        self.model.setText(camera.model if camera else "")
        for combo, address in (
            (self.main, camera.main_stream if camera else ""),
            (self.sub, camera.sub_stream if camera else ""),
        ):
            combo.clear()
            combo.setEditText(address)

    def set_areas(self, areas: Sequence[str]) -> None:
        """Offer the areas there are; what was typed stays."""
        area = self.area.currentText()
        self.area.clear()
        self.area.addItems(list(areas))
        self.area.setCurrentText(area)

    def fill(self, camera: Camera) -> None:
        """Show what the register says."""
        self.clear()
        place = camera.place
        for line, text in (
            (self.number, camera.number),
            (self.name, camera.name),
            (self.street, place.street),
            (self.latitude, _degrees(place.latitude)),
            (self.longitude, _degrees(place.longitude)),
        ):
            line.setText(text)
        for combo, text in (
            (self.area, place.area),
            (self.ward, place.ward),
            (self.owner, camera.owner),
            (self.transport, camera.transport),
            (self.migration, camera.migration),
        ):
            combo.setCurrentText(text)
        self.retention.setValue(camera.retention_days)
        self.show_device(camera)

    def take_report(self, report: DeviceReport) -> None:
        """Fill in what the camera said of itself."""
        if report.make or report.model:
            self.make.setText(report.make)
            self.model.setText(report.model)
        self._profiles = [each for each in report.profiles if each.stream_url]
        for combo, chosen in ((self.main, report.main_profile), (self.sub, report.sub_profile)):
            combo.clear()
            for profile in self._profiles:
                combo.addItem(profile_words(profile))
            if chosen in self._profiles:
                combo.setCurrentIndex(self._profiles.index(chosen))

    def suggest(self, device_name: str) -> None:
        """Fill in number and name as the device itself tells them, where nothing is typed yet."""
        number, name = suggested(device_name)
        for line, text in ((self.number, number), (self.name, name)):
            if text and not line.text().strip():
                line.setText(text)

    def show_for(self, protocol: Protocol, *, replacing: bool) -> None:
        """Hide what is not asked: what stays when a device is replaced, streams that are typed above."""
        lines = (self.number, self.name, self.street, self.latitude, self.longitude)
        for field in (*lines, self.area, self.ward, self.owner, self.retention):
            self.set_shown(field, not replacing)
        for combo in (self.main, self.sub):
            self.set_shown(combo, protocol is not Protocol.RTSP)

    def is_complete(self) -> bool:
        """True when number and name are typed; otherwise the field says what is missing."""
        return self.require(
            (self.number, "Give the camera its number: 014, H03, RDC-04."),
            (self.name, "Name the street and what it looks at."),
        )

    def read(self, camera: NewCamera) -> NewCamera:
        """The camera with what stands in these fields. Raises InvalidInput for coordinates that are none."""
        by_rtsp = camera.protocol is Protocol.RTSP
        latitude, longitude = self._coordinates()
        return replace(
            camera,
            number=self.number.text().strip().upper(),
            name=self.name.text().strip(),
            place=Place(
                self.street.text().strip(),
                self.area.currentText().strip(),
                self.ward.currentText().strip(),
                latitude,
                longitude,
            ),
            owner=Owner(self.owner.currentText()),
            make=self.make.text().strip(),
            model=self.model.text().strip(),
            migration=Migration(self.migration.currentText()),
            transport=Transport(self.transport.currentText()),
            retention_days=self.retention.value(),
            main_stream=camera.main_stream if by_rtsp else self._address_of(self.main),
            sub_stream=camera.sub_stream if by_rtsp else self._address_of(self.sub),
        )

    def say(self, error: InvalidInput) -> bool:
        """Say at its field what is wrong with it; False when that is none of these."""
        named = {"main_stream": self.main, "sub_stream": self.sub, "retention_days": self.retention}
        field = named.get(error.field) or getattr(self, error.field or " ", None)
        if not isinstance(field, QWidget) or field not in self._beside:
            return False
        self.set_error(field, str(error))
        return True

    def _coordinates(self) -> tuple[float | None, float | None]:
        """Degrees as typed; both may be pasted into the first field, as maps copy them."""
        first, comma, second = self.latitude.text().partition(", ")
        if comma and not self.longitude.text().strip():
            self.latitude.setText(first.strip())
            self.longitude.setText(second.strip())
        return _number(self.latitude, "latitude"), _number(self.longitude, "longitude")

    def _address_of(self, combo: QComboBox) -> str:
        """The stream that was chosen by its description, or the address that was typed."""
        text = combo.currentText().strip()
        row = combo.currentIndex()
        chosen = 0 <= row < len(self._profiles) and text == combo.itemText(row)
        return self._profiles[row].stream_url if chosen else text

    def _lay_out(self) -> None:
        self.add_wide(caption("On the register"))
        self.add_row(("Number", self.number, 1), ("Name", self.name, 3))
        self.add_row(("Street", self.street, 1), ("Area it is listed under", self.area, 1))
        self.add_row(("Ward", self.ward, 1), ("Owner", self.owner, 1))
        self.add_row(("Latitude", self.latitude, 1), ("Longitude", self.longitude, 1))
        self.add_row(("Make", self.make, 1), ("Model", self.model, 1))
        self.add_row(("Transport", self.transport, 1), ("Migration", self.migration, 1))
        self.add_row(("Kept, days", self.retention, 1), ("", QWidget(), 1))
        self.add("Stream for one large picture", self.main)
        self.add("Stream for small tiles", self.sub)


def _number(line: QLineEdit, name: str) -> float | None:
    text = line.text().strip().replace(",", ".")
    try:
        return float(text) if text else None
    except ValueError:
        raise InvalidInput(
            f"“{text[:20]}” is no {name}.", remedy="Give degrees, as 51.3739.", field=name
        ) from None


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _list_of(texts: Iterable[str] = ()) -> QComboBox:
    combo = QComboBox()
    combo.addItems([str(each) for each in texts])
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo
