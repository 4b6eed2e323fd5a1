"""Holds the fields that say how a camera is reached: by what, its address or its streams, user and password."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox

from controlroom.cameras.devices import DeviceAddress, split_login
from controlroom.cameras.records import Camera, NewCamera, Place, Protocol, StreamTransport
from controlroom.cameras.rules import check_address
from controlroom.errors import InvalidInput
from controlroom.hosts import read_place
from controlroom.texts import LENGTHS
from controlroom.ui.kit.fields import SecretEdit
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.limits import watch

MISSING = "Type the camera's host name or IP address, or choose one that was found."
STREAM_MISSING = "Type the address of its stream, as rtsp://10.0.0.5/live."
STORED = "stays as it is stored"
HTTP, HTTPS = 80, 443  # the usual ports


class ReachFields(Form):
    """`changed` when something else is typed, `entered` when Enter asks for more than the next field."""

    changed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.has_stored_password = False
        self.protocol, self.port = QComboBox(), QSpinBox()
        self.protocol.addItems(list(Protocol))
        self.transport = QComboBox()
        self.transport.addItems(list(StreamTransport))
        self.transport.setToolTip("Automatic is TCP, and UDP where the camera refuses it.")
        self.host, self.username, self.password = QLineEdit(), QLineEdit(), SecretEdit()
        self.main, self.sub = QLineEdit(), QLineEdit()
        self.main.setPlaceholderText("rtsp://10.0.0.5/live")
        self.sub.setPlaceholderText("none: the large one is shown small")
        self.port.setRange(0, 999_999)  # what is typed stays, and is judged before anything is asked
        self.port.setValue(DeviceAddress.port)
        self.port.setGroupSeparatorShown(False)
        for field, name in (
            (self.host, "host"),
            (self.main, "main_stream"),
            (self.sub, "sub_stream"),
            (self.username, "username"),
        ):
            watch(field, LENGTHS[name])
        self._lay_out()
        self._connect()

    @property
    def by(self) -> Protocol:
        """How the camera is reached."""
        return Protocol(self.protocol.currentText())

    @property
    def first(self) -> QLineEdit:
        """The field of its address."""
        return self.main if self.by is Protocol.RTSP else self.host

    def clear(self) -> None:
        """Empty every field."""
        for field in (self.host, self.main, self.sub, self.username, self.password):
            field.clear()
        self.protocol.setCurrentText(Protocol.ONVIF)
        self.transport.setCurrentText(StreamTransport.AUTOMATIC)
        self.port.setValue(DeviceAddress.port)
        self.keep_password(stored=False)
        self.clear_errors()

    def keep_password(self, *, stored: bool) -> None:
        """Say that a password is stored, which stays where none is typed."""
        self.has_stored_password = stored
        self.password.setPlaceholderText(STORED if stored else "")

    def fill(self, camera: Camera) -> None:
        """Show how a camera is reached; its password is not shown, and stays where none is typed."""
        self.clear()
        self.protocol.setCurrentText(camera.protocol)
        self.transport.setCurrentText(camera.stream_transport)
        if camera.protocol is Protocol.RTSP:
            self.main.setText(camera.main_stream)
            self.sub.setText(camera.sub_stream)
        else:
            self.host.setText(camera.host)
            self.port.setValue(camera.port)  # after what it is reached by, which proposes one
        self.username.setText(camera.username)
        self.keep_password(stored=bool(camera.username))

    def typed(self) -> NewCamera:
        """What is typed here: how the camera is reached, and nothing else of it."""
        by_rtsp = self.by is Protocol.RTSP
        return NewCamera(
            "",
            "",
            Place("", "", ""),
            protocol=self.by,
            stream_transport=StreamTransport(self.transport.currentText()),
            host="" if by_rtsp else self.host.text().strip(),
            port=DeviceAddress.port if by_rtsp else self.port.value(),
            username=self.username.text(),
            password=self.password.text(),
            main_stream=self.main.text().strip() if by_rtsp else "",
            sub_stream=self.sub.text().strip() if by_rtsp else "",
        )

    def is_complete(self) -> bool:
        """True when what is typed can be asked; otherwise the field that is wrong says so.

        A port or a login pasted within an address goes into its own fields.
        """
        by_rtsp = self.by is Protocol.RTSP
        if not self.require((self.main, STREAM_MISSING) if by_rtsp else (self.host, MISSING)):
            return False
        if not by_rtsp and not 0 < self.port.value() < 65_536:
            self.set_error(self.port, f"{self.port.value()} is not a port: they run from 1 to 65535.")
            return False
        try:
            if by_rtsp:
                self._take_logins_out()
            else:
                host, port = read_place(self.host.text(), self.port.value())
                self.host.setText(host)
                self.port.setValue(port)
            check_address(self.typed())
        except InvalidInput as error:
            self.say(error)
            return False
        return True

    def say(self, error: InvalidInput) -> bool:
        """Say at its field what is wrong with it; False when that is none of these."""
        streams = {"main_stream": self.main, "sub_stream": self.sub} if self.by is Protocol.RTSP else {}
        fields = {"port": self.port, "password": self.password, "host": self.host, "": self.first}
        fields |= {"stream_transport": self.transport, **streams}
        field = fields.get(error.field)
        if field is not None:
            self.set_error(field, str(error))
        return field is not None

    def _take_logins_out(self) -> None:
        for field in (self.main, self.sub):
            if text := field.text().strip():
                bare, user, password = split_login(text)
                field.setText(bare)
                if user:
                    self.username.setText(user)
                if password:
                    self.password.setText(password)

    def _lay_out(self) -> None:
        self.add_row(("Reached &by", self.protocol, 3), ("Stream b&y", self.transport, 2))
        self.add_row(("Host name or &address", self.host, 3), ("Por&t", self.port, 1))
        self.add("Address of its strea&m", self.main)
        self.add("Address of a smaller stream", self.sub)
        self.add_row(("&User", self.username, 1), ("&Password", self.password, 1))
        self._show_those_needed()

    def _connect(self) -> None:
        self.protocol.currentTextChanged.connect(self._reached_otherwise)
        for field in (self.host, self.main, self.sub, self.port.lineEdit()):
            field.returnPressed.connect(lambda: self._enter(self.username))
        self.username.returnPressed.connect(lambda: self._enter(self.password))
        self.password.returnPressed.connect(self.entered)
        for field in (self.host, self.main, self.sub, self.username, self.password):
            field.textEdited.connect(self.changed)
        self.port.valueChanged.connect(self.changed)
        self.transport.currentTextChanged.connect(self.changed)

    def _reached_otherwise(self) -> None:
        self.clear_errors()
        usual, other = (HTTPS, HTTP) if self.by is Protocol.ONVIF_HTTPS else (HTTP, HTTPS)
        if self.port.value() == other:
            self.port.setValue(usual)
        self._show_those_needed()
        self.changed.emit()

    def _show_those_needed(self) -> None:
        by_rtsp = self.by is Protocol.RTSP
        for field in (self.host, self.port):
            self.set_shown(field, not by_rtsp)
        for field in (self.main, self.sub):
            self.set_shown(field, by_rtsp)

    def _enter(self, following: QLineEdit) -> None:
        """Enter goes on to what is still missing; with everything there it asks."""
        if self.password.text() or (self.has_stored_password and self.username.text()):
            self.entered.emit()
        else:
            following.setFocus(Qt.FocusReason.TabFocusReason)
