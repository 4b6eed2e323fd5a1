"""Defines the messages between desk and control process: orders, questions, answers, events and faults.

Desk to control: `{"do": …}` expects no answer, `{"ask": what, "number": n, …}` expects one.
Control to desk: `{"answer": n, "value": …}` or `{"answer": n, "fault": …}`, and `{"event": …}` unasked.
The module imports nothing heavy and does no I/O, since both processes use it.
"""

from enum import StrEnum
from typing import Any

from controlroom.cameras.devices import (
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    HealthReport,
    Preset,
    PtzStatus,
)
from controlroom.errors import ControlRoomError, Unavailable

Message = dict[str, Any]


class Order(StrEnum):
    """An order, which gets no answer."""

    CONNECT = "connect"
    FORGET = "forget"
    MOVE = "move"
    STOP = "stop"
    LEASE_AT = "lease_at"


class Question(StrEnum):
    """A question, which gets an answer."""

    PROBE = "probe"
    CHECK_HEALTH = "look"
    DISCOVER = "discover"
    PRESETS = "presets"
    GOTO_PRESET = "goto_preset"
    SET_PRESET = "set_preset"
    STATUS = "status"


def fault_to_wire(fault: ControlRoomError) -> Message:
    """Convert a failure into plain values for JSON."""
    kind = fault.kind.value if isinstance(fault, DeviceFault) else ""
    return {"kind": kind, "what": fault.what, "meaning": fault.meaning, "remedy": fault.remedy}


def fault_from(fields: Message) -> ControlRoomError:
    """Convert the plain values of a message back into the failure."""
    words = fields["what"], fields["meaning"], fields["remedy"]
    return DeviceFault(FaultKind(fields["kind"]), *words) if fields["kind"] else Unavailable(*words)


ANSWERS: dict[Question, Any] = {
    Question.PROBE: DeviceReport,
    Question.CHECK_HEALTH: HealthReport,
    Question.DISCOVER: list[DiscoveredDevice],
    Question.PRESETS: list[Preset],
    Question.GOTO_PRESET: None,
    Question.SET_PRESET: Preset,
    Question.STATUS: PtzStatus,
}
"""What each question is answered with."""
