"""The site key: how it stands, bringing it back, making a new one, and entering camera passwords anew."""

from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from controlroom.accounts.permissions import Permission
from controlroom.cameras.devices import DeviceAddress, DeviceReport
from controlroom.cameras.keys.service import SiteKeyService, SiteKeyState
from controlroom.cameras.records import Camera
from controlroom.errors import ControlRoomError, InvalidInput
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.lead_answer import LeadAnswer
from controlroom.ui.widgets.text import note


class Prober(Protocol):
    """What is needed of the control process."""

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        """Ask a camera about itself; its login is tried once."""
        ...


class KeysTab(QWidget):
    """Nothing here happens by itself: a new key is made only when somebody says so twice."""

    def __init__(
        self,
        keys: SiteKeyService,
        prober: Prober,
        session: DeskSession,
        background: Background,
        messages: Messages,
    ) -> None:
        super().__init__()
        self._keys, self._prober, self._session = keys, prober, session
        self._background, self._messages = background, messages
        self.standing = LeadAnswer()
        self.file, self.passphrase = QLineEdit(), QLineEdit()
        self.username, self.password = QLineEdit(), QLineEdit()
        for secret in (self.passphrase, self.password):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.bring_button = KeyButton("Bring the key back", "Ctrl+B")
        self.make_button = KeyButton("Make a new key…", "Ctrl+Shift+K", "danger")
        self.closed = QListWidget()
        self.enter_button = KeyButton("Try and save for the ticked cameras", "Ctrl+S", "primary")
        self.outcome = LeadAnswer()
        self._sure = False
        self._back, self._enter = Form(), Form()
        self._waiting: dict[int, Camera] = {}
        self._said: list[str] = []
        self._lay_out()
        self.bring_button.clicked.connect(lambda _checked: self.bring_back())
        self.make_button.clicked.connect(lambda _checked: self.make_new())
        self.enter_button.clicked.connect(lambda _checked: self.enter_passwords())
        self.passphrase.returnPressed.connect(self.bring_back)
        self.password.returnPressed.connect(self.enter_passwords)

    def refresh(self) -> None:
        """See how the key stands."""
        if self._session.may(Permission.MANAGE_CAMERAS):
            actor = self._session.actor
            self._background.run(lambda: self._keys.standing(actor), self._take, owner=self)
        else:
            self.standing.say("idle", "Only those who manage cameras see how the site key stands.")

    def bring_back(self) -> None:
        """Import the sealed file."""
        self._back.clear_errors()
        path, passphrase, actor = Path(self.file.text().strip()), self.passphrase.text(), self._session.actor
        if not self.file.text().strip():
            self._back.set_error(self.file, "Name the file that `controlroom site-key export` wrote.")
            return
        self._background.run(
            lambda: self._keys.bring_back(actor, _read(path), passphrase),
            self._brought,
            self._refused,
            owner=self,
        )

    def make_new(self) -> None:
        """The first press asks, the second makes."""
        if not self._sure:
            self._sure = True
            self.make_button.set_text("Really make a new key")
            self.outcome.say(
                "warn",
                "A new key opens none of the passwords sealed so far.",
                "The old file is set aside, not deleted. Each camera's password has to be entered anew. "
                "Press again to make it.",
            )
            return
        actor = self._session.actor
        self._background.run(lambda: self._keys.make_new(actor), self._made, self._refused, owner=self)

    def enter_passwords(self) -> None:
        """Try the login on every ticked camera, one attempt each, and keep it for those that take it."""
        if not self.enter_button.isEnabled():
            return  # each is being tried: a second guess could lock it
        chosen = [item.data(Qt.ItemDataRole.UserRole) for item in self._items() if _ticked(item)]
        self._enter.clear_errors()
        if not chosen or not self.password.text():
            what = "Type the password they share." if chosen else "Tick the cameras above that it is for."
            self._enter.set_error(self.password, what)
            return
        self.enter_button.setEnabled(False)
        self._waiting, self._said = {camera.id: camera for camera in chosen}, []
        user, password = self.username.text(), self.password.text()
        for camera in chosen:
            address = DeviceAddress(
                camera.host, camera.port, user or camera.username, password, camera.number
            )
            self._background.follow(
                self._prober.probe(address),
                lambda _report, camera=camera: self._keep(camera, user or camera.username, password),
                lambda error, camera=camera: self._answered(camera, _plain(error)),
                owner=self,
            )

    def _keep(self, camera: Camera, user: str, password: str) -> None:
        actor = self._session.actor
        self._background.run(
            lambda: self._keys.enter_login(actor, camera.id, user, password),
            lambda _camera: self._answered(camera, ""),
            lambda error: self._answered(camera, _plain(error)),
            owner=self,
        )

    def _answered(self, camera: Camera, trouble: str) -> None:
        self._waiting.pop(camera.id, None)
        if trouble:
            self._said.append(f"{camera.number}: {trouble}")
        if self._waiting:
            return
        self.enter_button.setEnabled(True)
        if self._said:
            self.outcome.say("warn", "Not every camera took it.", "\n".join(self._said))
        else:
            self.password.clear()
            self.outcome.say("live", "Every ticked camera took it.", "Their pictures return by themselves.")
        self.refresh()

    def _take(self, standing: SiteKeyState) -> None:
        trouble, count = standing.trouble, len(standing.unreadable)
        if trouble is not None:
            self.standing.say("alarm", trouble.what, f"{trouble.meaning} {trouble.remedy}".strip())
        elif count:
            self.standing.say(
                "warn",
                f"Site key {standing.fingerprint}; {count} camera passwords were sealed with another.",
                "Enter them anew below.",
            )
        else:
            self.standing.say(
                "live",
                f"Site key {standing.fingerprint}: it opens every camera password.",
                "Keep a copy: `controlroom site-key export FILE`, with a passphrase told by another road.",
            )
        administrator = self._session.may(Permission.CHANGE_SETTINGS)
        self._trouble_box.setVisible(trouble is not None and administrator)
        self._enter_box.setVisible(bool(count) and trouble is None)
        self.closed.clear()
        for camera in standing.unreadable:
            item = QListWidgetItem(f"{camera.number}   {camera.name}   ({camera.username or 'no user'})")
            item.setData(Qt.ItemDataRole.UserRole, camera)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.closed.addItem(item)

    def _brought(self, fingerprint: str) -> None:
        self.passphrase.clear()
        self._messages.show(f"Site key {fingerprint} is back; the cameras return by themselves.", "done")
        self.outcome.hide()
        self.refresh()

    def _made(self, fingerprint: str) -> None:
        self._sure = False
        self.make_button.set_text("Make a new key…")
        self.outcome.say(
            "live",
            f"Site key {fingerprint} was made.",
            "Now enter the camera passwords anew, and keep a copy of the key: `controlroom site-key export FILE`.",
        )
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self.outcome.say("alarm", _plain(error))

    def _items(self) -> list[QListWidgetItem]:
        return [self.closed.item(row) for row in range(self.closed.count())]

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(14)
        how = Card("Site key")
        how.add(self.standing)
        how.add(
            note(
                "It seals camera passwords in the database and is kept outside it, in the data folder. A second desk "
                "gets it with `controlroom site-key import`."
            )
        )
        column.addWidget(how)
        self._trouble_box = Card("Bring it back, or begin anew")
        self._back.add(
            "Sealed file", self.file, "Written by `controlroom site-key export` at a desk that has it."
        )
        self._back.add("Passphrase", self.passphrase)
        self._trouble_box.add(self._back)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bring_button)
        buttons.addWidget(self.make_button)
        buttons.addStretch(1)
        self._trouble_box.body.addLayout(buttons)
        column.addWidget(self._trouble_box)
        self._enter_box = Card("Camera passwords to enter anew")
        self.closed.setAccessibleName("Cameras whose password cannot be read")
        self.closed.setMinimumHeight(theme.px(160))
        self._enter_box.add(self.closed)
        self._enter.add("User (empty: as on the register)", self.username)
        self._enter.add(
            "Password", self.password, "Tried once on each ticked camera; kept where it is taken."
        )
        self._enter_box.add(self._enter)
        self._enter_box.body.addWidget(self.enter_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._enter_box)
        column.addWidget(self.outcome)
        column.addStretch(1)
        inner.setMaximumWidth(theme.px(860))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._trouble_box.hide()
        self._enter_box.hide()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read.", remedy="Name the file in full.") from error


def _ticked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


def _plain(error: Exception) -> str:
    return str(error) if isinstance(error, ControlRoomError) else "Something in the program failed."
