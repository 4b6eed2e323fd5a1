"""Puts into words who has control of a camera: on its tile, in the panel, and in the strip. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from controlroom.cameras.holds.records import GuardKind, Hold, HoldNews, HoldsSeen, NoticeKind, Rank

OURS = "you have control"
UNSEEN = ", recorder silent"
TAKE_KEY, GIVE_KEY = "K", "G"
NOBODY_HAS = "Nobody has control of this camera: steer it."
BUSY = "The recorder is busy: control is given again in a moment"
HAVE_IT = "You have control of this camera already."


@dataclass(frozen=True)
class HoldLineWords:
    """A line of the panel, or a note on a tile; `state` is a theme state."""

    text: str = ""
    state: str = "idle"


NOTHING = HoldLineWords()


class Take(StrEnum):
    """What the key that takes control does now, as its button says it."""

    OVER = "Take over"
    ASK = "Ask for control"
    ANYWAY = "Steer anyway"


@dataclass(frozen=True)
class Standing:
    """Who has control of a camera, as the panel says it, and what the key does about it: nothing, and then why not.

    Both are decided in one place, so that the line never offers what the button does not, nor the other way round.
    """

    line: HoldLineWords = NOTHING
    take: Take | None = None
    why_not: str = ""


def hold_of(seen: HoldsSeen, camera_id: int) -> Hold | None:
    """The hold of a camera as this desk knows it, its own among them."""
    return next((each for each in seen.holds if each.camera_id == str(camera_id)), None)


def is_ours(seen: HoldsSeen, camera_id: int) -> bool:
    """True while this desk has control of the camera."""
    return str(camera_id) in seen.ours


def questions(seen: HoldsSeen) -> dict[int, str]:
    """Who asks for which camera that this desk has control of, by the camera's id."""
    return {
        int(each.camera_id): each.asked_by
        for each in seen.holds
        if each.asked_by and each.camera_id in seen.ours
    }


def is_asked_by(seen: HoldsSeen, camera_id: int, *names: str) -> bool:
    """True while one of these asks the camera's holder for it ("": nobody does)."""
    hold = hold_of(seen, camera_id)
    return (hold.asked_by if hold is not None else "") in names


def tile_note(seen: HoldsSeen, camera_id: int) -> HoldLineWords:
    """Who has control, as the camera's tile says it; nothing where nobody has."""
    hold = hold_of(seen, camera_id)
    if is_ours(seen, camera_id):
        if seen.away:
            return HoldLineWords(f"{OURS}{UNSEEN}", "warn")
        asker = hold.asked_by if hold is not None else ""
        return HoldLineWords(f"{asker} asks for it", "warn") if asker else HoldLineWords(OURS, "accent")
    if seen.away and str(camera_id) in seen.warned:
        return HoldLineWords(f"you steer it{UNSEEN}", "warn")
    if hold is None:
        return NOTHING
    if seen.away:
        return HoldLineWords(f"{hold.name} had control last", "warn")
    return HoldLineWords(f"{hold.going_to or hold.name} has control", "idle")


def standing(
    seen: HoldsSeen, camera_id: int, *, me: str, above: bool, waiting: bool, pressed: HoldNews | None
) -> Standing:
    """The panel's line about control, with what the key beside it does; nothing where the camera is free.

    `me`: the handle of who sits here; `above`: our rank goes before the holder's. `waiting`: we have asked.
    `pressed`: what the last key was told.
    """
    if not seen.guarded:
        return Standing(why_not=NOBODY_HAS)
    hold = hold_of(seen, camera_id)
    if is_ours(seen, camera_id):
        asker = hold.asked_by if hold is not None and not seen.away else ""
        said = f"{asker} asks for this camera. {GIVE_KEY} gives it" if asker else "You have control"
        return Standing(HoldLineWords(said, "warn" if asker else "accent"), why_not=HAVE_IT)
    guard = pressed.guard if pressed is not None else None
    if pressed is not None and guard is GuardKind.REFUSED:
        reason = pressed.reason or "The recorder refuses control of this camera"
        return Standing(HoldLineWords(reason, "alarm"), why_not=reason)
    if seen.away:
        return _unguarded(hold, warned=str(camera_id) in seen.warned, pressed=pressed is not None)
    if seen.busy:
        line = HoldLineWords(BUSY, "warn") if pressed is not None else NOTHING
        return Standing(line, why_not=BUSY)
    if hold is None:
        return Standing(why_not=NOBODY_HAS)
    if hold.going_to == me or (guard is GuardKind.COMING and not hold.going_to):
        return Standing(
            HoldLineWords(f"{hold.name} hands control over to you", "accent"),
            why_not="It is on its way to you.",
        )
    name, asker = hold.going_to or hold.name, hold.asked_by
    if not above and (waiting or asker == me):
        said = f"{name} has control. You have asked for it"
        return Standing(HoldLineWords(said, "warn"), why_not="You have asked for it already.")
    keys = ": your keys do nothing" if pressed is not None else ""
    state = "warn" if keys else "idle"
    if not above and asker:
        said = f"{name} has control{keys}. {asker} asks for it"
        return Standing(HoldLineWords(said, state), why_not=f"{asker} has asked for it already.")
    verb, take = ("takes it over", Take.OVER) if above else ("asks for it", Take.ASK)
    return Standing(HoldLineWords(f"{name} has control{keys}. {TAKE_KEY} {verb}", state), take)


def _unguarded(hold: Hold | None, *, warned: bool, pressed: bool) -> Standing:
    """The recorder is silent: nothing of this is said before it matters."""
    if warned:
        said = "The recorder does not answer: nobody else sees that you steer"
        return Standing(HoldLineWords(said, "warn"), why_not="You may steer it already.")
    if hold is None and not pressed:
        return Standing(why_not=NOBODY_HAS)
    last = f"{hold.name} had control last" if hold is not None else "nobody can say who has control"
    said = f"The recorder does not answer: {last}. {TAKE_KEY} steers all the same"
    return Standing(HoldLineWords(said, "warn"), Take.ANYWAY)


def may_go_before(seen: HoldsSeen, camera_id: int, rank: Rank) -> bool:
    """True when somebody of that rank may take the camera over from who has it."""
    hold = hold_of(seen, camera_id)
    return hold is not None and rank > hold.rank


def strip_words(news: HoldNews, number: str) -> str:
    """What the strip says once; "" where the panel's line is enough."""
    who, camera = news.name or "Somebody", f"camera {number}"
    match news.notice:
        case NoticeKind.TAKEN:
            return f"{who} has taken control of {camera}."
        case NoticeKind.GIVEN_UP:
            return f"Control of {camera} went to {who}, because the request was not answered."
        case NoticeKind.GRANTED:
            return f"You have control of {camera} now; {who} had it before."
        case NoticeKind.UNANSWERED:
            return f"{who} did not answer and keeps control of {camera}."
        case NoticeKind.STEERED_MEANWHILE:
            return f"While the recorder did not answer, {who} steered {camera} too."
        case NoticeKind.STOP_OWED:
            return (
                f"{camera.capitalize()} may still be moving: control of it ended before it acknowledged Stop."
            )
        case _:
            return ""
