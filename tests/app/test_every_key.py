"""Every key of the whole desk, pressed wherever the keyboard can be: it does one thing, the same each time."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.records import Actor, Role
from controlroom.app.desk import Desk
from controlroom.app.pages import PAGES
from controlroom.app.room import Room, open_room
from controlroom.cameras.records import NewCamera, Place
from controlroom.deployments.units.records import NewUnit
from controlroom.incidents.records import NewIncident
from controlroom.ui.kit.action import EVERYWHERE, is_letter
from controlroom.ui.kit.action import PAGES as TO_PAGES
from controlroom.ui.pages.incidents.page import IncidentsPage
from tests.app.every_key import PANEL, Walk
from tests.builders import PASSWORD
from tests.deployments.builders import CONTENT
from tests.ui.conftest import _themed

__all__ = ["_themed"]
ON_THE_PAGE = ("page", "list", "rail", "open panel")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, _themed: None) -> Iterator[Desk]:
    """A desk at which one person may do everything, and there is something to do it with."""
    folder = tmp_path_factory.mktemp("room")
    with open_room(folder) as room:
        made = Desk(room, actor=_filled(room))
        made.show(restore=False)
        yield made
        made.window.may_close = lambda: True
        made.close()
        made.window.close()


def _filled(room: Room) -> Actor:
    services = room.services
    root = services.accounts.add_first("root", "Administrator", PASSWORD)
    services.accounts.add(root, "all", "Person 01", PASSWORD, set(Role))
    actor = services.sign_in.sign_in("all", PASSWORD)
    place = Place("George Street", "Town centre", "Fairfield", 51.3739, -0.0992)
    services.cameras.add(actor, NewCamera("014", "George Street, station", place))
    services.incidents.open_incident(actor, NewIncident("robbery", "Two people quarrel."))
    services.deployments.units.add(actor, NewUnit("RDC-01", "Axis", "Q6225-LE", "SIM 1", "10.0.0.1"))
    services.deployments.bids.add(actor, CONTENT)
    return actor


@pytest.fixture(scope="module")
def walk(desk: Desk) -> Walk:
    return Walk(desk)


@pytest.mark.parametrize("number", range(len(PAGES)))
def test_every_key_does_one_thing_wherever_the_keyboard_is(walk: Walk, qtbot: QtBot, number: int):
    page = walk.window.pages[number]
    wrong: list[str] = []
    for part in walk.parts(page, qtbot):
        for place in walk.places():
            if place.startswith(PANEL) and not isinstance(page, IncidentsPage):
                continue  # a panel lies over every page in the same way
            for action in walk.actions(everywhere=isinstance(page, IncidentsPage)):
                if walk.stand(place) is None:
                    break
                said = walk.press(action.keys)
                own_letter = is_letter(action.keys) and action in part.declared_actions()
                if said.things > 1:
                    problem = "does more than one thing"
                elif own_letter and place not in ON_THE_PAGE and said.ran:
                    problem = "acts where letters are typed"
                elif own_letter and place in ON_THE_PAGE and not (said.ran or said.refused):
                    problem = "does nothing, and does not say why"
                elif (
                    action.where in (EVERYWHERE, TO_PAGES)
                    and not action.part
                    and not (said.ran or said.moved)
                ):
                    problem = "does not work here"
                else:
                    continue
                wrong.append(
                    f"{part.part or page.title}, {place}, {action.keys} ({action.text}) {problem}: {said}"
                )
    assert not wrong, "\n".join(wrong)
