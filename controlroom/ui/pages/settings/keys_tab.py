"""Shows the site key's state; restores it, makes a new one, and takes camera passwords entered anew."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import DeviceReport
from controlroom.cameras.keys.service import SiteKeyService, SiteKeyState
from controlroom.cameras.records import Camera, CameraLogin, Protocol
from controlroom.errors import ControlRoomError, RuleBroken
from controlroom.site_key import read_sealed
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.fields import Field
from controlroom.ui.kit.form import FormCard, FormSpec, Values
from controlroom.ui.kit.form_place import FormPlace
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.record_side import ActionBar
from controlroom.ui.widgets.card import Card
from controlroom.ui.widgets.layout import SPRING, box, column, scrolling
from controlroom.ui.widgets.marks import LeadAnswer
from controlroom.ui.widgets.text import note

WIDTH = 860
SURE = Field(
    "sure",
    "The passwords sealed so far cannot be read any more, and I have them at hand",
    "tick",
    needed=True,
)


class KeysTab(Page):
    """Nothing here happens by itself: a new key is made only when somebody confirms it."""

    title, part = "Settings", "Site key"
    _tried = Signal()

    def __init__(self, context: PageContext, keys: SiteKeyService, prober: ControlClient) -> None:
        super().__init__()
        self._keys, self._prober = keys, prober
        self._context = context
        self._session, self._background = context.session, context.background
        self._trouble: ControlRoomError | None = None
        self._unreadable: tuple[Camera, ...] = ()
        self.standing, self.outcome = LeadAnswer(), LeadAnswer()
        self.forms = FormPlace(context.background, context.session, context.holds_password)
        self._lay_out(self._declare())
        self._tried.connect(self.refresh)
        self.forms.done.connect(lambda _result: self.refresh())
        self.forms.said.connect(lambda text: context.messages.show(text, "done"))
        context.session.actor_changed.connect(self._person_changed)

    def entered(self) -> None:
        self.refresh()
        if self.forms.form is None:
            self.setFocus()

    def refresh(self) -> None:
        if self._session.may(Permission.MANAGE_CAMERAS):
            self._context.read(self._keys.standing, self._take, self)
        else:
            self.standing.say("idle", "Only those who manage cameras see how the site key stands.")

    # -- what can be done ------------------------------------------------------------------------------------

    def bring_back(self) -> FormCard:
        actor = self._session.actor
        file = Field(
            "file",
            "Sealed file",
            help="Written by `controlroom site-key export` at a desk that has it.",
            needed="Name the file that `controlroom site-key export` wrote.",
        )

        def run(values: Values) -> str:
            return self._keys.bring_back(actor, read_sealed(Path(values["file"])), values["passphrase"])

        return self.forms.open(
            FormSpec(
                "Bring the key back",
                "Bring it back",
                run,
                (file, Field("passphrase", "Passphrase", "secret")),
                said=lambda fingerprint: f"Site key {fingerprint} is back; the cameras return by themselves.",
            )
        )

    def make_new(self) -> FormCard:
        """Ask whether it is meant, and make a new key."""
        actor = self._session.actor
        return self.forms.open(
            FormSpec(
                "Make a new key?",
                "Make a new key",
                lambda _values: self._keys.make_new(actor),
                (SURE,),
                "A new key opens none of the passwords sealed so far. The old file is set aside, not deleted. Each "
                "camera's password has to be entered anew.",
                "danger",
                then=self._made,
            )
        )

    def enter_passwords(self) -> FormCard:
        """Ask for a login, and store it for those ticked cameras that accept it."""
        actor, cameras = self._session.actor, self._unreadable
        fields = (
            Field(
                "cameras", "Cameras", make=lambda: CameraTicks(cameras), needed="Tick the cameras it is for."
            ),
            Field("user", "User (empty: as on the register)"),
            Field(
                "password",
                "Password",
                "secret",
                "Tried once on each ticked camera; kept where it is taken.",
                needed="Type the password they share.",
            ),
        )
        return self.forms.open(
            FormSpec(
                "Camera passwords to enter anew",
                "Try and save",
                lambda values: self._try(actor, values),
                fields,
                said="Every ticked camera took it. Their pictures return by themselves.",
            )
        )

    def _try(self, actor: Actor, values: Values) -> None:
        """Try the login on every ticked camera, one attempt each; raises when one did not take it."""
        password, refused, asked = values["password"], [], []
        for camera in values["cameras"]:
            user = values["user"] or camera.username
            asked.append((camera, user, self._answer(camera, user, password)))  # all at once
        for camera, user, answer in asked:
            try:
                if answer is not None:
                    answer.result()
                self._keys.enter_login(actor, camera.id, user, password)
            except ControlRoomError as error:
                refused.append(f"{camera.number}: {error}")
        self._tried.emit()
        if refused:
            raise RuleBroken("Not every camera took it.", "\n".join(refused))

    def _answer(self, camera: Camera, user: str, password: str) -> "Future[DeviceReport] | None":
        """The camera's answer, which comes later; None from one without ONVIF, which its tile tries."""
        if camera.protocol is Protocol.RTSP:
            return None
        login = CameraLogin(
            camera.id,
            camera.host,
            camera.port,
            user,
            password,
            protocol=camera.protocol,
            certificate=camera.certificate,
        )
        return self._prober.probe(login.address(camera.number))

    def _made(self, fingerprint: str) -> None:
        self.outcome.say(
            "live",
            f"Site key {fingerprint} was made.",
            "Now enter the camera passwords anew, and keep a copy of the key: `controlroom site-key export FILE`.",
        )
        self.refresh()

    # -- what is shown ---------------------------------------------------------------------------------------

    def _take(self, standing: SiteKeyState) -> None:
        trouble, count = standing.trouble, len(standing.unreadable)
        self._trouble, self._unreadable = trouble, standing.unreadable
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
        for ticks in self.forms.findChildren(CameraTicks):
            ticks.set_cameras(standing.unreadable)
        self.refresh_actions()

    def _person_changed(self) -> None:
        self._trouble, self._unreadable = None, ()
        self.forms.clear()
        self.outcome.hide()
        self.refresh_actions()

    # -- made once -------------------------------------------------------------------------------------------

    def _declare(self) -> ActionBar:
        lost: dict[str, Any] = {
            "when": lambda: self._trouble is not None and self._session.may(Permission.CHANGE_SETTINGS),
            "needs": "the site key is missing or another",
        }
        return ActionBar(
            [
                self.action("Ctrl+B", "Bring the site key back", self.bring_back, kind="primary", **lost),
                self.action("Ctrl+Shift+K", "Make a new site key", self.make_new, kind="danger", **lost),
                self.action(
                    "E",
                    "Enter camera passwords anew",
                    self.enter_passwords,
                    when=lambda: self._trouble is None and bool(self._unreadable),
                    needs="camera passwords cannot be read with the site key",
                    kind="primary",
                ),
            ]
        )

    def _lay_out(self, buttons: ActionBar) -> None:
        card = Card("Site key")
        card.add(self.standing)
        card.add(
            note(
                "It seals camera passwords in the database and is kept outside it, in the data folder. A second desk "
                "gets it with `controlroom site-key import`."
            )
        )
        card.add(buttons)
        content = column(card, self.forms, self.outcome, SPRING, spacing=14, margins=(16, 8, 16, 16))
        inner = box(content)
        inner.setMaximumWidth(theme.px(WIDTH))
        column(scrolling(inner), on=self)


class CameraTicks(QListWidget):
    """A field of cameras, every one ticked at first; `value` are those that still are."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        super().__init__()
        self.setMinimumHeight(theme.px(160))
        self.set_cameras(cameras)

    @property
    def value(self) -> tuple[Camera, ...]:
        items = [self.item(row) for row in range(self.count())]
        return tuple(
            each.data(Qt.ItemDataRole.UserRole)
            for each in items
            if each.checkState() == Qt.CheckState.Checked
        )

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        self.clear()
        for camera in cameras:
            item = QListWidgetItem(f"{camera.number}   {camera.name}   ({camera.username or 'no user'})")
            item.setData(Qt.ItemDataRole.UserRole, camera)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.addItem(item)
