"""Defines what recorder, control process and desk say to each other about holds. Plain records.

A hold is the right to steer one camera. The recorder gives each a number of its own, higher than every one before.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Rank(IntEnum):
    """Who goes before whom: the higher rank may take over, the same rank asks."""

    PATROL = 0
    OPERATOR = 1
    SUPERVISOR = 2


@dataclass(frozen=True)
class Holder:
    """A person at a desk, as the recorder knows them. `proven`: their own key said so, and the register knew it.

    `key` is the desk's own, whatever its name: SHA-256 of its secret.
    """

    desk: str
    name: str
    user_id: int = 0
    rank: Rank = Rank.OPERATOR
    proven: bool = False
    key: str = ""


class Claim(StrEnum):
    """How a desk asks for a hold."""

    STEER = "steer"
    """A key was pressed: give it if nobody holds the camera."""
    TAKE = "take"
    """Take it from somebody of lower rank."""
    RESUME = "resume"
    """The desk held it when the recorder went away, and steers it still."""


class Verdict(StrEnum):
    """What becomes of a claim."""

    GIVEN = "given"
    HELD = "held"
    """Somebody else holds it."""
    WAIT = "wait"
    """It will be given as soon as the one before has let go."""
    REFUSED = "refused"
    """Not to this person; `reason` says why."""


@dataclass(frozen=True)
class Hold:
    """Who holds a camera, as every desk is told. `asked_by` names who asks for it, `going_to` who is given it next.

    `ending`: it is renewed no more, its desk lets go. `stop_owed`: the camera has not acknowledged the Stop of whoever
    had it before, so its new holder's first act is Stop.
    """

    camera_id: str
    number: int
    desk: str
    name: str
    rank: Rank = Rank.OPERATOR
    asked_by: str = ""
    going_to: str = ""
    ending: bool = False
    stop_owed: bool = False


@dataclass(frozen=True)
class ClaimAnswer:
    """The recorder's answer to a claim; `hold` is the one in force."""

    verdict: Verdict
    hold: Hold | None = None
    may_take: bool = False
    reason: str = ""


class NoticeKind(StrEnum):
    """What a desk is told once."""

    TAKEN = "taken"
    """`name` took the camera over."""
    GIVEN_UP = "given_up"
    """The camera was handed to `name`, as the room's setting says, because nobody answered."""
    GRANTED = "granted"
    """The camera that was asked for is ours."""
    UNANSWERED = "unanswered"
    """Nobody answered; `name` keeps the camera."""
    IDLE = "idle"
    """The hold ended because nothing moved for long."""
    STEERED_MEANWHILE = "steered_meanwhile"
    """`name` steered the camera too while the recorder was away."""
    STOP_OWED = "stop_owed"
    """Control went on, or ended, before the camera acknowledged Stop: it may still be moving."""


@dataclass(frozen=True)
class HoldNotice:
    """Something a desk is told once about a camera."""

    camera_id: str
    kind: NoticeKind
    name: str = ""
    desk: str = ""


class GuardKind(StrEnum):
    """Why the control process holds a movement back, or that it lets it pass."""

    OURS = "ours"
    """This desk holds the camera."""
    OTHERS = "others"
    """Somebody else holds it: keys do nothing."""
    COMING = "coming"
    """Somebody else is letting go of it for this desk: the movement goes out as soon as that is done."""
    UNGUARDED = "unguarded"
    """The recorder does not answer: only after a warning."""
    BUSY = "busy"
    """The recorder answers that it is busy: nobody steers past it."""
    REFUSED = "refused"
    """The recorder refuses this person."""


@dataclass(frozen=True)
class HoldNews:
    """What the control process tells its desk: a movement was held back, or something to be told once.

    `name` and `rank` are of the holder, or of the last known one.
    """

    camera_id: str
    guard: GuardKind | None = None
    name: str = ""
    desk: str = ""
    may_take: bool = False
    reason: str = ""
    notice: NoticeKind | None = None


@dataclass(frozen=True)
class HoldsSeen:
    """Every hold as this desk knows them; `ours` are the cameras it holds itself.

    `away`: the recorder is silent. `busy`: it answers, and says that it is busy. `guarded`: there is one; without it
    everything moves and nobody is named.
    `warned`: cameras that the person steers although it is silent.
    """

    holds: tuple[Hold, ...] = ()
    ours: tuple[str, ...] = ()
    away: bool = False
    guarded: bool = False
    warned: tuple[str, ...] = ()
    busy: bool = False


def proof_facts(recorder: str, desk: str, nonce: str, handle: str) -> tuple[str, ...]:
    """What a person's key signs to prove to one recorder who sits at that desk now.

    `nonce` is what the recorder told that desk alone, and tells it no more after a while.
    """
    return ("controlroom hold 2", recorder, desk, nonce, handle)
