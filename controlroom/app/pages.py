"""Lists every page of the desk: its group in the rail, and how it is made from what it uses.

The window, palette, keys, F1, links between records and the tour all take their pages from this tuple. To add a page:
write its factory here and give it a place in `PAGES`.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.records import Actor
from controlroom.app.cameras import CameraRegister, CameraStates
from controlroom.app.pictures import picture_of, test_picture
from controlroom.app.process_status import ProcessStatus
from controlroom.app.room import Room
from controlroom.cameras.records import Camera
from controlroom.doctor.examination import examine
from controlroom.doctor.records import CheckContext, CheckResult
from controlroom.recording.records import CameraHealth
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.page import Page
from controlroom.ui.kit.pending import PendingEntries
from controlroom.ui.kit.sighting import Sighting
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.cameras.list import health_mark, health_words
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.incidents.forms import IncidentForms
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.live.writing import IncidentWriting
from controlroom.ui.pages.log.page import LogPage
from controlroom.ui.pages.purges.page import PurgePage
from controlroom.ui.pages.settings.page import SettingsPage
from controlroom.ui.pages.status.page import StatusPage
from controlroom.video.records import Look, StreamAddress


class DeskPorts(QObject):
    """Signals that the factories in `pages.py` connect pages to."""

    log_about = Signal(object)
    """Write entries about this camera from now on; None: about no camera."""
    log_wanted = Signal(object)
    """Camera's id: the log line is about it, and takes the keyboard."""
    picture_taken = Signal(object, object, object)
    """Camera's id, picture's path, moment (UTC): write it to the log."""
    entry_returned = Signal(object)
    """Ready to use: put a copy of an entry that the database refused into the log line."""
    own_settings_changed = Signal()
    """The person signed in chose another theme, size of text or sound."""


@dataclass(frozen=True)
class PageParts:
    """What factories take from: the room's services and processes, and the desk's own parts."""

    room: Room
    ports: DeskPorts
    register: CameraRegister
    states: CameraStates
    pending: PendingEntries
    processes: ProcessStatus


@dataclass(frozen=True)
class PageEntry:
    """One page: the group of the rail it stands in, and its factory."""

    group: str
    make: Callable[[PageContext, PageParts], Page]


def _live(context: PageContext, parts: PageParts) -> LivePage:
    room, ports = parts.room, parts.ports
    forms = IncidentForms(room.services.incidents, room.services.restrictions, context.session, parts.pending)
    page = LivePage(
        context,
        room.services.cameras,
        room.services.log,
        room.pool,
        room.control,
        pictures_folder=room.slot.pictures,
        presets=room.services.presets,
        preset_pictures=room.services.preset_pictures,
        writing=IncidentWriting(
            forms.new, forms.entry, room.services.incidents.incident, room.services.incidents.join_entries
        ),
    )

    def begin_incident(camera_id: int, picture: Path | None, at: datetime) -> None:
        if page.writing is not None:
            page.writing.begin(Sighting(parts.register.find(camera_id), picture, at))

    def show_health(troubled: Sequence[CameraHealth], now: datetime) -> None:
        page.set_health({each.camera_id: (health_mark(each), health_words(each, now)) for each in troubled})

    page.camera_selected.connect(ports.log_about)
    page.log_wanted.connect(ports.log_wanted)
    page.snapshot_taken.connect(ports.picture_taken)
    page.incident_wanted.connect(begin_incident)
    room.control.on_event = page.control_reported.emit
    room.control.on_holds = page.holds_seen.emit
    room.control.on_hold_news = page.hold_news.emit
    parts.states.health_heard.connect(show_health)
    parts.states.watch(page.statuses)
    return page


def _log(context: PageContext, parts: PageParts) -> LogPage:
    page = LogPage(context, parts.room.services.log, parts.pending)
    page.wanted_back.connect(parts.ports.entry_returned)
    return page


def _incidents(context: PageContext, parts: PageParts) -> IncidentsPage:
    services = parts.room.services
    page = IncidentsPage(
        context, services.incidents, services.log, services.cameras, services.restrictions, parts.pending
    )
    page.wanted_back.connect(parts.ports.entry_returned)
    return page


def _deployments(context: PageContext, parts: PageParts) -> DeploymentsPage:
    room = parts.room

    def take_picture(actor: Actor, number: str) -> Path:
        return picture_of(room.services.cameras, room.pool, room.slot.pictures, actor, number)

    return DeploymentsPage(context, room.services.deployments, room.services.cameras, take_picture)


def _cameras(context: PageContext, parts: PageParts) -> CamerasPage:
    room, services = parts.room, parts.room.services

    def look(stream: StreamAddress) -> Look:
        return test_picture(room.pool, room.slot.pictures, stream)

    page = CamerasPage(
        context,
        services.cameras,
        room.control,
        services.keys.enter_login,
        services.register_import,
        look,
        services.holds,
    )

    def show_on_wall(camera: Camera) -> None:
        page.record_wanted.emit("camera", camera.id)

    page.camera_chosen.connect(show_on_wall)
    parts.states.pictures_seen.connect(page.set_statuses)
    parts.states.answering.connect(page.set_answering)
    parts.states.health_heard.connect(page.set_health)
    return page


def _users(context: PageContext, parts: PageParts) -> UsersPage:
    services = parts.room.services
    return UsersPage(context, services.accounts, services.holds)


def _status(context: PageContext, parts: PageParts) -> StatusPage:
    processes = parts.processes
    return StatusPage(
        context, processes.lines, jobs=processes.jobs, restart=processes.restart, facts=processes.facts
    )


def _settings(context: PageContext, parts: PageParts) -> SettingsPage:
    services = parts.room.services
    page = SettingsPage(
        context,
        services.configuration,
        services.lists,
        services.keys,
        parts.room.control,
        partial(_examine, parts.room),
    )
    page.own_changed.connect(parts.ports.own_settings_changed)
    return page


def _examine(room: Room) -> list[CheckResult]:
    """The doctor over this installation (takes many seconds)."""
    services = room.services
    url = services.database.engine.url.render_as_string(hide_password=False)
    nouns, now = services.database.nouns, services.clock.now()
    given = CheckContext(services.folder, url, now, nouns, os.environ, cameras=True)
    return list(examine(given))


PAGES: tuple[PageEntry, ...] = (
    PageEntry("Watch", _live),
    PageEntry("Record", _log),
    PageEntry("Record", _incidents),
    PageEntry("Deploy", _deployments),
    PageEntry("Estate", _cameras),
    PageEntry("Room", _users),
    PageEntry("Room", lambda context, parts: AuditPage(context, parts.room.services.audit_trail)),
    PageEntry("Room", lambda context, parts: PurgePage(context, parts.room.services.purges)),
    PageEntry("Room", _status),
    PageEntry("Room", _settings),
)
"""In the order of the rail; pages of one group stand together."""
