"""The page over the demonstration borough's deployments, on a Friday afternoon."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role, User
from controlroom.app.picture_check import check_decodes
from controlroom.cameras.service import to_record, to_row
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.log.snapshots import SnapshotStore
from controlroom.simulator.borough.deployments import write_deployments
from controlroom.simulator.borough.places import register
from controlroom.ui.background import Background
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.messages import Messages
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.session import DeskSession
from tests.builders import Room, copy_room, make_room
from tests.ui.helpers import page_context

FRIDAY = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
MEETING = datetime(2026, 11, 26, 10, 5, tzinfo=UTC)


@dataclass
class Shown:
    """The page and what stands behind it."""

    page: DeploymentsPage
    room: Room
    services: DeploymentServices
    session: DeskSession
    background: Background
    messages: Messages
    qtbot: QtBot
    camera: list[Path] = field(default_factory=list)  # the pictures a unit's camera takes, next one last
    asked: list[tuple[Actor, str]] = field(default_factory=list)

    def take_picture(self, actor, number):
        """Stands in for the camera of a number, which only the desk's control process reaches."""
        self.asked.append((actor, number))
        return self.camera.pop()

    def wait(self, condition, why=""):
        """Wait until a condition holds on screen."""
        self.qtbot.waitUntil(lambda: bool(condition()))

    def settle(self):
        """Wait until nothing is being read or written."""
        self.wait(lambda: not self.background.busy)

    def submit(self, slot, **values):
        """Fill the open prompt of a slot, send it, and wait until it is gone."""
        for key, value in values.items():
            slot.form.fill(key, value)
        slot.form.submit()
        self.wait(lambda: slot.form is None or slot.form.error)
        assert slot.form is None, slot.form.error
        self.settle()


@pytest.fixture(scope="session")
def borough(tmp_path_factory):
    """A folder with the borough's deployments, written once and copied by each test."""
    folder = tmp_path_factory.mktemp("borough")
    room = make_room(folder, FRIDAY)
    users = [User(1, "coordinator", "JAG coordinator", frozenset({Role.COORDINATOR}))]
    with room.database.write() as work:
        rows = [to_row(camera, room.site_key, work.now) for camera in register()]
        work.session.add_all(rows)
        work.session.flush()
        cameras = [to_record(row) for row in rows]
        write_deployments(work, now=FRIDAY, seed=20, users=users, cameras=cameras)
    room.database.close()
    return folder


@pytest.fixture
def shown(qtbot, tmp_path, borough):
    room = copy_room(borough, tmp_path, FRIDAY)
    services = DeploymentServices.over(
        room.database, load_policy(), SnapshotStore(room.folder / "snapshots"), check_decodes
    )
    session, background, messages = DeskSession(room.coordinator), Background(), Messages()
    bridge = ChangeBridge(room.changes)
    page = DeploymentsPage(
        page_context(session, background, room, messages=messages, changes=bridge),
        services,
        room.cameras,
        lambda *asked: made.take_picture(*asked),  # noqa: PLW0108 (`made` comes later)
    )
    qtbot.addWidget(page)
    page.resize(1844, 950)
    made = Shown(page, room, services, session, background, messages, qtbot)
    page.show()
    page.entered()
    made.wait(lambda: page.timeline.view.timeline is not None)
    made.settle()
    yield made
    bridge.close()
    background.close()
    room.database.close()
