"""The Live page over a real register and log; only the processes behind it are stood in for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor
from controlroom.cameras.devices import Preset
from controlroom.cameras.preset_pictures import PresetPictures
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import Camera, NewCamera, Owner, Place
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.live.tile import Tile
from controlroom.ui.session import DeskSession
from controlroom.ui.window_state import WindowState
from tests.builders import Room
from tests.ui.helpers import page_context, settle, show
from tests.ui.pages.live.fakes import FakeClock, FakeControl, FakePool, FakeStream

STREETS = (
    ("001", "North End, north", "North End", "Town centre", "Fairfield"),
    ("014", "George Street, station", "George Street", "Town centre", "Fairfield"),
    ("015", "George Street, arcade", "George Street", "Town centre", "Fairfield"),
    ("023", "Wellesley Road, tram", "Wellesley Road", "Town centre", "Fairfield"),
    ("041", "London Road, Broad Green", "London Road", "Broad Green", "Broad Green"),
    ("075", "London Road, Norbury", "London Road", "Norbury", "Norbury Park"),
    ("H03", "Cedar Rise, entrance", "Cedar Rise", "Housing", "Selhurst"),
    ("RDC-04", "Old Lodge Lane", "Old Lodge Lane", "Rapid deployment", "Kenley"),
)
FIXED = "023"  # has no head to steer
WITHOUT_ADDRESS = "094"


@dataclass
class LiveDesk:
    """The page, what stands behind it, and short words for what tests do."""

    qtbot: QtBot
    room: Room
    page: LivePage
    pool: FakePool
    control: FakeControl
    clock: FakeClock
    session: DeskSession
    messages: Messages
    background: Background
    state: WindowState

    @property
    def wall(self) -> QWidget:
        """Where keys go."""
        return self.page.wall

    def camera(self, number: str) -> Camera:
        """A camera of the register."""
        register = self.room.cameras.cameras(self.room.supervisor)
        return next(each for each in register if each.number == number)

    def tile(self, index: int) -> Tile:
        """A tile of the wall."""
        return self.page.wall.tiles[index]

    def fill(self, *numbers: str) -> None:
        """Put cameras on the tiles in order and select the first."""
        self.page.arranging.show([self.camera(number).id for number in numbers])
        self.page.wall.select(0)
        self.page.wall.setFocus()
        self.settle()

    def shown(self) -> list[str]:
        """The numbers on the tiles, '' for an empty one."""
        return [camera.number if camera else "" for camera in self.page.wall.cameras()]

    def settle(self) -> None:
        """Wait until the background is idle."""
        settle(self.qtbot, self.background)

    def streams_of(self, number: str) -> dict[str, FakeStream]:
        """The open streams of a camera by kind ("main", "sub")."""
        urls = {f"rtsp://{number.lower()}.invalid/{kind}" for kind in ("main", "sub")}
        return {each.kind: each for each in self.pool.streams.values() if each.address.url in urls}

    def key_of(self, number: str, kind: str = "sub") -> str:
        """The pool's name of a camera's stream."""
        wanted = self.streams_of(number)[kind]
        return next(key for key, stream in self.pool.streams.items() if stream is wanted)

    def go_live(self) -> None:
        """Every open stream delivers a picture, and the wall takes it."""
        self.pool.tick()
        self.look()

    def look(self) -> None:
        """The wall takes what there is and looks at its streams, as its timer would."""
        self.page.wall.pull()
        self.page.wall.look(self.clock())


@pytest.fixture
def log(room: Room, tmp_path: Path) -> LogService:
    return LogService(
        room.database, vocabulary.load(), SnapshotStore(tmp_path / "snapshots"), IncidentLinks()
    )


@pytest.fixture
def desk_of(
    qtbot: QtBot, room: Room, log: LogService, background: Background
) -> Iterator[Callable[..., LiveDesk]]:
    """Makes the page for an actor: shown, entered, its register read."""
    made: list[LivePage] = []
    _register(room)

    def make(actor: Actor | None = None, state: WindowState | None = None) -> LiveDesk:
        clock = FakeClock()
        pool, control = FakePool(clock), FakeControl()
        control.stored = [Preset("7", "Station steps", 0, 0, 0), Preset("9", "Tram stop", 0.2, 0, 0)]
        session, messages = DeskSession(actor or room.operator), Messages()
        remembered = state or WindowState()
        page = LivePage(
            page_context(session, background, room, messages=messages, state=remembered),
            room.cameras,
            log,
            pool,
            control,
            monotonic=clock,
            presets=PresetService(room.database),
            preset_pictures=PresetPictures(room.database),
        )
        made.append(page)
        for widget in page.top_bar_widgets():
            widget.setParent(page)
        page.resize(1600, 900)
        qtbot.addWidget(page)
        show(qtbot, page)
        page.entered()
        settle(qtbot, background)
        return LiveDesk(qtbot, room, page, pool, control, clock, session, messages, background, remembered)

    yield make
    for page in made:
        page.left()


@pytest.fixture
def desk(desk_of: Callable[..., LiveDesk]) -> LiveDesk:
    """An operator's page, four tiles: 014, 015, 041 and one without a head."""
    made = desk_of()
    made.page.arranging.set_size(4)
    made.fill("014", "015", "041", FIXED)
    made.go_live()
    made.control.orders.clear()
    return made


def _register(room: Room) -> None:
    for number, name, street, area, ward in STREETS:
        camera = NewCamera(
            number,
            name,
            Place(street, area, ward),
            host=f"{number.lower()}.invalid",
            username="room",
            password="secret",
            main_stream=f"rtsp://{number.lower()}.invalid/main",
            sub_stream=f"rtsp://{number.lower()}.invalid/sub",
            owner=Owner.RAPID_DEPLOYMENT if number.startswith("RDC") else Owner.PUBLIC_REALM,
            has_ptz=number != FIXED,
        )
        room.cameras.add(room.supervisor, camera)
    bare = NewCamera(WITHOUT_ADDRESS, "Westow Hill", Place("Westow Hill", "Upper Norwood", "Crystal Palace"))
    room.cameras.add(room.supervisor, replace(bare, has_ptz=True))
