"""What the control process reports about cameras, in words for the panel and the message strip."""

from collections.abc import Callable
from dataclasses import dataclass

from controlroom.cameras.devices import ControlEvent, ControlEventKind
from controlroom.cameras.records import Camera

KIND = ControlEventKind


@dataclass(frozen=True)
class News:
    """`panel` and `state` for the selected camera's line; `message` for the strip, where it cannot wait."""

    panel: str
    state: str
    message: str = ""
    grave: bool = False


def news_of(event: ControlEvent, camera: Camera) -> News | None:
    """What to say about an event; None where nothing needs saying."""
    name, detail = f"Camera {camera.number}", event.detail
    match event.kind:
        case KIND.STOP_UNCONFIRMED:
            text = f"{name} may still be moving: it has not confirmed Stop. Stop is sent again until it does."
            return News("Stop not confirmed, sent again", "alarm", f"{text} {detail}".strip(), grave=True)
        case KIND.MOVING_LONG:
            return News("Moving for over 10 s", "warn", f"{name} has been moving for over ten seconds.")
        case KIND.MOVE_FAILED:
            return News("The camera did not take the order", "warn", f"{name} did not move. {detail}".strip())
        case KIND.UNREACHABLE:
            return News("Cannot be steered: the camera does not answer", "alarm")
        case KIND.REFUSED:
            return News("Cannot be steered: the camera refused the login", "alarm")
        case _:
            return None


class ControlNews:
    """Keeps what was last heard of each camera."""

    def __init__(self, find: Callable[[int], Camera | None]) -> None:
        self._find = find
        self._lost: dict[int, News] = {}

    def take(self, event: ControlEvent) -> tuple[int, News | None] | None:
        """Note an event; returns the camera's id and what to say, None for a camera nobody knows."""
        camera = self._find(int(event.camera_id)) if event.camera_id.isdecimal() else None
        if camera is None:
            return None
        said = news_of(event, camera)
        if event.kind in (KIND.UNREACHABLE, KIND.REFUSED) and said is not None:
            self._lost[camera.id] = said
        elif event.kind in (KIND.REACHABLE, KIND.STOPPED):
            self._lost.pop(camera.id, None)
        return camera.id, said

    def lost(self, camera_id: int) -> News | None:
        """Why that camera cannot be steered now, None when it can."""
        return self._lost.get(camera_id)
