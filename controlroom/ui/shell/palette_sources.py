"""Lists what the palette can find: pages, commands, settings, cameras of the register, records in the database."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from controlroom.cameras.records import Camera
from controlroom.cameras.rules import find_by_number
from controlroom.declaration import Found
from controlroom.search.service import SearchService
from controlroom.settings import SETTINGS
from controlroom.ui.kit.action import EVERYWHERE, PAGES
from controlroom.ui.kit.actions import Actions, DeskAction
from controlroom.ui.kit.page import Page
from controlroom.ui.session import DeskSession
from controlroom.ui.shell.palette import Entry, Source


def pages(
    every: Callable[[], Iterable[Page]], go: Callable[[Page], None], why_not: Callable[[Page], str]
) -> Source:
    """Every page; `why_not` says why the person signed in cannot open one."""

    def source(_typed: str) -> list[Entry]:
        return [
            Entry(
                page.title,
                "page",
                lambda page=page: go(page),
                page.shortcut,
                page.icon_name,
                f"{page.word} {page.also}",
                why_not=why_not(page),
                id=f"page {page.title}",
            )
            for page in every()
        ]

    return source


def commands(actions: Actions, front: Callable[[], Page | None]) -> Source:
    """Every action of the registry: those that work everywhere, then those of the page in front, then the others.

    What needs a key held, and going to pages (`pages` offers those), is left out.
    """

    def source(_typed: str) -> list[Entry]:
        page = front()
        here = page.title if page is not None else ""
        offered = [
            each
            for each in actions.all()
            if actions.can_run(each) and each.where != PAGES and each.id != DeskAction.PALETTE.id
        ]
        offered.sort(key=lambda each: 0 if each.where == EVERYWHERE else 1 if each.where == here else 2)
        return [
            Entry(
                each.text,
                "command" if each.where == EVERYWHERE else each.place,
                lambda each=each: actions.run(each),
                each.keys,
                "terminal-window",
                each.also,
                why_not=actions.why_not(each),
                id=each.id,
            )
            for each in offered
        ]

    return source


def settings(show: Callable[[str], None], why_not: Callable[[], str]) -> Source:
    """Every setting by its name and meaning, once something is typed; `show(name)` opens its page on it."""

    def source(typed: str) -> list[Entry]:
        if not typed:
            return []
        return [
            Entry(
                spec.title,
                f"setting · {spec.meaning}",
                lambda spec=spec: show(spec.name),
                icon_name="sliders-horizontal",
                why_not=why_not(),
                id=f"setting {spec.name}",
            )
            for spec in SETTINGS.values()
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
            id=f"camera {camera.id}",
        )

    def source(typed: str) -> list[Entry]:
        if not typed:
            return []
        known = register()
        meant = find_by_number(known, typed)
        rest = [entry(camera) for camera in known if camera is not meant]
        return [entry(meant, typed), *rest] if meant is not None else rest

    return source


Show = Callable[[str, str], object]
"""Brings a record to the front, by its kind and key."""


def records(
    session: DeskSession, search: SearchService, show: Show
) -> Callable[[str], Callable[[], Sequence[Entry]] | None]:
    """Asks for what the person at the desk may read; the work itself runs in the background."""

    def find(typed: str) -> Callable[[], Sequence[Entry]] | None:
        if not session.signed_in:
            return None
        actor = session.actor
        if not search.finds_for(actor.roles):
            return None
        return lambda: [_entry(each, show) for each in search.find(actor, typed)]

    return find


def _entry(found: Found, show: Show) -> Entry:
    run = partial(show, found.kind, found.key)
    return Entry(found.title, found.detail, run, icon_name=found.icon, lead=found.reference)
