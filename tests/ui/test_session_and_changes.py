"""Who is at the desk, and news of changes on the window's thread."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Role
from controlroom.changes import Change, Changes
from controlroom.errors import PermissionRefused
from controlroom.ui.changes import ChangeBridge
from controlroom.ui.session import DeskSession
from tests.ui.helpers import actor


def test_an_empty_desk_has_no_actor_and_allows_nothing():
    session = DeskSession()
    assert not session.signed_in
    assert not session.may(Permission.READ_LOG)
    with pytest.raises(PermissionRefused):
        _ = session.actor


def test_permissions_follow_the_person_at_the_desk(qtbot: QtBot):
    session = DeskSession(actor(Role.OPERATOR))
    assert session.may(Permission.WRITE_LOG)
    with qtbot.waitSignal(session.actor_changed):
        session.sign_in(actor(Role.AUDITOR, 2, "Inspector"))
    assert not session.may(Permission.WRITE_LOG)
    assert session.may(Permission.READ_AUDIT)


def test_signing_in_as_the_same_person_changes_nothing(qtbot: QtBot):
    session = DeskSession(actor())
    with qtbot.assertNotEmitted(session.actor_changed):
        session.sign_in(actor())


def test_changes_from_another_thread_arrive_on_this_one(qtbot: QtBot):
    changes = Changes()
    bridge = ChangeBridge(changes)
    heard: list[tuple[str, str, bool]] = []
    here = threading.get_ident()
    bridge.changed.connect(lambda kind, key: heard.append((kind, key, threading.get_ident() == here)))
    thread = threading.Thread(target=lambda: changes.announce(Change("incident", "42")))
    thread.start()
    thread.join()
    assert heard == []
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [("incident", "42", True)]


def test_changes_that_pile_up_are_told_once_each(qtbot: QtBot):
    changes = Changes()
    bridge = ChangeBridge(changes)
    heard: list[tuple[str, str]] = []
    bridge.changed.connect(lambda kind, key: heard.append((kind, key)))
    for key in ("1", "2", "1", "1"):
        changes.announce(Change("camera", key))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [("camera", "1"), ("camera", "2")]


def test_a_closed_bridge_hears_nothing(qtbot: QtBot):
    changes = Changes()
    bridge = ChangeBridge(changes)
    bridge.close()
    with qtbot.assertNotEmitted(bridge.changed, wait=20):
        changes.announce(Change("camera", "1"))
