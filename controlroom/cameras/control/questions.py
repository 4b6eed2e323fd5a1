"""Answers the desk's questions to one camera: which call of its head or its lens each of them is."""

from collections.abc import Callable
from typing import Any

from controlroom.cameras.aiming import Aim
from controlroom.cameras.control.messages import Message, Question
from controlroom.cameras.lens import LensState
from controlroom.cameras.onvif.aim import aim_head
from controlroom.cameras.onvif.imaging import Lens
from controlroom.cameras.onvif.ptz import PtzHead


def aim_in(message: Message, reverse: tuple[bool, bool]) -> Aim:
    """Read where to aim, for a head mounted so that an axis runs the other way. Raises ValueError."""
    aim = Aim(float(message["x"]), float(message["y"]), float(message["closer"])).checked()
    return Aim(-aim.x if reverse[0] else aim.x, -aim.y if reverse[1] else aim.y, aim.closer)


def _lens_after(lens: Lens, do: Callable[[], object]) -> LensState:
    do()
    return lens.state()


OF_A_HEAD: dict[Question, Callable[[PtzHead, Message, tuple[bool, bool]], Any]] = {
    Question.PRESETS: lambda head, _, __: head.stored.list(),
    Question.GOTO_PRESET: lambda head, message, _: head.stored.go_to(str(message["token"])),
    Question.SET_PRESET: lambda head, message, _: head.stored.save(str(message["name"])),
    Question.RENAME_PRESET: lambda head, message, _: head.stored.rename(
        str(message["token"]), str(message["name"])
    ),
    Question.REMOVE_PRESET: lambda head, message, _: head.stored.remove(str(message["token"])),
    Question.GO_HOME: lambda head, _, __: head.stored.go_home(),
    Question.SET_HOME: lambda head, _, __: head.stored.save_home(),
    Question.STATUS: lambda head, _, __: head.status(),
    Question.ABILITIES: lambda head, _, __: head.capabilities.abilities,
    Question.AIM: lambda head, message, reverse: aim_head(head, aim_in(message, reverse)),
    Question.AUXILIARY: lambda head, message, _: head.auxiliary(str(message["command"])),
}
OF_A_LENS: dict[Question, Callable[[Lens, Message], LensState]] = {
    Question.LENS: lambda lens, _: lens.state(),
    Question.AUTOFOCUS: lambda lens, message: _lens_after(
        lens, lambda: lens.set_autofocus(bool(message["auto"]))
    ),
    Question.IRIS: lambda lens, message: _lens_after(lens, lambda: lens.turn_iris(int(message["steps"]))),
    Question.AUTO_IRIS: lambda lens, _: _lens_after(lens, lens.set_auto_iris),
}
