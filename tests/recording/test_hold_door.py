"""The recorder's door to desks that lie: names, numbers, leases and floods, over HTTPS as any program would."""

import socket
import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from controlroom.cameras.control.hold_keeper import HoldKeeper
from controlroom.cameras.control.hold_line import DeskSecret
from controlroom.cameras.control.messages import HoldWord, Message
from controlroom.cameras.holds.records import Claim, Holder, Rank
from controlroom.cameras.holds.rules import MOST_UNPROVEN, HoldTable
from controlroom.codec import to_plain
from controlroom.errors import Unavailable
from controlroom.processes.pinned_https import Declined
from controlroom.recording.desks import MOST_DESKS, MOST_OF_A_MACHINE, PROOF_S, DeskBook, NoRoom
from controlroom.recording.holds import HoldBook
from controlroom.recording.leases import MOST_LEASES, LeaseBook
from tests.recording.test_hold_requests import Door, door
from tests.recording.test_leases import Time
from tests.waiting import wait_until

__all__ = ["door"]
SECRET = "a desk's own secret, of 32 characters and more"


def test_a_second_desk_of_the_same_name_is_told_apart_and_speaks_for_itself_alone(door: Door) -> None:
    chief = door.enter_proven("desk 1", "Supervisor 02")
    given = chief("claim", camera="14", how="steer")["hold"]
    thief = door.enter("desk\u00a01\u202e", "Supervisor 02")
    asker = door.enter("desk 2", "Operator 08")
    assert thief("renew", holds={"14": [given["number"], 0, 999]})["lost"] == ["14"]
    assert thief("claim", camera="14", how="steer")["verdict"] == "held"
    assert thief("claim", camera="14", how="resume", number=given["number"])["verdict"] == "held"
    asker("ask", camera="14")
    assert thief("give", camera="14") == {"done": False}
    assert thief("release", camera="14", number=given["number"], paused=["a tour"]) == {"done": False}
    assert chief("renew", holds={"14": [given["number"], 0, 1]})["kept"] == ["14"]
    assert [(each.name, each.desk) for each in door.book.current()] == [("Supervisor 02", "desk 1")]
    thief("claim", camera="15", how="steer")
    assert door.book.current()[1].desk == "desk 1 (2)"
    told = str(thief("watch", since=0)) + str(thief("enter", desk="desk 1", handle="Operator 07"))
    assert door.requests.desks.known()[0].key not in told, "nothing tells one desk by what another is known"


def test_a_desk_is_known_again_after_the_recorders_restart_by_its_secret_and_not_by_its_name(
    tmp_path: Path,
) -> None:
    time = Time()
    book = HoldBook(tmp_path / "holds.json", time)
    desk = DeskBook(time, book.desks).enter(SECRET, "desk 1", "10.0.0.1")
    given = book.claim("14", desk.person, Claim.STEER).hold
    assert given is not None
    again = HoldBook(tmp_path / "holds.json", time)
    desks = DeskBook(time, again.desks)
    thief, known = desks.enter("x" * 40, "desk 1", "10.0.0.9"), desks.enter(SECRET, "desk 1", "10.0.0.1")
    assert (thief.name, known.name) == ("desk 1 (2)", "desk 1")
    assert again.renew(thief.name, {"14": (given.number, 0, 1)}, {}) == ([], ["14"])
    assert again.claim("14", known.person, Claim.RESUME, given.number).hold == given


@pytest.mark.parametrize("number", [2**63 - 1, "9" * 4299, -1, 1e308, True])
def test_a_number_that_was_never_given_harms_only_who_says_it(door: Door, number: Any) -> None:
    anna, liar = door.enter("desk 1", "Operator 07"), door.enter("desk 2", "Operator 08")
    anna("claim", camera="14", how="steer")
    for path, values in (
        ("claim", {"camera": "99", "how": "resume", "number": number}),
        ("release", {"camera": "99", "number": number}),
        ("renew", {"holds": {"14": [number, number, number]}}),
        ("watch", {"since": number}),
    ):
        try:
            answer = liar(path, **values)
        except Unavailable as error:
            assert "400" in str(error)  # noqa: PT017  both are refusals
        else:
            assert answer["verdict"] == "refused"
    assert [each.camera_id for each in door.book.current()] == ["14"]
    number_of = anna("claim", camera="15", how="steer")["hold"]["number"]
    assert 0 < number_of < 2**53


