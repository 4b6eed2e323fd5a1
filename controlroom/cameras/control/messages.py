"""What desk and control process say to each other: records to JSON and back. No heavy imports, no I/O.

Desk to control: `{"do": …}` without an answer, `{"ask": what, "number": n, …}` with one.
Control to desk: `{"answer": n, "value": …}` or `{"answer": n, "fault": …}`, and `{"event": …}` unasked.
"""

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from controlroom.cameras.devices import (
    ControlEvent,
    ControlEventKind,
    DeviceAddress,
    DeviceFault,
    DeviceReport,
    DiscoveredDevice,
    FaultKind,
    LookReport,
    Preset,
    PtzAbilities,
    PtzStatus,
    StreamProfile,
)
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


def to_wire(value: Any) -> Any:
    """An answer's value as JSON takes it: a record, a list of records, or None."""
    if isinstance(value, list):
        return [asdict(each) for each in value]
    return None if value is None else asdict(value)


def address_from(fields: Message) -> DeviceAddress:
    """The address in a message."""
    return DeviceAddress(**fields)


def value_from(question: Question, value: Any) -> Any:
    """The answer to `question` as the records it was made from."""
    return _READERS[question](value)


def fault_to_wire(fault: ControlRoomError) -> Message:
    """A failure as JSON takes it."""
    kind = fault.kind.value if isinstance(fault, DeviceFault) else ""
    return {"kind": kind, "what": fault.what, "meaning": fault.meaning, "remedy": fault.remedy}


def fault_from(fields: Message) -> ControlRoomError:
    """The failure in a message."""
    words = fields["what"], fields["meaning"], fields["remedy"]
    return DeviceFault(FaultKind(fields["kind"]), *words) if fields["kind"] else Unavailable(*words)


def event_to_wire(event: ControlEvent) -> Message:
    """An event as JSON takes it."""
    return {"event": asdict(event)}


def event_from(fields: Message) -> ControlEvent:
    """The event in a message."""
    fault = FaultKind(fields["fault"]) if fields["fault"] else None
    return ControlEvent(**{**fields, "kind": ControlEventKind(fields["kind"]), "fault": fault})


def _report(fields: Message) -> DeviceReport:
    ptz = fields["ptz"]
    return DeviceReport(
        **{
            **fields,
            "profiles": tuple(StreamProfile(**profile) for profile in fields["profiles"]),
            "ptz": PtzAbilities(**{**ptz, "auxiliary": tuple(ptz["auxiliary"])}) if ptz else None,
            "warnings": tuple(fields["warnings"]),
        }
    )


_READERS: dict[Question, Callable[[Any], Any]] = {
    Question.PROBE: _report,
    Question.LOOK: lambda fields: LookReport(**fields),
    Question.DISCOVER: lambda found: [
        DiscoveredDevice(**{**each, "addresses": tuple(each["addresses"])}) for each in found
    ],
    Question.PRESETS: lambda listed: [Preset(**each) for each in listed],
    Question.GOTO_PRESET: lambda _: None,
    Question.SET_PRESET: lambda fields: Preset(**fields),
    Question.STATUS: lambda fields: PtzStatus(**fields),
}
