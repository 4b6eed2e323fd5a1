"""The arbiter's rules, with time in the test's hand: one holder a camera, whatever is late, lost or restarted."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from controlroom.cameras.holds.records import Claim, Holder, NoticeKind, Rank, Verdict
from controlroom.cameras.holds.rules import GRACE_S, LEASE_S, STOP_OWED_S, Ending, HoldRules, HoldTable

ANNA = Holder("desk 1", "Operator 07", 7)
BEN = Holder("desk 2", "Operator 08", 8)
CARA = Holder("desk 3", "Supervisor 02", 2, Rank.SUPERVISOR, proven=True)
PATROL = Holder("recorder", "Patrol", rank=Rank.PATROL)


@pytest.fixture
def table() -> HoldTable:
    return HoldTable()


def hold(table: HoldTable, who: Holder = ANNA, now: float = 0.0) -> int:
    answer = table.claim("14", who, Claim.STEER, now)
    assert answer.verdict is Verdict.GIVEN
    assert answer.hold is not None
    return answer.hold.number


def told(table: HoldTable, desk: str) -> list[tuple[NoticeKind, str]]:
    return [(notice.kind, notice.name) for to, notice in table.notices if to == desk]


def test_a_free_camera_is_given_and_the_next_of_equal_rank_hears_who_has_it(table: HoldTable) -> None:
    hold(table)
    answer = table.claim("14", BEN, Claim.STEER, 0.1)
    assert (answer.verdict, answer.may_take) == (Verdict.HELD, False)
    assert answer.hold is not None
    assert (answer.hold.name, answer.hold.desk) == ("Operator 07", "desk 1")
    assert table.claim("14", BEN, Claim.TAKE, 0.2).verdict is Verdict.HELD, "equal rank takes nothing"


def test_a_supervisor_takes_over_and_gets_the_camera_once_the_holder_let_go(table: HoldTable) -> None:
    number = hold(table)
    assert table.claim("14", CARA, Claim.STEER, 0.1).may_take, "a key alone takes nothing from anybody"
    assert table.claim("14", CARA, Claim.TAKE, 0.2).verdict is Verdict.WAIT
    assert told(table, "desk 1") == [(NoticeKind.TAKEN, "Supervisor 02")]
    assert table.renew("desk 1", {"14": (number, 0.0, 3)}, 0.3) == ([], ["14"])
    assert table.held["14"].holder is ANNA, "until it let go, nobody else moves the camera"
    assert table.release("14", "desk 1", number, 5, 0.4)
    assert table.held["14"].holder is CARA
    assert table.held["14"].number > number
    assert [(each.how, each.held.moves, each.free) for each in table.ended] == [(Ending.TAKEN, 5, False)]


def test_a_holder_who_says_nothing_loses_the_camera_only_when_its_lease_is_over(table: HoldTable) -> None:
    hold(table)
    table.claim("14", CARA, Claim.TAKE, 1.0)
    table.tick(LEASE_S - 0.01)
    assert table.held["14"].holder is ANNA
    table.tick(LEASE_S)
    assert table.held["14"].holder is CARA


def test_a_late_word_of_a_former_holder_changes_nothing(table: HoldTable) -> None:
    number = hold(table)
    table.tick(LEASE_S)
    hold(table, BEN, LEASE_S + 0.1)
    assert table.renew("desk 1", {"14": (number, 0.0, 9)}, LEASE_S + 0.2) == ([], ["14"])
    assert not table.release("14", "desk 1", number, 9, LEASE_S + 0.3)
    assert table.held["14"].holder is BEN


def test_a_desk_that_renews_keeps_its_hold_and_one_that_moves_nothing_loses_it(table: HoldTable) -> None:
    number, now = hold(table), 0.0
    while now < table.rules.idle_s:
        now += 1.0
        table.renew("desk 1", {"14": (number, now, 1)}, now)
        table.tick(now)
    assert table.held["14"].ending is Ending.IDLE
    assert told(table, "desk 1") == [(NoticeKind.IDLE, "")]
    assert table.release("14", "desk 1", number, 1, now)
    assert not table.held


def test_a_key_pressed_while_an_idle_hold_ends_takes_a_new_one(table: HoldTable) -> None:
    number = hold(table)
    table.renew("desk 1", {"14": (number, 0.0, 1)}, 14.0)
    table.renew("desk 1", {"14": (number, 15.0, 1)}, 15.0)
    table.held["14"] = replace(table.held["14"], moved_at=0.0)
    table.tick(15.0)
    assert hold(table, ANNA, 15.1) > number


def test_the_holder_is_asked_and_one_word_gives_the_camera(table: HoldTable) -> None:
    number = hold(table)
    table.ask("14", BEN, 1.0)
    assert table.held["14"].shown.asked_by == "Operator 08"
    assert table.give("14", "desk 1", 1.1)
    table.release("14", "desk 1", number, 0, 1.2)
    assert table.held["14"].holder is BEN
    assert told(table, "desk 2") == [(NoticeKind.GRANTED, "Operator 07")]


@pytest.mark.parametrize(("gives", "kind"), [(False, NoticeKind.UNANSWERED), (True, NoticeKind.GIVEN_UP)])
def test_what_silence_means_is_a_setting(gives: bool, kind: NoticeKind) -> None:
    table = HoldTable(HoldRules(answer_s=10, silence_gives=gives))
    number = hold(table)
    table.ask("14", BEN, 1.0)
    for now in (3.0, 5.0, 7.0, 9.0, 11.0):
        table.renew("desk 1", {"14": (number, 0.0, 1)}, now)
        table.tick(now)
    assert kind in {each for each, _ in told(table, "desk 1" if gives else "desk 2")}
    assert (table.held["14"].successor is BEN) is gives
    assert table.held["14"].asker is None


def test_a_patrol_yields_to_anybodys_key(table: HoldTable) -> None:
    number = hold(table, PATROL)
    assert table.claim("14", ANNA, Claim.STEER, 0.1).verdict is Verdict.WAIT
    table.release("14", "recorder", number, 0, 0.2)
    assert table.held["14"].holder is ANNA


def test_another_person_at_the_same_desk_begins_a_hold_of_their_own(table: HoldTable) -> None:
    number = hold(table)
    other = Holder("desk 1", "Operator 09", 9)
    answer = table.claim("14", other, Claim.STEER, 1.0)
    assert answer.hold is not None
    assert answer.hold.number > number
    assert [each.held.holder.name for each in table.ended] == ["Operator 07"]


def test_after_a_restart_only_its_holder_has_the_camera_until_the_grace_is_over() -> None:
    table = HoldTable()
    table.restore([("14", 41, ANNA)], 5.0)
    assert table.claim("14", BEN, Claim.STEER, 5.1).verdict is Verdict.HELD
    assert table.claim("14", ANNA, Claim.RESUME, 5.2, number=41).verdict is Verdict.GIVEN
    assert table.held["14"].number == 41
    second = HoldTable()
    second.restore([("14", 41, ANNA)], 5.0)
    second.tick(5.0 + GRACE_S)
    assert hold(second, BEN, 5.0 + GRACE_S) == 42, "numbers go on"


def test_who_steered_while_the_recorder_was_away_and_who_held_the_camera_are_both_told(
    table: HoldTable,
) -> None:
    hold(table)
    table.steered_meanwhile("14", BEN, 1.0)
    table.steered_meanwhile("14", BEN, 2.0)
    assert told(table, "desk 1") == [(NoticeKind.STEERED_MEANWHILE, "Operator 08")]
    assert told(table, "desk 2") == [(NoticeKind.STEERED_MEANWHILE, "Operator 07")]


def test_a_camera_that_still_has_to_be_stopped_goes_to_nobody(table: HoldTable) -> None:
    hold(table)
    table.tick(LEASE_S, stopping={"14"})
    assert table.claim("14", BEN, Claim.STEER, LEASE_S).verdict is Verdict.HELD
    table.tick(LEASE_S + 0.1)
    assert table.claim("14", BEN, Claim.STEER, LEASE_S + 0.1).verdict is Verdict.GIVEN


def test_a_camera_that_does_not_acknowledge_stop_is_handed_on_after_a_bounded_time_whoever_renews_what(
    table: HoldTable,
) -> None:
    number, now = hold(table), 0.1
    assert table.claim("14", CARA, Claim.TAKE, now).verdict is Verdict.WAIT
    while table.held["14"].holder is ANNA:
        now += 0.1
        assert now <= LEASE_S + STOP_OWED_S + 0.3
        table.renew("desk 1", {"14": (number, 0.0, 1)}, now)
        table.claim("14", ANNA, Claim.STEER, now)
        table.tick(now, stopping={"14"})
    assert now > LEASE_S + STOP_OWED_S - 0.1, "the recorder's own Stop has its time"
    assert table.held["14"].shown.stop_owed, "the new holder's first act is Stop"
    assert NoticeKind.STOP_OWED in {kind for kind, _ in told(table, "desk 1")}
    assert NoticeKind.STOP_OWED in {kind for kind, _ in told(table, "desk 3")}


def test_whoever_takes_a_free_camera_that_never_acknowledged_stop_is_told(table: HoldTable) -> None:
    hold(table)
    table.tick(LEASE_S + STOP_OWED_S, stopping={"14"})
    assert not table.held
    hold(table, BEN, LEASE_S + STOP_OWED_S + 1)
    assert told(table, "desk 2") == [(NoticeKind.STOP_OWED, "")]
    table.release("14", "desk 2", table.held["14"].number, 0, 8.0)
    table.tick(8.1)
    hold(table, BEN, 8.2)
    assert not table.held["14"].stop_owed, "it has acknowledged Stop since"


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_late_or_lost_no_two_desks_believe_in_one_camera(seed: int) -> None:
    """Desks whose words arrive late or never, that die and return, under an arbiter that is asked at random."""
    dice = random.Random(seed)
    table, now = HoldTable(HoldRules(idle_s=4.0, answer_s=2.0, silence_gives=True)), 0.0
    people = [ANNA, BEN, CARA]
    believes: dict[str, tuple[int, float]] = {}  # desk → number, until when
    seen = Counter[Verdict]()
    for _ in range(600):
        now += dice.choice((0.01, 0.1, 0.6))
        who = dice.choice(people)
        asked_at = now
        now += dice.choice((0.0, 0.0, 0.3, 1.5))  # on the way
        known = believes.get(who.desk)
        match dice.randrange(6):
            case 0 | 1:
                how = dice.choice((Claim.STEER, Claim.TAKE))
                answer = table.claim("14", who, how, now)
                seen[answer.verdict] += 1
                if answer.verdict is Verdict.GIVEN and answer.hold and dice.random() < 0.8:
                    believes[who.desk] = (answer.hold.number, asked_at + 2.0)
            case 2 if known:
                kept, lost = table.renew(who.desk, {"14": (known[0], 0.0, 1)}, now)
                if kept and dice.random() < 0.8:
                    believes[who.desk] = (known[0], asked_at + 2.0)
                if lost:
                    believes.pop(who.desk)
                    table.release("14", who.desk, known[0], 1, now)
            case 3:
                table.ask("14", who, now)
            case 4 if known:
                believes.pop(who.desk)  # believed until then: let go before it is said
                table.release("14", who.desk, known[0], 1, now)
            case _:
                table.give("14", who.desk, now)
        table.tick(now)
        holders = [desk for desk, (_, until) in believes.items() if until > now]
        assert len(holders) <= 1, holders
    assert seen[Verdict.GIVEN] and seen[Verdict.HELD] and seen[Verdict.WAIT]


def test_somebody_who_is_proven_no_more_counts_as_that_in_what_they_hold(table: HoldTable) -> None:
    proven = replace(ANNA, proven=True)
    hold(table, proven)
    table.know_as(ANNA)
    assert table.held["14"].holder == ANNA, "of the same rank, and no longer proven"
    table.know_as(replace(CARA, desk="desk 3"))
    assert table.held["14"].holder == ANNA, "another desk's person changes nothing"