def test_holds_that_cannot_be_read_are_put_aside_and_no_number_is_given_twice(tmp_path: Path) -> None:
    time, path = Time(), tmp_path / "holds.json"
    anna = Holder("desk 1", "Operator 07", 7)
    book = HoldBook(path, time, moment=lambda: 1_800_000_000.0)
    before = book.claim("14", anna, Claim.STEER).hold
    assert before is not None
    whole = path.read_text()
    for damaged in (whole[:-9], whole.replace(str(before.number), str(2**63 - 1)), "[]"):
        path.write_text(damaged)
        next_run = HoldBook(path, time, moment=lambda: 1_800_000_001.0)
        assert next_run.current() == []
        assert path.name in next_run.trouble
        (aside,) = [each for each in tmp_path.iterdir() if each != path]
        assert aside.read_text() == damaged
        after = next_run.claim("14", anna, Claim.RESUME, before.number).hold
        assert after is not None
        assert after.number > before.number


def test_a_flood_of_desks_shuts_nobody_out_and_a_proven_one_stays(door: Door) -> None:
    chief = door.enter_proven("desk 1", "Supervisor 02")
    chief("claim", camera="14", how="steer")
    for count in range(MOST_OF_A_MACHINE + 20):
        door.requests.desks.enter(f"{count:040}", f"x{count}", "127.0.0.1")
        door.time.now += 0.01
    anna = door.enter("desk 2", "Operator 07")
    assert anna("claim", camera="15", how="steer")["verdict"] == "given"
    assert chief("claim", camera="14", how="steer")["verdict"] == "given"
    assert len(door.requests.desks.known()) <= MOST_OF_A_MACHINE


def test_one_machine_leaves_room_for_the_others_and_only_proven_desks_fill_it() -> None:
    desks = DeskBook(Time())
    for count in range(MOST_DESKS):
        desks.enter(f"{count:040}", f"x{count}", "10.0.0.9")
    assert len(desks.known()) == MOST_OF_A_MACHINE
    for count in range(MOST_DESKS):
        desk = desks.enter(f"p{count:040}", f"y{count}", f"10.0.1.{count}")
        desks.seat(desk.key, Holder(desk.name, "Operator 07", 7, proven=True), "Operator 07", "")
    assert all(each.person.proven for each in desks.known())
    with pytest.raises(NoRoom):
        desks.enter(SECRET, "desk 1", "10.0.2.1")


def test_unproven_hands_leave_cameras_for_who_is_proven() -> None:
    table = HoldTable()
    for count in range(MOST_UNPROVEN + 50):
        table.claim(f"x{count}", Holder(f"desk {count // 50}", "somebody, unproven"), Claim.STEER, 0.0)
    assert len(table.held) == MOST_UNPROVEN
    assert table.claim("14", Holder("desk", "Anna", 7, proven=True), Claim.STEER, 0.0).hold is not None


def test_bodies_that_never_come_shut_nobody_out(door: Door) -> None:
    anna = door.enter("desk 1", "Operator 07")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with ExitStack() as stack:
        for _ in range(135):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", door.end.port), 2))
            line = stack.enter_context(context.wrap_socket(plain))
            line.sendall(
                f"POST /holds/claim HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.end.token}\r\n"
                "Content-Length: 60\r\n\r\n".encode()
            )
        assert anna("claim", camera="14", how="steer")["verdict"] == "given"


