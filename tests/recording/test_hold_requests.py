"""Holds at the recorder's door: who somebody is, whose word counts for which hold, and what outlives a kill."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from controlroom.accounts.records import Role
from controlroom.accounts.step_keys import OpenKey, make_key
from controlroom.accounts.tables import UserRow
from controlroom.audit.signatures import sign
from controlroom.cameras.holds.records import Claim, Holder, Rank, proof_facts
from controlroom.cameras.holds.rules import LEASE_S
from controlroom.errors import PermissionRefused, Unavailable
from controlroom.processes.pinned_https import Declined, PinnedEndpoint, PinnedHttps
from controlroom.recording.hold_people import HoldPeople
from controlroom.recording.hold_requests import HoldRequests
from controlroom.recording.holds import HoldBook
from controlroom.recording.leases import LeaseBook
from controlroom.recording.records import RecorderState
from controlroom.recording.server import RecorderServer, RequestHandlers
from controlroom.recording.storage_folder import RecorderStorage
from tests.builders import PASSWORD, Room, make_room
from tests.recording.test_leases import Time

RECORDER = "f" * 64
NOW = "told now"


def key_of(room: Room, handle: str) -> OpenKey:
    with room.database.write() as work:
        return make_key(work, handle, PASSWORD, by=None)


def proof(key: OpenKey, desk: str, handle: str, recorder: str = RECORDER, nonce: str = NOW) -> str:
    return sign(key.private, *proof_facts(recorder, desk, nonce, handle))


@pytest.mark.both_engines
def test_nobody_has_a_rank_that_their_own_key_and_the_register_do_not_prove(tmp_path: Path) -> None:
    room = make_room(tmp_path)
    people = HoldPeople(room.database, RECORDER)
    chief, other = key_of(room, "Supervisor 02"), key_of(room, "Operator 07")
    auditor = key_of(room, "Auditor")

    def judge(handle: str, made: str) -> Holder:
        return people.judge("desk 1", handle, made, (NOW, "told before"))

    judged = judge("Supervisor 02", proof(chief, "desk 1", "Supervisor 02"))
    assert judged == Holder("desk 1", "Supervisor 02", room.supervisor.user_id, Rank.SUPERVISOR, proven=True)
    for wrong in (
        "",
        "made up",
        proof(other, "desk 1", "Supervisor 02"),
        proof(chief, "desk 2", "Supervisor 02"),
        proof(chief, "desk 1", "Supervisor 02", recorder="e" * 64),
        proof(chief, "desk 1", "Supervisor 02", nonce="told an hour ago"),
    ):
        assert judge("Supervisor 02", wrong) == Holder("desk 1", "Supervisor 02, unproven")
    with pytest.raises(PermissionRefused):
        judge("Auditor", proof(auditor, "desk 1", "Auditor"))
    room.accounts.set_roles(room.administrator, room.supervisor.user_id, {Role.OPERATOR})
    assert judge("Supervisor 02", proof(chief, "desk 1", "Supervisor 02")).rank is Rank.OPERATOR
    newer = key_of(room, "Supervisor 02")
    assert not judge("Supervisor 02", proof(chief, "desk 1", "Supervisor 02")).proven
    assert judge("Supervisor 02", proof(newer, "desk 1", "Supervisor 02")).proven
    for left in ("ended", "switched off"):
        with room.database.write() as work:
            row = work.session.get(UserRow, room.supervisor.user_id)
            assert row is not None
            row.expires_on, row.active = (date(2020, 1, 1), True) if left == "ended" else (None, False)
        for said in ("", proof(newer, "desk 1", "Supervisor 02")):
            with pytest.raises(PermissionRefused):
                judge("Supervisor 02", said)


@dataclass
class Door:
    """The recorder's server over a book of holds, and who is judged how."""

    book: HoldBook
    end: PinnedEndpoint
    requests: HoldRequests
    leases: LeaseBook
    time: Time
    refused: dict[str, str]
    """Why the port refuses a camera."""
    dismissed: set[str]
    """Persons whose right to steer was taken away."""

    def enter(self, desk: str, handle: str) -> Callable[..., dict[str, Any]]:
        """A desk's own way to ask."""
        session = self.ask("enter", desk=desk, handle=handle)["session"]
        return lambda path, **values: self.ask(path, session=session, **values)

    def enter_proven(self, desk: str, handle: str) -> Callable[..., dict[str, Any]]:
        """The same with a proof of the person."""
        told = self.ask("hello", desk=desk)
        session = told["session"]
        self.ask("enter", desk=desk, session=session, handle=handle, proof=told["nonce"])
        return lambda path, **values: self.ask(path, session=session, **values)

    def ask(self, path: str, *, under: str = "/holds", **values: Any) -> dict[str, Any]:
        line = PinnedHttps(self.end)
        try:
            return line.ask("POST", f"{under}/{path}", values)
        finally:
            line.close()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    refused, dismissed = dict[str, str](), set[str]()

    def judge(desk: str, handle: str, proof: str, nonces: Collection[str]) -> Holder:
        """As the register would: a proof is the nonce itself."""
        if handle in dismissed:
            raise PermissionRefused(f"{handle} may not steer cameras.")
        if proof in nonces:
            return Holder(desk, handle, 2, Rank.SUPERVISOR, proven=True)
        return Holder(desk, handle or desk)

    time = Time()
    book = HoldBook(tmp_path / "holds.json", time, permit=lambda camera, _who: refused.get(camera, ""))
    requests = HoldRequests(book, judge, time)
    leases = LeaseBook(tmp_path / "leases.json", time)
    handlers = RequestHandlers(
        lambda: RecorderState("", 0, 0, None, ""), leases, requests, bool, lambda: None
    )
    secrets = RecorderStorage(tmp_path).secrets()
    server = RecorderServer(handlers, secrets)
    server.start("127.0.0.1", 0)
    yield Door(
        book,
        PinnedEndpoint("127.0.0.1", server.port, secrets.fingerprint, secrets.token),
        requests,
        leases,
        time,
        refused,
        dismissed,
    )
    server.close()


