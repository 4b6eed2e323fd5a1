"""Pauses a camera's own preset tours while somebody steers, and lets them go on (ONVIF PTZ, PresetTour)."""

from controlroom.cameras.devices import DeviceFault
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.safe_xml import text_of

MOST_TOURS = 32
TOURING = "touring"


def running_tours(head: PtzHead) -> list[str]:
    """Return the tokens of the tours that run now; none for a camera without any. Raises DeviceFault."""
    if not head.capabilities.abilities.tours:
        return []
    answer = head.call("GetPresetTours")
    tours = list(answer.iter("{*}PresetTour"))[:MOST_TOURS]
    return [
        token
        for each in tours
        if (token := each.get("token", "")) and text_of(each, "{*}Status/{*}State").lower() == TOURING
    ]


def pause_tours(head: PtzHead) -> list[str]:
    """Stop the tours that run and return them. Raises DeviceFault."""
    running = running_tours(head)
    for token in running:
        _operate(head, token, "Pause", "Stop")
    return running


def start_tours(head: PtzHead, tokens: list[str]) -> None:
    """Let these tours go on. Raises DeviceFault."""
    for token in tokens:
        _operate(head, token, "Start")


def _operate(head: PtzHead, token: str, *operations: str) -> None:
    """Do the first of these operations that the camera takes."""
    for place, operation in enumerate(operations, 1):
        try:
            head.call("OperatePresetTour", PresetTourToken=token, Operation=operation)
        except DeviceFault:
            if place == len(operations):
                raise
        else:
            return