def test_nobody_takes_away_or_crowds_out_another_desks_lease(door: Door) -> None:
    def lease(secret: str, *cameras: str) -> None:
        door.ask("leases", under="", session=secret, desk="desk 1", cameras=list(cameras), for_s=2.5)

    lease(SECRET, "1")
    lease("x" * 40)
    lease("x" * 40, "2")
    assert sorted((each.camera_id, each.desk) for each in door.leases.current()) == [
        ("1", "desk 1"),
        ("2", "desk 1 (2)"),
    ]
    for count in range(MOST_LEASES // 100 + 1):
        door.ask(
            "leases",
            under="",
            session=f"{count:040}",
            desk="junk",
            cameras=[f"junk {count} {each}" for each in range(100)],
            for_s=10,
        )
    lease(SECRET, "1", "3")
    assert {"1", "3"} <= {each.camera_id for each in door.leases.current()}
    assert len(door.leases.current()) <= MOST_LEASES
    door.time.now += 3.0
    assert {"1", "2", "3"} <= {each.camera_id for each in door.leases.lapsed()}
    with pytest.raises(Declined) as caught:
        door.ask("leases", under="", desk="desk 1", cameras=[], for_s=2.5)
    assert caught.value.status == 400


def test_a_lease_written_down_before_desks_had_secrets_is_still_stopped(tmp_path: Path) -> None:
    path, time = tmp_path / "leases.json", Time()
    path.write_text('[["14", "desk 1"], ["15", "desk 1", "a key"]]')
    book = LeaseBook(path, time)
    book.renew("desk 1", [], 2.5, key="another")
    time.now += 10
    assert sorted(each.camera_id for each in book.lapsed()) == ["14", "15"]


def test_a_proof_counts_at_its_own_desk_and_for_a_short_time(door: Door) -> None:
    told = door.ask("hello", desk="desk 1", session=SECRET)
    other = door.ask("hello", desk="desk 1")
    enter: dict[str, Any] = {"handle": "Supervisor 02", "proof": told["nonce"]}
    assert door.ask("enter", desk="desk 1", session=SECRET, **enter)["person"]["proven"]
    assert not door.ask("enter", desk="desk 1", session=other["session"], **enter)["person"]["proven"]
    door.ask("claim", session=SECRET, camera="14")
    assert door.book.current()[0].rank is Rank.SUPERVISOR
    for _ in range(3):
        door.time.now += PROOF_S
        door.ask("hello", desk="desk 1", session=SECRET)
    door.requests.look_at_people()
    assert door.book.current()[0].rank is Rank.OPERATOR, "nobody has signed for them since"
    newer = door.ask("hello", desk="desk 1", session=SECRET)["nonce"]
    assert newer != told["nonce"]
    assert door.ask("prove", session=SECRET, proof=newer)["person"]["proven"]


def test_whoever_inherits_a_hold_is_asked_again(door: Door) -> None:
    anna = door.enter("desk 1", "Operator 07")
    number = anna("claim", camera="14", how="steer")["hold"]["number"]
    chief = door.enter_proven("desk 3", "Supervisor 02")
    assert chief("claim", camera="14", how="take")["verdict"] == "wait"
    door.dismissed.add("Supervisor 02")
    door.requests.look_at_people()
    anna("release", camera="14", number=number)
    assert door.book.current() == []
    number = anna("claim", camera="15", how="steer")["hold"]["number"]
    ben = door.enter("desk 2", "Operator 08")
    ben("ask", camera="15")
    door.refused["15"] = "Directed surveillance needs an authorisation."
    anna("release", camera="15", number=number)
    assert door.book.current() == [], "the port refuses it by now"


def test_a_busy_recorder_is_not_away_and_nobody_steers_past_it(door: Door) -> None:
    desks, told = door.requests.desks, list[Message]()
    for count in range(MOST_OF_A_MACHINE):
        desk = desks.enter(f"{count:040}", f"y{count}", "127.0.0.1")
        desks.seat(desk.key, Holder(desk.name, "Operator 07", 7, proven=True), "Operator 07", "")
    keeper = HoldKeeper(lambda _: None, told.append)

    def seen() -> dict[str, Any]:
        return next((each["holds"] for each in reversed(told) if "holds" in each), {})

    keeper.expect(to_plain(door.end), DeskSecret("desk 1", SECRET), expected=True)
    try:
        wait_until(lambda: bool(seen().get("busy")) and not seen()["away"], "it says that it is busy")
        keeper.say("14", HoldWord.ANYWAY)
        assert not keeper.permitted("14")
        desks.forget(desks.known()[0].key)
        wait_until(lambda: not seen()["busy"], "and lets the desk in when it has room")
        assert not seen()["away"]
    finally:
        keeper.close()
