"""Says in plain words what a camera's auxiliary commands do, where they are known. Pure.

ONVIF names a few (`tt:Wiper|On`, `tt:IRLamp|Auto`), makers add their own; those are shown as the camera lists them.
"""

import re
from dataclasses import dataclass

_KNOWN = {
    "wiper": ("Wiper", "drop"),
    "washer": ("Washer", "drop"),
    "washingprocedure": ("Wash and wipe", "drop"),
    "irlamp": ("Infrared", "sun"),
    "irled": ("Infrared", "sun"),
    "ir": ("Infrared", "sun"),
    "light": ("Light", "lightbulb"),
    "whitelight": ("White light", "lightbulb"),
    "lamp": ("Light", "lightbulb"),
    "heater": ("Heater", "thermometer"),
    "defrost": ("Defrost", "thermometer"),
    "fan": ("Fan", "wind"),
}
_STATES = {"on": "on", "off": "off", "auto": "automatic"}


@dataclass(frozen=True)
class AuxiliaryWords:
    """One command for people; `icon` is empty where it is not known."""

    text: str
    icon: str = ""


def in_words(command: str) -> AuxiliaryWords:
    """`tt:Wiper|On` is "Wiper on"; an unknown one is what the camera calls it."""
    name, _, state = command.rpartition(":")[2].partition("|")
    known = _KNOWN.get(re.sub(r"[^a-z]", "", name.casefold()))
    how = _STATES.get(state.strip().casefold())
    if known is None or (state and how is None):
        return AuxiliaryWords(command)
    text, icon = known
    return AuxiliaryWords(f"{text} {how}" if how else text, icon)
