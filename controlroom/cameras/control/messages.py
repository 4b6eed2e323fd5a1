"""Defines the messages between desk and control process: orders, questions, answers, events and faults.

Desk to control: `{"do": …}` expects no answer, `{"ask": what, "number": n, …}` expects one.
Control to desk: `{"answer": n, "value": …}` or `{"answer": n, "fault": …}`, and `{"event": …}` unasked.
The module imports nothing heavy and does no I/O, since both processes use it.
"""

from enum import StrEnum
from typing import Any

from controlroom.cameras.aiming import AimWay
from controlroom.cameras.devices import (
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    HealthReport,
    Preset,
    PtzAbilities,
    PtzStatus,
)
from controlroom.cameras.lens import LensState
from controlroom.errors import ControlRoomError, Unavailable

Message = dict[str, Any]


class Order(StrEnum):
    """An order, which gets no answer."""

    CONNECT = "connect"
    FORGET = "forget"
    MOVE = "move"
    STOP = "stop"
    STOP_ALL = "stop_all"
    FOCUS = "focus"
    STOP_FOCUS = "stop_focus"
    LEASE_AT = "lease_at"
    PERSON = "person"
    PROOF = "proof"
    HOLD = "hold"
    START_TOURS = "start_tours"


class Question(StrEnum):
    """A question, which gets an answer."""

    PROBE = "probe"
    CHECK_HEALTH = "look"
    DISCOVER = "discover"
    ASK_ONCE = "ask_once"
    PRESETS = "presets"
    GOTO_PRESET = "goto_preset"
    SET_PRESET = "set_preset"
    RENAME_PRESET = "rename_preset"
    REMOVE_PRESET = "remove_preset"
    GO_HOME = "go_home"
    SET_HOME = "set_home"
    STATUS = "status"
    ABILITIES = "abilities"
    AIM = "aim"
    AUXILIARY = "auxiliary"
    LENS = "lens"
    AUTOFOCUS = "autofocus"
    IRIS = "iris"
    AUTO_IRIS = "auto_iris"


def fault_to_wire(fault: ControlRoomError) -> Message:
    """Convert a failure into plain values for JSON."""
    kind = fault.kind.value if isinstance(fault, DeviceFault) else ""
    return {"kind": kind, "what": fault.what, "meaning": fault.meaning, "remedy": fault.remedy}


def fault_from(fields: Message) -> ControlRoomError:
    """Convert the plain values of a message back into the failure."""
    words = fields["what"], fields["meaning"], fields["remedy"]
    return DeviceFault(FaultKind(fields["kind"]), *words) if fields["kind"] else Unavailable(*words)


class HoldWord(StrEnum):
    """What a person says about a camera's hold."""

    TAKE = "take"
    ASK = "ask"
    GIVE = "give"
    ANYWAY = "anyway"
    """Steer it although the recorder cannot say who holds it."""


ANSWERS: dict[Question, Any] = {
    Question.PROBE: DeviceReport,
    Question.CHECK_HEALTH: HealthReport,
    Question.DISCOVER: list[DiscoveredDevice],
    Question.ASK_ONCE: DiscoveredDevice | None,
    Question.PRESETS: list[Preset],
    Question.GOTO_PRESET: None,
    Question.SET_PRESET: Preset,
    Question.RENAME_PRESET: Preset,
    Question.REMOVE_PRESET: None,
    Question.GO_HOME: None,
    Question.SET_HOME: None,
    Question.STATUS: PtzStatus,
    Question.ABILITIES: PtzAbilities | None,
    Question.AIM: AimWay,
    Question.AUXILIARY: None,
    Question.LENS: LensState,
    Question.AUTOFOCUS: LensState,
    Question.IRIS: LensState,
    Question.AUTO_IRIS: LensState,
}
"""What each question is answered with."""
STEERING = frozenset(
    {
        Question.GOTO_PRESET,
        Question.GO_HOME,
        Question.AIM,
        Question.AUXILIARY,
        Question.AUTOFOCUS,
        Question.IRIS,
        Question.AUTO_IRIS,
    }
)
"""The questions that, like MOVE and FOCUS, change what the camera shows: for whoever steers it alone."""
