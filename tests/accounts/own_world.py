"""A room on a server for one person under their own login, with records that others made for them to work on.

The records a use case needs are made by those whose work that is, over another connection.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from controlroom.accounts.access import actor_of
from controlroom.accounts.records import Actor, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys
from controlroom.accounts.tables import UserRow
from controlroom.app.picture_check import check_decodes
from controlroom.audit.tables import AuditEntryRow
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.cameras.preset_pictures import PresetPictures
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.register_file.records import ComparedRow, ReadFile, ReadRow
from controlroom.cameras.register_import import RegisterImport
from controlroom.cameras.service import CameraService
from controlroom.cameras.tables import CameraRow
from controlroom.care.purge_records import PurgeState
from controlroom.care.purging import PurgeService
from controlroom.changes import Changes
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.deployments.meetings.records import MeetingState
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.errors import Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import Incident, IncidentAction, NewIncident, Result, Step
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import LogEntry, NewLogEntry, Snapshot
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.site_key import SiteKey
from tests.accounts.test_matrix import services_over
from tests.builders import PASSWORD, Room
from tests.database.own_logins import People
from tests.deployments.builders import CONTENT, MORNING, Desk
from tests.engines import OPENED
from tests.log.writing import write_entry
from tests.step_keys import open_keys

_A = IncidentAction
LONG_AGO = datetime(2018, 5, 4, 9, 30, tzinfo=UTC)
ROAD = (_A.MONITOR, _A.CONCLUDE, _A.SUBMIT, _A.APPROVE)


class World:
    """`me` signs in at a desk; `office` is the same room over the administrator's connection."""

    def __init__(self, people: People, role: Role) -> None:
        self.people, self.role = people, role
        people.clock.at = MORNING
        people.accounts.add(people.chief, "second", "Supervisor 03", PASSWORD, {Role.SUPERVISOR})
        self._numbers = itertools.count(1)
        self.actors = self._actors()
        database = open_database(people.url("desk"), people.clock, NOUNS)
        OPENED.append(database)
        roles = people_of(database)
        self.keys = StepKeys()
        sign_in = SignInService(database, roles, desk="desk 1", keys=self.keys)
        self.me = sign_in.sign_in(role.value, PASSWORD)
        self.own = self._room(database, sign_in, AccountService(database, roles, keys=self.keys))
        self.office = self._room(people.database, SignInService(people.database), people.accounts)

    def _actors(self) -> dict[str, Actor]:
        with self.people.database.read() as session:
            return {row.login: actor_of(row) for row in session.scalars(select(UserRow))}

    def look_again(self) -> None:
        """After a password was changed."""
        self.actors = self._actors()
        for role in Role:
            setattr(self.office, role.value, self.actors[role.value])

    def _room(self, database, sign_in: SignInService, accounts: AccountService) -> Room:
        folder, changes = self.people.folder, Changes()
        key = SiteKey.load_or_create(folder / "site.key")
        cameras = CameraService(database, key)
        actors = {role.value: self.actors[role.value] for role in Role}
        return Room(folder, database, self.people.clock, changes, key, sign_in, accounts, cameras, **actors)

    def actor(self, role: Role) -> Actor:
        return self.actors[role.value]

    def number(self) -> int:
        return next(self._numbers)

    # -- services ------------------------------------------------------------------------------------------------

    @cached_property
    def services(self) -> list[Any]:
        """One of every service, under the person's own login."""
        return services_over(self.own)

    @cached_property
    def log(self) -> LogService:
        return self._log(self.own)

    @cached_property
    def office_log(self) -> LogService:
        return self._log(self.office)

    def _log(self, room: Room) -> LogService:
        store = SnapshotStore(room.folder / "snapshots")
        return LogService(room.database, vocabulary.load(), store, IncidentLinks())

    @cached_property
    def deployments(self) -> DeploymentServices:
        return self._deployments(self.own)

    @cached_property
    def desk(self) -> Desk:
        """Rapid deployment as the coordinator works on it, past the person's own connection."""
        return Desk(self.office, self._deployments(self.office), load_policy())

    def _deployments(self, room: Room) -> DeploymentServices:
        store = SnapshotStore(room.folder / "snapshots")
        return DeploymentServices.over(room.database, load_policy(), store, check_decodes)

    # -- records -------------------------------------------------------------------------------------------------

    def entry(self) -> LogEntry:
        return write_entry(self.office_log, self.actor(Role.OPERATOR), NewLogEntry("A man at the gate"))

    def incident(self, until: IncidentAction | None = None) -> Incident:
        """An incident that others took along its road, up to that step."""
        author, keys = self.actor(Role.OPERATOR), StepKeys()
        open_keys(keys, self.office.database, author, self.actor(Role.SUPERVISOR))
        service = IncidentService(self.office_log, keys)
        made = service.open_incident(author, NewIncident("robbery", "Seen at the gate."))
        for action in ROAD[: ROAD.index(until) + 1] if until is not None else ():
            who = self.actor(Role.SUPERVISOR) if action is _A.APPROVE else author
            result = Result.NO_TRACE if action is _A.CONCLUDE else None
            made = service.act(who, made.id, Step(action, result=result))
        return made

    def key_entry(self) -> int:
        """The audit entry with which the operator's key began; nobody approved it."""
        self.incident(_A.SUBMIT)
        entry, handle = AuditEntryRow, self.actor(Role.OPERATOR).handle
        with self.office.database.read() as session:
            made = select(entry.sequence).filter_by(action="user.key-made", subject=handle)
            return session.scalars(made).first() or 0

    def user(self) -> int:
        number = self.number()
        return self.people.accounts.add(
            self.people.chief, f"extra{number}", f"Extra {number}", PASSWORD, {Role.OPERATOR}
        ).id

    def camera(self) -> int:
        number = f"{500 + self.number()}"
        place = Place("Park Lane", "Town centre", "Fairfield", 51.37, -0.1)
        return self.office.cameras.add(self.actor(Role.SUPERVISOR), NewCamera(number, "Park Lane", place)).id

    def camera_number(self) -> str:
        key = self.camera()
        return next(
            each.number for each in self.office.cameras.cameras(self.actor(Role.SUPERVISOR)) if each.id == key
        )

    def camera_to_replace(self) -> tuple[int, NewCamera]:
        key = self.camera()
        number = next(each.number for each in self.office.cameras.cameras(self.me) if each.id == key)
        return key, NewCamera(number, "Park Lane", Place("Park Lane", "Town centre", "Fairfield"))

    def camera_out_of_use(self) -> int:
        key = self.camera()
        self.office.cameras.retire(self.actor(Role.SUPERVISOR), key)
        return key

    def pictures(self) -> PresetPictures:
        return PresetPictures(self.own.database)

    def register_import(self) -> RegisterImport:
        return RegisterImport(self.own.database, self.own.site_key)

    def register_file(self) -> ReadFile:
        """A file with one new camera, and one that is on the register already under another name."""
        with self.office.database.read() as session:
            known = session.get(CameraRow, self.camera())
            assert known is not None
            rows = (f"{800 + self.number()}", "New Park"), (known.number, "Another name")
        given = [{"number": number, "name": name} for number, name in rows]
        return ReadFile(
            "cameras.csv",
            [ReadRow(line, each["number"], each) for line, each in enumerate(given, 2)],
            {"number": "A", "name": "B"},
        )

    def compared_rows(self) -> tuple[ComparedRow, ...]:
        office = RegisterImport(self.office.database, self.office.site_key)
        return office.preview(self.actor(Role.SUPERVISOR), self.register_file()).rows

    def day(self) -> date:
        """A day that has no meeting yet."""
        return date(2027, 1, 5) + timedelta(days=7 * self.number())

    def another_supervisor(self) -> Actor:
        """Somebody who decides on what `chief` proposed."""
        return self.actors["second"]

    def user_off(self) -> int:
        key = self.user()
        self.people.accounts.switch_off(self.people.chief, key, "left")
        return key

    def old_entry(self) -> None:
        """Words whose retention is over."""
        now, self.people.clock.at = self.people.clock.at, LONG_AGO
        self.entry()
        self.people.clock.at = now

    def end_purges(self) -> None:
        for purge in self.purges_of(self.actors["chief"]).purges(self.actors["chief"]):
            if purge.state in (PurgeState.PROPOSED, PurgeState.APPROVED):
                proposer = next(each for each in self.actors.values() if each.handle == purge.proposed_by)
                self.purges_of(proposer).withdraw(proposer, purge.id)

    def purges_of(self, actor: Actor) -> PurgeService:
        """Purges as this person works on them, past the person's own connection."""
        keys = StepKeys()
        keys.open(self.office.database, actor.handle, PASSWORD)
        return PurgeService(self.office.database, self.office_log.snapshots, keys)

    def picture(self) -> Snapshot:
        source = self.people.folder / f"{self.number()}.jpg"
        source.write_bytes(b"a picture")
        new = NewLogEntry("with a picture", snapshot=source)
        entry = write_entry(self.office_log, self.actor(Role.OPERATOR), new)
        assert entry.snapshot is not None
        return entry.snapshot

    # -- rapid deployment ----------------------------------------------------------------------------------------

    def bid(self) -> int:
        return self.desk.services.bids.add(self.desk.coordinator, CONTENT).id

    def submitted(self) -> int:
        key = self.bid()
        self.desk.services.bids.submit(self.desk.coordinator, key)
        return key

    def meeting(self) -> int:
        """A meeting of today that takes decisions; the next day where today's is over."""
        while True:
            every = self.desk.services.meetings.meetings(self.desk.coordinator)
            today = [each for each in every if each.day == self.desk.today]
            if not today:
                return self.desk.meeting(self.desk.today).id
            if today[0].state is MeetingState.PLANNED:
                return today[0].id
            self.people.clock.at += timedelta(days=1)

    def empty_meeting(self) -> int:
        """A meeting of today with nothing on its agenda."""
        self.people.clock.at += timedelta(days=1)
        return self.meeting()

    def tabled(self) -> tuple[int, int]:
        """A meeting of today and a bid on its agenda."""
        bid, meeting = self.desk.assessed(), self.meeting()
        self.desk.services.meetings.table_bid(self.desk.coordinator, bid.id, meeting)
        return meeting, bid.id

    def chairs_action(self) -> tuple[int, int]:
        """A meeting of today, and the chair's approval that it is asked to ratify."""
        meeting, bid = self.meeting(), self.desk.assessed()
        made = self.desk.services.meetings.chair_approves(self.desk.coordinator, bid.id, "urgent")
        return meeting, made.id

    def approved(self):
        self.meeting()
        return self.desk.approved()

    def planned(self) -> int:
        return self.desk.services.deployments.plan(self.desk.coordinator, self.approved().id).id

    def scheduled(self) -> int:
        return self.desk.scheduled(self.approved(), self.unit()).id

    def installed(self) -> int:
        key = self.scheduled()
        self.desk.services.deployments.install(self.desk.coordinator, key)
        return key

    def live(self):
        self.meeting()
        return self.desk.live(self.unit())

    def ready(self) -> int:
        """A deployment that may go live."""
        key, service = self.installed(), self.desk.services.deployments
        service.record_signs(self.desk.coordinator, key)
        service.record_test_image(self.desk.coordinator, key, self.desk.picture())
        return key

    def suspended(self) -> int:
        key = self.live().id
        self.desk.services.deployments.suspend(self.desk.coordinator, key, "dark")
        return key

    def ending(self) -> int:
        key = self.live().id
        self.desk.services.deployments.order_removal(self.desk.coordinator, key, "done")
        return key

    def removed(self, days_ago: int = 0) -> int:
        key = self.ending()
        self.desk.services.deployments.remove(self.desk.coordinator, key, signs_down=True)
        self.people.clock.at += timedelta(days=days_ago)
        return key

    def evaluated(self) -> int:
        key = self.removed(days_ago=70)
        self.desk.services.deployments.evaluate(
            self.desk.coordinator, key, "It helped.", before=5, during=1, after=2
        )
        return key

    def unit(self):
        return self.desk.unit(f"RDC-{self.number():02}")

    def faulty_unit(self) -> int:
        key = self.unit().id
        self.desk.services.units.report_fault(self.desk.coordinator, key, "dark")
        return key

    def site_keys(self, *, lost: bool) -> SiteKeyService:
        path = self.people.folder / f"site-{self.number()}.key"
        key = SiteKey.without(Unavailable("The site key is lost.")) if lost else SiteKey.make(path)
        return SiteKeyService(self.own.database, key, path)
