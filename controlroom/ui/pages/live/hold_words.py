"""Puts into words who has control of a camera: on its tile, in the panel, and in the strip. Pure."""

from dataclasses import dataclass

from controlroom.cameras.holds.records import GuardKind, Hold, HoldNews, HoldsSeen, NoticeKind, Rank

OURS = "you have control"
TAKE_KEY, GIVE_KEY = "K", "G"


@dataclass(frozen=True)
class HoldLineWords:
    """A line of the panel, or a note on a tile; `state` is a theme state."""

    text: str = ""
    state: str = "idle"


NOTHING = HoldLineWords()


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


def tile_note(seen: HoldsSeen, camera_id: int) -> HoldLineWords:
    """Who has control, as the camera's tile says it; nothing where nobody has."""
    hold = hold_of(seen, camera_id)
    if is_ours(seen, camera_id):
        asker = hold.asked_by if hold is not None else ""
        return HoldLineWords(f"{asker} asks for it", "warn") if asker else HoldLineWords(OURS, "accent")
    if hold is None:
        return NOTHING
    if seen.away:
        return HoldLineWords(f"{hold.name} had control last", "warn")
    return HoldLineWords(f"{hold.going_to or hold.name} has control", "idle")


def panel_line(
    seen: HoldsSeen, camera_id: int, *, above: bool, waiting: bool, pressed: HoldNews | None
) -> HoldLineWords:
    """The panel's line about control; nothing where the camera is free.

    `above`: our rank goes before the holder's. `waiting`: we have asked. `pressed`: what the last key was told.
    """
    hold = hold_of(seen, camera_id)
    if is_ours(seen, camera_id):
        asker = hold.asked_by if hold is not None else ""
        if asker:
            return HoldLineWords(f"{asker} asks for this camera. {GIVE_KEY} gives it", "warn")
        return HoldLineWords("You have control", "accent")
    if pressed is not None and pressed.guard is GuardKind.REFUSED:
        return HoldLineWords(pressed.reason or "The recorder refuses control of this camera", "alarm")
    if seen.away:
        return _unguarded(hold, pressed=pressed is not None)
    if hold is None:
        return NOTHING
    if pressed is not None and pressed.guard is GuardKind.COMING:
        return HoldLineWords(f"{hold.name} hands control over to you", "accent")
    name = hold.going_to or hold.name
    if waiting:
        return HoldLineWords(f"{name} has control. You have asked for it", "warn")
    verb = "takes it over" if above else "asks for it"
    still = ": your keys do nothing" if pressed is not None else ""
    return HoldLineWords(f"{name} has control{still}. {TAKE_KEY} {verb}", "warn" if still else "idle")


def _unguarded(hold: Hold | None, *, pressed: bool) -> HoldLineWords:
    """The recorder is silent: nothing of this is said before it matters."""
    if hold is None and not pressed:
        return NOTHING
    last = f"{hold.name} had control last" if hold is not None else "nobody can say who has control"
    return HoldLineWords(f"The recorder does not answer: {last}. {TAKE_KEY} steers all the same", "warn")


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
        case _:
            return ""
