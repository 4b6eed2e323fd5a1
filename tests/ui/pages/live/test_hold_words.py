"""Each state of control, as the panel's line and the button beside it say it: what one offers the other does too."""

from dataclasses import replace

import pytest

from controlroom.cameras.holds.records import GuardKind, Hold, HoldNews, HoldsSeen
from controlroom.ui.pages.live.hold_words import NOBODY_HAS, NOTHING, TAKE_KEY, Standing, Take, standing

ME = "Operator 07"
HELD = Hold("14", 3, "desk 2", "Operator 08")
OURS = Hold("14", 3, "desk 1", ME)
GUARDED = HoldsSeen(guarded=True)
SILENT = replace(GUARDED, away=True)
KEYS = "Operator 08 has control: your keys do nothing. "


def seen(*holds: Hold, by: HoldsSeen = GUARDED, ours: bool = False, warned: bool = False) -> HoldsSeen:
    return replace(by, holds=holds, ours=("14",) if ours else (), warned=("14",) if warned else ())


def said(
    known: HoldsSeen, pressed: GuardKind | None = None, *, above: bool = False, waiting: bool = False
) -> Standing:
    news = HoldNews("14", pressed, reason="Only for who may steer.") if pressed is not None else None
    return standing(known, 14, me=ME, above=above, waiting=waiting, pressed=news)


STATES = {
    "no recorder in this room": (said(HoldsSeen()), "", None),
    "no recorder, whatever was told before": (said(HoldsSeen(away=True)), "", None),
    "free": (said(GUARDED), "", None),
    "ours": (said(seen(OURS, ours=True)), "You have control", None),
    "ours, asked for": (
        said(seen(replace(OURS, asked_by="Operator 08"), ours=True)),
        "Operator 08 asks for this camera. G gives it",
        None,
    ),
    "ours, asked for, then silence": (
        said(seen(replace(OURS, asked_by="Operator 08"), by=SILENT, ours=True)),
        "You have control",
        None,
    ),
    "another's": (said(seen(HELD)), "Operator 08 has control. K asks for it", Take.ASK),
    "another's, a key pressed": (said(seen(HELD), GuardKind.OTHERS), KEYS + "K asks for it", Take.ASK),
    "of a lower rank": (said(seen(HELD), above=True), "Operator 08 has control. K takes it over", Take.OVER),
    "we asked": (said(seen(HELD), waiting=True), "Operator 08 has control. You have asked for it", None),
    "we asked before this window opened": (
        said(seen(replace(HELD, asked_by=ME))),
        "Operator 08 has control. You have asked for it",
        None,
    ),
    "another asked first": (
        said(seen(replace(HELD, asked_by="Operator 09"))),
        "Operator 08 has control. Operator 09 asks for it",
        None,
    ),
    "another asked, we may take": (
        said(seen(replace(HELD, asked_by="Operator 09")), above=True),
        "Operator 08 has control. K takes it over",
        Take.OVER,
    ),
    "on its way to us": (
        said(seen(replace(HELD, going_to=ME, ending=True)), waiting=True),
        "Operator 08 hands control over to you",
        None,
    ),
    "our key takes it": (said(seen(HELD), GuardKind.COMING), "Operator 08 hands control over to you", None),
    "somebody above went before us": (
        said(seen(replace(HELD, going_to="Supervisor 02")), GuardKind.COMING),
        "Supervisor 02 has control: your keys do nothing. K asks for it",
        Take.ASK,
    ),
    "refused": (said(seen(HELD), GuardKind.REFUSED), "Only for who may steer.", None),
    "the recorder is busy": (said(replace(GUARDED, busy=True)), "", None),
    "it is busy, a key pressed": (
        said(replace(seen(HELD), busy=True), GuardKind.BUSY, above=True),
        "The recorder is busy: control is given again in a moment",
        None,
    ),
    "the recorder is only starting": (said(SILENT), "", None),
    "it is starting, a key pressed": (
        said(SILENT, GuardKind.UNGUARDED),
        "The recorder does not answer: nobody can say who has control. K steers all the same",
        Take.ANYWAY,
    ),
    "silence, the last holder known": (
        said(seen(HELD, by=SILENT)),
        "The recorder does not answer: Operator 08 had control last. K steers all the same",
        Take.ANYWAY,
    ),
    "silence, steered anyway": (
        said(seen(HELD, by=SILENT, warned=True)),
        "The recorder does not answer: nobody else sees that you steer",
        None,
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_the_line_and_the_button_agree_in_every_state(state: str) -> None:
    told, line, take = STATES[state]
    assert (told.line.text, told.take) == (line, take)
    assert bool(told.take) is not bool(told.why_not), "a key that does nothing says why"
    assert (f"{TAKE_KEY} " in told.line.text) is (take is not None), (
        "the line names the key when it does something"
    )


def test_where_nothing_is_said_the_keys_just_steer() -> None:
    for known in (HoldsSeen(), GUARDED, SILENT):
        assert said(known) == Standing(NOTHING, None, NOBODY_HAS)
