"""What of everything said appears, what only counts on, and what waits for an answer."""

from datetime import UTC, datetime, timedelta

import pytest

from controlroom.ui.messages import MOST, Kind, Message, NoticeBook

AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
WHO = "Operator 07"


@pytest.fixture
def book() -> NoticeBook:
    return NoticeBook()


def say(book: NoticeBook, text: str, kind: Kind = "warn", after_s: float = 0, topic: str = "") -> list[str]:
    """Texts that appear because of it."""
    said = book.say(Message(text, kind, topic=topic), AT + timedelta(seconds=after_s))
    return [notice.message.text for notice in said]


def test_a_warning_said_every_second_appears_once_a_minute_and_counts(book: NoticeBook):
    appeared = [second for second in range(120) if say(book, "The disk is filling.", after_s=second)]
    assert appeared == [0, 60]
    (notice,) = book.newest_first()
    assert (notice.count, notice.first_at, notice.at) == (120, AT, AT + timedelta(seconds=119))


def test_what_was_done_appears_each_time(book: NoticeBook):
    assert [say(book, "Saved.", "done", second) for second in range(3)] == [["Saved."]] * 3
    assert book.newest_first()[0].count == 3


def test_a_failure_appears_again_for_who_tries_again_but_not_for_a_timer(book: NoticeBook):
    assert say(book, "Not saved.", "error", 0)
    assert not say(book, "Not saved.", "error", 1)
    assert say(book, "Not saved.", "error", 4)


def test_what_was_taken_back_and_is_true_again_is_news_each_time(book: NoticeBook):
    said = "Supervisor 02 has taken control of camera 014."
    for second in range(0, 50, 10):
        assert say(book, said, after_s=second, topic="control of camera 3") == [said]
        book.take_back("control of camera 3")


def test_an_alarm_waits_until_somebody_acknowledges_it_and_keeps_who_and_when(book: NoticeBook):
    say(book, "Camera 031 moved by itself.", "alarm")
    (notice,) = book.waiting
    book.read()
    book.clear()
    assert book.waiting == [notice], "neither reading nor clearing answers an alarm"
    assert book.acknowledge(notice, AT + timedelta(minutes=1), WHO)
    assert (notice.acknowledged_by, notice.acknowledged_at) == (WHO, AT + timedelta(minutes=1))
    assert not book.acknowledge(notice, AT + timedelta(minutes=2), "Supervisor 02")
    assert notice.acknowledged_by == WHO


def test_an_alarm_that_comes_back_after_its_answer_waits_anew(book: NoticeBook):
    say(book, "Recording stopped.", "alarm")
    book.acknowledge(book.waiting[0], AT, WHO)
    assert not say(book, "Recording stopped.", "alarm", 5), "the same breath"
    assert book.waiting == []
    assert say(book, "Recording stopped.", "alarm", 120)
    assert len(book.waiting) == 1
    assert len(book.newest_first()) == 2


def test_what_flaps_is_told_three_times_then_once_that_it_goes_on_then_only_kept(book: NoticeBook):
    appeared = []
    for minute in range(10):
        at = minute * 61
        appeared += say(book, f"Camera 031 lost at 22:{minute:02d}:07", "alarm", at % 590)
    assert [text.startswith("Again and again") for text in appeared] == [False, False, False, True]


def test_going_and_coming_back_are_one_topic(book: NoticeBook):
    told = ["nothing yet"]
    for minute in range(4):
        say(book, "Camera 031 is gone.", "warn", minute * 90, "camera 031")
        told = say(book, "Camera 031 is back.", "done", minute * 90 + 5, "camera 031")
    assert told == []


def test_a_flapping_camera_never_holds_back_an_alarm_about_something_else(book: NoticeBook):
    for second in range(0, 580, 20):
        say(book, "Camera 031 is gone.", "alarm", second, "camera 031")
    assert say(book, "Camera 014 moved by itself.", "alarm", 581) == ["Camera 014 moved by itself."]
    assert say(book, "Camera 031 is gone.", "alarm", 581 + 700, "camera 031"), (
        "after a quiet while it is told again"
    )


def test_the_most_urgent_comes_first(book: NoticeBook):
    kinds: tuple[Kind, ...] = ("info", "alarm", "done", "warn", "error", "alarm")
    for kind in kinds:
        say(book, f"{kind} {len(book.newest_first())}", kind)
    order = sorted(book.newest_first(), key=lambda notice: notice.urgency)
    assert [notice.message.text for notice in order] == [
        "alarm 5",
        "alarm 1",
        "error 4",
        "warn 3",
        "done 2",
        "info 0",
    ]


def test_the_history_has_an_end_and_alarms_that_wait_are_the_last_to_go(book: NoticeBook):
    say(book, "Recording stopped.", "alarm")
    for number in range(MOST + 20):
        say(book, f"item {number} saved", "done")
    assert len(book.newest_first()) == MOST
    assert len(book.waiting) == 1


def test_the_next_person_does_not_read_what_was_said_to_the_one_before(book: NoticeBook):
    kinds: tuple[Kind, ...] = ("info", "done", "error", "warn", "alarm")
    for kind in kinds:
        say(book, f"a {kind}", kind)
    book.forget_person()
    assert {notice.kind for notice in book.newest_first()} == {"warn", "alarm"}


def test_only_what_nobody_looked_at_counts_as_unread(book: NoticeBook):
    say(book, "one")
    say(book, "two")
    assert book.unread == 2
    assert book.read()
    assert book.unread == 0
    say(book, "one", after_s=1)
    assert book.unread == 1, "said again"
