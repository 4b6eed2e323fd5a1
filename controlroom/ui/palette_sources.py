"""What the palette can find: pages, commands, and the cameras of the register."""

from collections.abc import Callable, Iterable, Sequence

from controlroom.cameras.records import Camera
from controlroom.cameras.rules import find_by_number
from controlroom.ui.actions import SPECS, ActionId, Actions
from controlroom.ui.page import Page
from controlroom.ui.palette import Entry, Source


def pages(offered: Callable[[], Iterable[Page]], go: Callable[[Page], None]) -> Source:
    """The pages offered to the person signed in."""

    def source(_typed: str) -> list[Entry]:
        return [
            Entry(page.title, "page", lambda page=page: go(page), page.shortcut, page.icon_name, page.word)
            for page in offered()
        ]

    return source


def commands(actions: Actions) -> Source:
    """Every action of the window."""

    def source(_typed: str) -> list[Entry]:
        return [
            Entry(spec.text, "command", action.trigger, spec.keys, "terminal-window", spec.also)
            for spec, action in actions.items()
            if action.isEnabled() and spec is not SPECS[ActionId.PALETTE]
        ]

    return source


def cameras(register: Callable[[], Sequence[Camera]], choose: Callable[[Camera], None]) -> Source:
    """Cameras by number ("14", "R4"), name, street, area or ward. Nothing is offered until something is typed."""

    def entry(camera: Camera, also: str = "") -> Entry:
        place = camera.place
        parts = [part for part in (place.area, place.ward) if part]
        return Entry(
            camera.name,
            " · ".join(parts),
            lambda: choose(camera),
            icon_name="video-camera",
            also=f"{place.street} {also}",
            lead=camera.number,
        )

    def source(typed: str) -> list[Entry]:
        if not typed:
            return []
        known = register()
        meant = find_by_number(known, typed)
        rest = [entry(camera) for camera in known if camera is not meant]
        return [entry(meant, typed), *rest] if meant is not None else rest

    return source