def test_no_desk_speaks_for_another_and_none_without_entering(door: Door) -> None:
    anna, ben = door.enter("desk 1", "Operator 07"), door.enter("desk 2", "Operator 08")
    number = anna("claim", camera="14", how="steer")["hold"]["number"]
    assert ben("renew", holds={"14": [number, 0, 1]})["lost"] == ["14"]
    assert ben("release", camera="14", number=number) == {"done": False}
    assert ben("give", camera="14") == {"done": False}
    assert ben("claim", camera="14", how="take")["verdict"] == "held"
    assert [each.name for each in door.book.current()] == ["Operator 07"]
    with pytest.raises(Declined) as caught:
        door.ask("claim", session="guessed", camera="14")
    assert caught.value.status == 410
    with pytest.raises(Unavailable, match="400"):
        anna("claim", camera="1" * 500)
    with pytest.raises(Unavailable, match="400"):
        anna("renew", holds={"14": "all of it"})


def test_the_port_where_a_hold_is_given_holds_it_back_with_its_reason(door: Door) -> None:
    anna = door.enter("desk 1", "Operator 07")
    door.refused["14"] = "Directed surveillance needs an authorisation."
    answer = anna("claim", camera="14", how="steer")
    assert (answer["verdict"], answer["reason"]) == (
        "refused",
        "Directed surveillance needs an authorisation.",
    )
    assert anna("ask", camera="14")["verdict"] == "refused"
    assert door.book.current() == []
    assert anna("claim", camera="15", how="steer")["verdict"] == "given"


def test_who_may_steer_no_more_is_out_at_the_next_look(door: Door) -> None:
    anna = door.enter("desk 1", "Operator 07")
    number = anna("claim", camera="14", how="steer")["hold"]["number"]
    door.dismissed.add("Operator 07")
    door.requests.look_at_people()
    with pytest.raises(Declined) as caught:
        anna("renew", holds={"14": [number, 0, 1]})
    assert caught.value.status == 410
    with pytest.raises(Declined) as caught:
        door.enter("desk 1", "Operator 07")
    assert (caught.value.status, caught.value.said) == (403, "Operator 07 may not steer cameras.")


def test_who_waits_for_news_hears_of_a_change_at_once(door: Door) -> None:
    anna, ben = door.enter("desk 1", "Operator 07"), door.enter("desk 2", "Operator 08")
    version = ben("watch", since=0)["version"]
    anna("claim", camera="14", how="steer")
    news = ben("watch", since=version)
    assert [each["name"] for each in news["holds"]] == ["Operator 07"]
    assert news["version"] > version


def test_a_killed_recorders_holds_numbers_and_paused_tours_are_known_to_the_next(tmp_path: Path) -> None:
    time, anna = Time(), Holder("desk 1", "Operator 07", 7)
    book = HoldBook(tmp_path / "holds.json", time)
    given = book.claim("14", anna, Claim.STEER).hold
    assert given is not None
    book.renew("desk 1", {"14": (given.number, 0.0, 1)}, {"14": ["tour-1"]})
    time.now = 5.0  # another process, another clock
    again = HoldBook(tmp_path / "holds.json", time)
    assert [(each.camera_id, each.number, each.name) for each in again.current()] == [
        ("14", given.number, "Operator 07")
    ]
    assert again.claim("14", Holder("desk 2", "Operator 08", 8), Claim.STEER).hold == again.current()[0]
    time.now += 2 * LEASE_S
    again.tick()
    assert again.take_tours_due() == {"14": ("tour-1",)}
    (ended,) = again.take_ended()
    assert (ended.held.holder, ended.free) == (anna, True)
    damaged = tmp_path / "damaged.json"
    damaged.write_text('{"holds": 7')
    assert HoldBook(damaged, time).current() == []
