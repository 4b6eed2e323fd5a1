"""Lists, drives to, stores, renames and removes the positions stored in a camera, and its home."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from controlroom.cameras.devices import DeviceFault, FaultKind, Preset
from controlroom.cameras.onvif.safe_xml import Node, text_of, tidy

if TYPE_CHECKING:
    from controlroom.cameras.onvif.ptz import PtzHead

MOST_PRESETS = 512
LONGEST_NAME = 64
LONGEST_PLAIN_NAME = 32
STANDS_STILL = 0.005  # of an axis: closer than this two positions are the same
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]+")


class CameraPresets:
    """The presets of one camera, through its head. Every method raises DeviceFault."""

    def __init__(self, head: "PtzHead") -> None:
        self._head = head

    def list(self) -> "list[Preset]":
        """Read the stored positions, in the camera's order."""
        answer = self._head.call("GetPresets")
        nodes = [node for node in answer.iter("{*}Preset") if node.get("token")]
        return [self._preset(node) for node in nodes[:MOST_PRESETS]]

    def go_to(self, token: str) -> None:
        """Drive to a stored position."""
        self._head.call("GotoPreset", PresetToken=token)

    def save(self, name: str) -> Preset:
        """Store the present position under `name`; returns the preset as the camera lists it afterwards.

        A name that the camera rejects is tried once more in plain letters, which are used from then on. A name
        that is in use already is another matter: NAME_IN_USE.
        """
        return self._stored(name, None)

    def rename(self, token: str, name: str) -> Preset:
        """Give a stored position another name.

        ONVIF can only store a preset anew, at the position the head is in: the camera must stand at it, or the preset
        would move (BUSY says so). A camera that tells no position is believed to stand there: drive to it first.
        """
        preset = self._listed(token)
        if preset is None:
            raise self._head.session.write.preset_gone()
        here = self._head.where()
        away = [
            abs(there - now)
            for there, now in ((preset.pan, here.pan), (preset.tilt, here.tilt), (preset.zoom, here.zoom))
            if there is not None and now is not None
        ]
        if max(away, default=0.0) > STANDS_STILL or here.moving:
            raise DeviceFault(
                FaultKind.BUSY,
                f"{self._head.session.address.title} does not stand at the preset “{preset.name}”.",
                "A camera gives a preset another name only by storing the place it looks at.",
                "Drive to the preset, wait until the camera stands, then rename it.",
            )
        return self._stored(name, token)

    def remove(self, token: str) -> None:
        """Forget a stored position; returns when the camera no longer lists it."""
        self._head.call("RemovePreset", PresetToken=token)
        left = self._listed(token)
        if left is not None and not left.placeholder:
            raise DeviceFault(
                FaultKind.NOT_SUPPORTED,
                f"{self._head.session.address.title} said it removed “{left.name}” but still lists it.",
                remedy="Remove it in the camera's own pages.",
            )

    def go_home(self) -> None:
        """Drive to the home position."""
        self._head.call("GotoHomePosition")

    def save_home(self) -> None:
        """Make the present position home."""
        self._head.call("SetHomePosition")

    def _stored(self, name: str, token: str | None) -> Preset:
        limitations, write = self._head.capabilities.limitations, self._head.session.write
        which: dict[str, Any] = {} if token is None else {"PresetToken": token}
        if limitations.plain_names:
            name = plain_name(name)
        listed = {preset.token: preset.name for preset in self.list()}
        # some cameras would store a name twice without a word
        taken = {each for known, each in listed.items() if known != token}
        if name in taken:
            raise write.name_in_use()
        try:
            answer = self._head.call("SetPreset", PresetName=name, **which)
        except DeviceFault as fault:
            if fault.kind is not FaultKind.BAD_ARGUMENT or name == plain_name(name):
                raise
            name = plain_name(name)
            if name in taken:
                raise write.name_in_use() from fault
            answer = self._head.call("SetPreset", PresetName=name, **which)
            limitations.plain_names = True
        answered = text_of(answer, ".//{*}PresetToken")
        if token is not None and answered and answered not in listed:
            raise write.stored_another(name)
        stored = self._listed(token or answered)
        if stored is None or (token is not None and stored.name != name):
            raise DeviceFault(
                FaultKind.NOT_SUPPORTED,
                f"{self._head.session.address.title} took the preset “{name}” but does not list it.",
                "It is probably not stored.",
                "Try again, or store it in the camera's own pages.",
            )
        return stored

    def _listed(self, token: str) -> Preset | None:
        return next((each for each in self.list() if each.token == token), None)

    def _preset(self, node: Node) -> Preset:
        token = node.get("token", "")
        name = _repaired(text_of(node, "{*}Name")) or tidy(token, LONGEST_NAME)
        return Preset(token, name, *self._head.position(node.find("{*}PTZPosition")))


def _repaired(name: str) -> str:
    """Undo UTF-8 that was read as Latin-1 (`CafÃ©`)."""
    text = tidy(name, LONGEST_NAME)
    for wrong in ("cp1252", "latin-1"):
        try:
            meant = text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        return tidy(meant, LONGEST_NAME)
    return text


def plain_name(name: str) -> str:
    """Reduce `name` to letters that every camera accepts: `[A-Za-z0-9_.-]`, without accents, with `_` for gaps."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_PLAIN.sub("_", letters).strip("_")[:LONGEST_PLAIN_NAME] or "preset"
