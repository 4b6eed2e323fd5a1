"""Opens and closes everything of a desk but its windows: settings, database, services, and child processes.

In order: what a killed run left is swept up; settings are read; the database is opened or refused; services are
built over it; then the child processes start. Closing goes the other way round: the control process is asked to
leave first and stops what still moves, then the media workers, then the database, and last the run's own ledger.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from controlroom import settings as settings_module
from controlroom import site_key as site_keys
from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.desk_sign_in import SIGNED_IN, DeskSignIn
from controlroom.accounts.records import Actor
from controlroom.accounts.remembered import RememberedPeople
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys
from controlroom.app.data_folder import DeskSlot, prepare
from controlroom.app.picture_check import check_decodes
from controlroom.app.recorder_care import RecorderUse, recorder_beside
from controlroom.audit.signing import AuditFiles
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.keys.service import SiteKeyService, sealed_passwords
from controlroom.cameras.preset_pictures import PresetPictures
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.register_import import RegisterImport
from controlroom.cameras.remembered import DeskCameras
from controlroom.care.opening import open_room_database
from controlroom.care.purging import PurgeService
from controlroom.changes import Change, Changes
from controlroom.clock import Clock, process_clock
from controlroom.configuration.list_service import ListService
from controlroom.configuration.service import SettingsService
from controlroom.database.availability import DatabaseWatch
from controlroom.database.change_feed import ChangeFeed
from controlroom.database.engine import open_engine, room_url
from controlroom.database.failures import may_pass
from controlroom.database.opening import require_newest
from controlroom.database.people import acts_for_a_person, people_of
from controlroom.database.server_engine import is_server
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns, change_kinds
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.errors import Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import ItemKind
from controlroom.log.outbox.sender import Sender
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.vocabulary import Vocabulary
from controlroom.nouns import NOUNS
from controlroom.processes.run_folder import RunFolder, sweep
from controlroom.processes.supervisor import Supervisor
from controlroom.recording.hold_history import HoldHistory
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.sealed_file import SealedFile
from controlroom.search.service import SearchService
from controlroom.settings import Settings
from controlroom.site_key import SiteKey
from controlroom.video.pool import VideoPool

log = logging.getLogger(__name__)
LISTS = "lists"  # in the data folder: the site's own, where it has them
REMEMBERED = "remembered"  # the folder of what a desk needs while its database is away


@dataclass(frozen=True)
class Services:
    """The use cases, over one database."""

    folder: Path
    settings: Settings
    configuration: SettingsService
    lists: ListService
    clock: Clock
    changes: Changes
    database: Database
    ready: Callable[[], None] | None  # what is left to check when a database that was away answers first
    site_key: SiteKey
    keys: SiteKeyService
    step_keys: StepKeys
    sign_in: DeskSignIn
    accounts: AccountService
    audit_trail: AuditTrail
    purges: PurgeService
    cameras: DeskCameras
    presets: PresetService
    preset_pictures: PresetPictures
    holds: HoldHistory
    register_import: RegisterImport
    log: LogService
    outbox: Outbox
    incidents: IncidentService
    search: SearchService
    restrictions: RestrictionService
    deployments: DeploymentServices


@dataclass(frozen=True)
class Room:
    """The services and the processes of one desk."""

    services: Services
    supervisor: Supervisor
    pool: VideoPool
    control: ControlClient
    slot: DeskSlot
    recorder: RecorderSupervisor | None = None


@contextmanager
def open_services(
    folder: Path, url: str | None = None, clock: Clock | None = None, nouns: Nouns = NOUNS
) -> Iterator[Services]:
    """The services over the data in `folder`, made when it is not there yet. Raises ControlRoomError."""
    prepare(folder)
    clock, changes = clock or process_clock(), Changes()
    settings_module.load(folder)  # a file that cannot be used is told before the database is touched
    database, ready = _open(folder, room_url(folder, url), clock, nouns, changes)
    try:
        key_path = folder / site_keys.FILE_NAME
        site_key = site_keys.for_room(key_path, sealed_passwords(database))
        configuration = SettingsService(database, folder)
        settings = configuration.started.settings
        lists = folder / LISTS if (folder / LISTS).is_dir() else None
        words = ListService(database, folder, lists)
        policy, vocabulary = load_policy(settings, lists, words.now), Vocabulary(lambda: words.now)
        entries = LogService(
            database,
            vocabulary,
            SnapshotStore(folder / "snapshots"),
            IncidentLinks(),
            late_after=lambda: timedelta(minutes=configuration.now.late_entry_minutes),
        )
        people, keys, chosen = people_of(database), StepKeys(), lambda: configuration.now
        sign_in = SignInService(database, people, settings=chosen, keys=keys)
        outbox = Outbox(
            folder / "spool",
            site_key,
            clock,
            vocabulary,
            entries.snapshots,
            away=lambda: not database.availability.here,
            write=OutboxWriter(entries, lambda: sign_in.present).write,
        )
        yield Services(
            folder=folder,
            settings=settings,
            configuration=configuration,
            lists=words,
            clock=clock,
            changes=changes,
            database=database,
            ready=ready,
            site_key=site_key,
            keys=SiteKeyService(database, site_key, key_path),
            step_keys=keys,
            sign_in=DeskSignIn(
                sign_in,
                _remembered_people(folder, site_key, clock, configuration),
                database.availability,
                note=partial(_note_sign_in, outbox),
            ),
            accounts=AccountService(database, people, settings=chosen, keys=keys),
            audit_trail=AuditTrail(database, AuditFiles.of(folder, settings)),
            purges=_purges(database, entries, keys, configuration),
            cameras=_cameras(database, folder, site_key),
            presets=PresetService(database),
            preset_pictures=PresetPictures(database),
            holds=HoldHistory(database),
            register_import=RegisterImport(database, site_key),
            log=entries,
            outbox=outbox,
            incidents=IncidentService(entries, keys),
            search=SearchService(database),
            restrictions=RestrictionService(database),
            deployments=DeploymentServices.over(database, policy, entries.snapshots, check_decodes),
        )
    finally:
        database.close()


def _open(
    folder: Path, url: str, clock: Clock, nouns: Nouns, changes: Changes
) -> tuple[Database, Callable[[], None] | None]:
    """The database; where its server does not answer and this desk has worked on it before, one that is away."""
    try:
        return open_room_database(folder, url, clock, nouns, changes), None
    except Unavailable as error:
        if not (is_server(url) and may_pass(error.__cause__) and (folder / REMEMBERED).is_dir()):
            raise
        log.error("the desk starts without its database: %s", error)
        database = Database(open_engine(url), clock, nouns, changes)
        database.availability.watched = True  # nobody waits for it: what is remembered is used at once
        database.availability.lost(error.what)
        return database, partial(require_newest, database.engine)


def _remembered_people(
    folder: Path, site_key: SiteKey, clock: Clock, configuration: SettingsService
) -> RememberedPeople:
    path = folder / REMEMBERED / "people"
    return RememberedPeople(path, site_key, clock, days=lambda: configuration.now.remembered_days)


def _note_sign_in(outbox: Outbox, actor: Actor, what: str) -> None:
    """Somebody signed in or out while the database was away: the audit trail hears of it later."""
    outbox.note(ItemKind.SIGN_IN if what == SIGNED_IN else ItemKind.SIGN_OUT, actor)


def _cameras(database: Database, folder: Path, site_key: SiteKey) -> DeskCameras:
    return DeskCameras(
        database,
        site_key,
        register=SealedFile(folder / REMEMBERED / "cameras", site_key),
        logins=SealedFile(folder / REMEMBERED / "camera-logins", site_key),
    )


def _purges(
    database: Database, entries: LogService, keys: StepKeys, configuration: SettingsService
) -> PurgeService:
    return PurgeService(
        database,
        entries.snapshots,
        keys,
        months=lambda: configuration.now.text_retention_months,
        answer_days=lambda: configuration.now.purge_answer_days,
    )


@contextmanager
def keeping_up(services: Services) -> Iterator[None]:
    """Watch the database, send the outbox's entries, and hear what other desks change, until the block ends."""
    database = services.database
    availability = database.availability
    sender = Sender(
        services.outbox,
        OutboxWriter(services.log, lambda: services.sign_in.present).write,
        here=lambda: availability.here and acts_for_a_person(database.engine),
    )

    def turned(here: bool) -> None:
        if here:
            sender.wake()
            for kind in change_kinds(database.nouns):  # each of them may have changed meanwhile
                database.changes.announce(Change(kind, ""))

    availability.listen(turned)
    watch = DatabaseWatch(database.engine, availability, services.ready)
    feed = ChangeFeed(database)
    with ExitStack() as stack:
        for thread in (services.outbox, watch, sender, feed):
            stack.callback(thread.close)
        for thread in (watch, sender, feed):
            thread.start()
        yield


@contextmanager
def open_room(
    folder: Path,
    url: str | None = None,
    clock: Clock | None = None,
    recorder: RecorderUse = RecorderUse.NONE,
    nouns: Nouns = NOUNS,
) -> Iterator[Room]:
    """Services and running child processes; all of it is gone when the block ends, however it ends.

    Only the recorder may go on: it is nobody's child.
    """
    sweep(folder / "run")
    with ExitStack() as stack:
        services = stack.enter_context(open_services(folder, url, clock, nouns))
        slot = DeskSlot.take(folder, services.clock)
        stack.callback(slot.close)
        stack.enter_context(keeping_up(services))
        run_folder = RunFolder(folder / "run")
        stack.callback(run_folder.close)
        supervisor = Supervisor(run_folder)
        stack.callback(supervisor.close)
        control = ControlClient(supervisor, stop_refusals=services.settings.stop_refusals)
        pool = VideoPool(supervisor, run_folder, workers=services.settings.media_workers)
        stack.callback(pool.close)
        recorder_supervisor = stack.enter_context(
            recorder_beside(recorder, folder, url, services.settings, control)
        )
        yield Room(services, supervisor, pool, control, slot, recorder_supervisor)
