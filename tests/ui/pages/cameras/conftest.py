"""The Cameras page over a real register; only the control process and the picture workers are stood in for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from controlroom.cameras.keys.service import SiteKeyService
from controlroom.cameras.records import NewCamera, Owner, Place
from controlroom.cameras.register_import import RegisterImport
from controlroom.recording.hold_history import HoldHistory
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.session import DeskSession
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show
from tests.ui.pages.cameras.parts import Control, Eye


@pytest.fixture
def camera_eye(tmp_path: Path) -> Eye:
    return Eye(tmp_path)


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def session(room: Room) -> DeskSession:
    return DeskSession(room.supervisor)


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def page(
    qtbot: QtBot,
    room: Room,
    control: Control,
    session: DeskSession,
    background: Background,
    messages: Messages,
    camera_eye: Eye,
) -> CamerasPage:
    for number, name in (("014", "George Street, station"), ("002", "North End"), ("041", "London Road")):
        room.add_camera(number, name)
    rdc = NewCamera(
        "RDC-04", "Old Lodge Lane", Place("Old Lodge Lane", "Rapid", "Kenley"), owner=Owner.RAPID_DEPLOYMENT
    )
    room.cameras.add(room.supervisor, rdc)
    context = page_context(session, background, room, messages=messages)
    made = CamerasPage(
        context,
        room.cameras,
        control,
        SiteKeyService(room.database, room.site_key, room.folder / "site.key").enter_login,
        RegisterImport(room.database, room.site_key),
        camera_eye,
        HoldHistory(room.database),
    )
    made.resize(1300, 700)
    for widget in made.tools_of_bar():
        widget.setParent(made)
    qtbot.addWidget(made)
    show(qtbot, made)
    made.entered()
    settle(qtbot, background)
    return made


@pytest.fixture
def ask(page: CamerasPage, qtbot: QtBot, background: Background) -> Callable[[], None]:
    """Fill in an address and ask the camera there."""

    def asked() -> None:
        page.add.run()
        form = page.form
        form.asking.host.setText("10.0.0.5")
        form.asking.username.setText("room")
        form.asking.password.setText("secret")
        qtbot.keyClick(form.asking.password, Qt.Key.Key_Return)
        settle(qtbot, background)

    return asked
