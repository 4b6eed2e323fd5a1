"""What desk and control process say to each other: orders, questions, answers and faults. No heavy imports, no I/O.

Desk to control: `{"do": …}` without an answer, `{"ask": what, "number": n, …}` with one.
Control to desk: `{"answer": n, "value": …}` or `{"answer": n, "fault": …}`, and `{"event": …}` unasked.
"""

from enum import StrEnum
from typing import Any

from controlroom.cameras.devices import (
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    LookReport,
    Preset,
    PtzStatus,
)
from controlroom.codec import from_plain
from controlroom.errors import ControlRoomError, Unavailable

Message = dict[str, Any]


class Order(StrEnum):
    """Orders that are not answered."""

    CONNECT = "connect"
    FORGET = "forget"
    MOVE = "move"
    STOP = "stop"
    LEASE_AT = "lease_at"


class Question(StrEnum):
    """Questions that are."""

    PROBE = "probe"
    LOOK = "look"
    DISCOVER = "discover"
    PRESETS = "presets"
    GOTO_PRESET = "goto_preset"
    SET_PRESET = "set_preset"
    STATUS = "status"


def address_from(fields: Message) -> DeviceAddress:
    """The address in a message."""
    return from_plain(DeviceAddress, fields)


def value_from(question: Question, value: Any) -> Any:
    """The answer to `question` as the records it was made from."""
    return from_plain(_ANSWERS[question], value)


def fault_to_wire(fault: ControlRoomError) -> Message:
    """A failure as JSON takes it."""
    kind = fault.kind.value if isinstance(fault, DeviceFault) else ""
    return {"kind": kind, "what": fault.what, "meaning": fault.meaning, "remedy": fault.remedy}


def fault_from(fields: Message) -> ControlRoomError:
    """The failure in a message."""
    words = fields["what"], fields["meaning"], fields["remedy"]
    return DeviceFault(FaultKind(fields["kind"]), *words) if fields["kind"] else Unavailable(*words)


_ANSWERS: dict[Question, Any] = {
    Question.PROBE: DeviceReport,
    Question.LOOK: LookReport,
    Question.DISCOVER: list[DiscoveredDevice],
    Question.PRESETS: list[Preset],
    Question.GOTO_PRESET: None,
    Question.SET_PRESET: Preset,
    Question.STATUS: PtzStatus,
}
