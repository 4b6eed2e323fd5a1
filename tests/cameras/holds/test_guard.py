"""What a desk's control process lets pass, with time in the test's hand."""

from controlroom.cameras.holds.guard import HoldGuard
from controlroom.cameras.holds.records import ClaimAnswer, GuardKind, Hold, Verdict
from controlroom.cameras.holds.rules import BELIEVED_S, LEASE_S

OURS = ClaimAnswer(Verdict.GIVEN, Hold("14", 7, "desk 1", "Operator 07"))
THEIRS = ClaimAnswer(Verdict.HELD, Hold("14", 8, "desk 2", "Operator 08"))


def holding(now: float = 0.0) -> HoldGuard:
    guard = HoldGuard(guarded=True)
    assert guard.take_answer("14", OURS, now, now) is GuardKind.OURS
    return guard


def test_nothing_moves_before_the_recorder_gave_the_hold() -> None:
    guard = HoldGuard(guarded=True, away=False)
    assert not guard.may_move("14", 0.0)
    guard.take_answer("14", OURS, 0.0, 0.1)
    assert guard.may_move("14", 0.1)
    assert not guard.may_move("15", 0.1)


def test_a_room_without_a_recorder_has_nobody_to_ask() -> None:
    assert HoldGuard().may_move("14", 0.0)


def test_a_hold_that_nobody_renewed_moves_nothing_though_the_process_slept() -> None:
    guard = holding()
    assert BELIEVED_S < LEASE_S
    assert guard.may_move("14", BELIEVED_S - 0.01)
    assert not guard.may_move("14", BELIEVED_S)
    guard.renewed(["14"], 1.9)
    assert guard.may_move("14", BELIEVED_S + 1.8)


def test_a_belief_counts_from_before_the_question_not_from_the_answer() -> None:
    guard = HoldGuard(guarded=True)
    guard.take_answer("14", OURS, 0.0, 1.5)
    assert not guard.may_move("14", BELIEVED_S)


def test_who_holds_a_camera_keeps_it_while_the_recorder_is_silent_and_others_need_the_warning() -> None:
    guard = holding()
    guard.seen["15"] = Hold("15", 3, "desk 2", "Operator 08")
    guard.away = True
    assert guard.may_move("14", 100.0)
    assert not guard.may_move("15", 100.0)
    news = guard.held_back("15")
    assert (news.guard, news.name) == (GuardKind.UNGUARDED, "Operator 08")
    guard.warned.add("15")
    assert guard.may_move("15", 100.0)
    guard.moved("15", 100.0)
    assert guard.steered_unguarded == {"15"}


def test_a_recorder_that_is_back_has_to_confirm_what_was_held() -> None:
    guard = holding()
    guard.away = True
    assert guard.may_move("14", 60.0)
    guard.away = False
    assert not guard.may_move("14", 60.0)
    guard.take_answer("14", THEIRS, 60.0, 60.0)
    assert "14" not in guard.beliefs


def test_a_hold_that_ends_or_has_another_number_is_lost_and_an_older_list_takes_nothing() -> None:
    guard = holding()
    assert guard.lost_by([Hold("14", 7, "desk 1", "Operator 07")]) == []
    assert guard.lost_by([]) == [], "the list was made before the hold was given"
    assert guard.lost_by([Hold("14", 7, "desk 1", "Operator 07", ending=True)]) == ["14"]
    assert guard.lost_by([Hold("14", 9, "desk 3", "Supervisor 02")]) == ["14"]


def test_movements_are_counted_and_the_repetition_of_a_key_is_not() -> None:
    guard = holding()
    guard.moved("14", 1.0)
    guard.moved("14", 1.2, counts=False)
    assert (guard.beliefs["14"].moves, guard.beliefs["14"].moved_at) == (1, 1.2)
