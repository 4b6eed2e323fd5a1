"""Every use case on a server, as each role under its own login: done where the matrix says so, refused elsewhere."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from controlroom.accounts.permissions import PERMISSIONS
from controlroom.accounts.records import Actor, NewAccount, Role
from controlroom.accounts.use_cases import USE_CASES
from controlroom.audit import service as audit
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import NewCamera, Place
from controlroom.care.purging import PurgeService
from controlroom.configuration.list_service import ListService
from controlroom.configuration.lists import ListLine
from controlroom.configuration.service import SettingsService
from controlroom.database.opening import open_database
from controlroom.deployments.bids.records import Assessment
from controlroom.deployments.deployments.records import CheckKind, DeploymentState
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import NewUnit
from controlroom.errors import Conflict, ControlRoomError, PermissionRefused
from controlroom.incidents.records import Amendment, IncidentAction, NewIncident, Step
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log.outbox.records import ItemKind, OutboxItem
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewAddendum, NewLogEntry
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.recording.hold_history import HoldHistory
from controlroom.site_key import seal_for_travel
from tests.accounts.own_world import World
from tests.accounts.test_matrix import arguments
from tests.builders import PASSWORD
from tests.database.own_logins import make_people
from tests.deployments.builders import CONTENT, GOOD_SCORES
from tests.engines import OPENED

pytestmark = pytest.mark.postgresql
_A = IncidentAction
Way = Callable[[World], Any]
WHY = "because it has to be"


def accounts(call: Callable[[World, Any], Any]) -> Way:
    return lambda world: call(world, world.own.accounts)


def incidents(call: Callable[[World, IncidentService], Any]) -> Way:
    return lambda world: call(world, IncidentService(world.log, world.keys))


def bids(call: Callable[[World, Any], Any]) -> Way:
    return lambda world: call(world, world.deployments.bids)


def meetings(call: Callable[[World, Any], Any]) -> Way:
    return lambda world: call(world, world.deployments.meetings)


def running(call: Callable[[World, Any], Any]) -> Way:
    return lambda world: call(world, world.deployments.deployments)


def units(call: Callable[[World, Any], Any]) -> Way:
    return lambda world: call(world, world.deployments.units)


SOURCES = "incident_sources"


def lists(call: Callable[[World, ListService, int], Any]) -> Way:
    """With the list of sources as it stands."""

    def way(world: World) -> Any:
        service = ListService(world.own.database, world.people.folder)
        seen = next(each.seen for each in service.words(world.me) if each.spec.name == SOURCES)
        return call(world, service, seen)

    return way


def purges(call: Callable[[World, PurgeService, int], Any], *, approved: bool = False) -> Way:
    """With a purge that others proposed, and approved where asked; afterwards none is open."""

    def way(world: World) -> Any:
        world.old_entry()
        proposer, approver = world.actors["chief"], world.another_supervisor()
        made = world.purges_of(proposer).propose(proposer, date(2019, 1, 1), WHY)
        if approved:
            world.purges_of(approver).approve(approver, made.id)
        try:
            return call(world, PurgeService(world.own.database, world.log.snapshots, world.keys), made.id)
        finally:
            world.end_purges()

    return way


def change_own_password(world: World) -> None:
    """And back again, so that the next test signs in as before."""
    changed = world.own.sign_in.change_password(world.me, PASSWORD, "four quite other words")
    world.me = world.own.sign_in.change_password(changed, "four quite other words", PASSWORD)
    world.look_again()


def _purge_of_ones_own(world: World) -> None:
    world.old_entry()
    try:
        service = PurgeService(world.own.database, world.log.snapshots, world.keys)
        service.withdraw(world.me, service.propose(world.me, date(2019, 1, 1), WHY).id)
    finally:
        world.end_purges()


def _extension_of(world: World) -> tuple[int, int]:
    """A meeting of today, and a live deployment on its agenda."""
    live, meeting = world.live(), world.meeting()
    world.desk.services.deployments.start_review(world.desk.coordinator, live.id, WHY)
    world.desk.services.meetings.table_deployment(world.desk.coordinator, live.id, meeting, "paper")
    return meeting, live.id


WAYS: dict[str, Way] = {
    "accounts.DeskSignIn.change_password": change_own_password,
    "accounts.SignInService.change_password": change_own_password,
    "accounts.AccountService.add": accounts(
        lambda w, a: a.add(w.me, f"new{w.number()}", f"New {w.number()}", PASSWORD, {Role.OPERATOR})
    ),
    "accounts.AccountService.add_account": accounts(
        lambda w, a: a.add_account(
            w.me, NewAccount(f"new{w.number()}", f"New {w.number()}", frozenset({Role.OPERATOR}))
        )
    ),
    "accounts.AccountService.reset_password": accounts(lambda w, a: a.reset_password(w.me, w.user())),
    "accounts.AccountService.set_last_day": accounts(
        lambda w, a: a.set_last_day(w.me, w.user(), date(2027, 1, 1))
    ),
    "accounts.AccountService.set_roles": accounts(
        lambda w, a: a.set_roles(w.me, w.user(), frozenset({Role.SUPERVISOR}))
    ),
    "accounts.AccountService.switch_off": accounts(lambda w, a: a.switch_off(w.me, w.user(), "left")),
    "accounts.AccountService.switch_on": accounts(lambda w, a: a.switch_on(w.me, w.user_off())),
    "accounts.AccountService.confirm_entry": accounts(lambda w, a: a.confirm_entry(w.me, w.key_entry(), WHY)),
    "accounts.AccountService.confirm_key": accounts(
        lambda w, a: a.confirm_key(w.me, w.key_entry(), "I asked them")
    ),
    "accounts.AccountService.unlock": accounts(lambda w, a: a.unlock(w.me, w.user())),
    "cameras.CameraService.add": lambda w: w.own.cameras.add(
        w.me,
        NewCamera(f"{700 + w.number()}", "Park Lane", Place("Park Lane", "Centre", "Fairfield", 51.3, -0.1)),
    ),
    "cameras.CameraService.change": lambda w: w.own.cameras.change(
        w.me,
        w.camera(),
        NewCamera(f"{500 + w.number()}", "Park Lane", Place("Park Lane", "Town centre", "Fairfield")),
        seen=1,
    ),
    "cameras.CameraService.replace": lambda w: w.own.cameras.replace(w.me, *w.camera_to_replace(), seen=1),
    "cameras.CameraService.registered": lambda w: w.own.cameras.registered(w.me, w.camera()),
    "cameras.CameraService.login_to_try": lambda w: w.own.cameras.login_to_try(w.me, *w.camera_to_replace()),
    "cameras.CameraService.out_of_use": lambda w: w.own.cameras.out_of_use(w.me),
    "cameras.CameraService.bring_back": lambda w: w.own.cameras.bring_back(w.me, w.camera_out_of_use()),
    "cameras.CameraService.retire": lambda w: w.own.cameras.retire(w.me, w.camera()),
    "cameras.CameraService.trust_certificate": lambda w: w.own.cameras.trust_certificate(
        w.me, w.camera(), "b" * 64
    ),
    "cameras.PresetService.save": lambda w: PresetService(w.own.database).save(w.me, w.camera(), "Bus stop"),
    "cameras.PresetService.rename": lambda w: PresetService(w.own.database).rename(
        w.me, w.camera(), "Bus stop", "Taxi rank"
    ),
    "cameras.PresetService.remove": lambda w: PresetService(w.own.database).remove(
        w.me, w.camera(), "Bus stop"
    ),
    "cameras.PresetService.set_home": lambda w: PresetService(w.own.database).set_home(w.me, w.camera()),
    "cameras.PresetPictures.of": lambda w: w.pictures().of(w.me, w.camera(), ["1"]),
    "cameras.PresetPictures.keep": lambda w: w.pictures().keep(
        w.me, w.camera(), "1", b"\xff\xd8\xff a picture", listed=["1"]
    ),
    "cameras.PresetPictures.forget": lambda w: w.pictures().forget(w.me, w.camera(), "1"),
    "cameras.RegisterImport.registered": lambda w: w.register_import().registered(w.me),
    "cameras.RegisterImport.preview": lambda w: w.register_import().preview(w.me, w.register_file()),
    "cameras.RegisterImport.preview_found": lambda w: w.register_import().preview_found(
        w.me, [DiscoveredDevice("10.0.0.5", 80)], "the network"
    ),
    "cameras.RegisterImport.accept": lambda w: w.register_import().accept(
        w.me, w.compared_rows(), "cameras.csv"
    ),
    "cameras.SiteKeyService.standing": lambda w: w.site_keys(lost=False).standing(w.me),
    "cameras.SiteKeyService.make_new": lambda w: w.site_keys(lost=True).make_new(w.me),
    "cameras.SiteKeyService.provide": lambda w: w.site_keys(lost=True).provide(w.me),
    "cameras.SiteKeyService.enter_login": lambda w: w.site_keys(lost=False).enter_login(
        w.me, w.camera(), "admin", "secret"
    ),
    "cameras.SiteKeyService.bring_back": lambda w: w.site_keys(lost=True).bring_back(
        w.me, seal_for_travel(w.people.folder / "site.key", "a long passphrase"), "a long passphrase"
    ),
    "care.PurgeService.approve": purges(lambda w, p, key: p.approve(w.me, key)),
    "care.PurgeService.decline": purges(lambda w, p, key: p.decline(w.me, key, WHY)),
    "care.PurgeService.execute": purges(lambda w, p, key: p.execute(w.me, key), approved=True),
    "care.PurgeService.propose": _purge_of_ones_own,
    "care.PurgeService.withdraw": _purge_of_ones_own,
    "configuration.ListService.add": lists(
        lambda w, s, seen: s.add(w.me, SOURCES, ListLine(f"word {w.number()}"), seen)
    ),
    "configuration.ListService.change": lists(
        lambda w, s, seen: s.change(w.me, SOURCES, ListLine("Airwave", (), marked=bool(seen % 2)), seen)
    ),
    "configuration.ListService.retire": lists(lambda w, s, seen: s.retire(w.me, SOURCES, "Airwave", seen)),
    "configuration.ListService.bring_back": lists(
        lambda w, s, seen: s.bring_back(w.me, SOURCES, "Airwave", seen)
    ),
    "configuration.ListService.move": lists(
        lambda w, s, seen: s.move(w.me, SOURCES, "telephone", seen, up=True)
    ),
    "configuration.SettingsService.change": lambda w: SettingsService(
        w.own.database, w.people.folder, {}
    ).change(w.me, "late_entry_minutes", 20 + w.number()),
    "configuration.SettingsService.reset": lambda w: SettingsService(
        w.own.database, w.people.folder, {}
    ).reset(w.me, "late_entry_minutes"),
    "deployments.BidService.add": bids(lambda w, b: b.add(w.me, CONTENT)),
    "deployments.BidService.ask": bids(lambda w, b: b.ask(w.me, w.submitted(), "Which street?")),
    "deployments.BidService.assess": bids(
        lambda w, b: b.assess(
            w.me,
            key := w.submitted(),
            Assessment(GOOD_SCORES | w.desk.services.bids.proposed(w.desk.coordinator, key)),
        )
    ),
    "deployments.BidService.bid": bids(lambda w, b: b.bid(w.me, w.bid())),
    "deployments.BidService.concerns": bids(lambda w, b: b.concerns(w.me, CONTENT)),
    "deployments.BidService.edit": bids(lambda w, b: b.edit(w.me, w.bid(), CONTENT, 1)),
    "deployments.BidService.history": bids(lambda w, b: there(b.history(w.me, w.bid()))),
    "deployments.BidService.lapse": bids(lambda w, b: b.lapse(w.me, w.approved().id, WHY)),
    "deployments.BidService.proposed": bids(lambda w, b: b.proposed(w.me, w.bid())),
    "deployments.BidService.submit": bids(lambda w, b: b.submit(w.me, w.bid())),
    "deployments.BidService.withdraw": bids(lambda w, b: b.withdraw(w.me, w.submitted(), WHY)),
    "deployments.DeploymentService.abort": running(lambda w, d: d.abort(w.me, w.scheduled(), WHY)),
    "deployments.DeploymentService.close": running(lambda w, d: d.close(w.me, w.evaluated())),
    "deployments.DeploymentService.deployment": running(
        lambda w, d: d.deployment(w.me, w.desk.surveyed(w.approved()).id)
    ),
    "deployments.DeploymentService.evaluate": running(
        lambda w, d: d.evaluate(w.me, w.removed(days_ago=70), "It helped.", before=5, during=1, after=2)
    ),
    "deployments.DeploymentService.go_live": running(lambda w, d: d.go_live(w.me, w.ready())),
    "deployments.DeploymentService.history": running(
        lambda w, d: there(d.history(w.me, w.desk.surveyed(w.approved()).id))
    ),
    "deployments.DeploymentService.install": running(lambda w, d: d.install(w.me, w.scheduled())),
    "deployments.DeploymentService.order_removal": running(
        lambda w, d: d.order_removal(w.me, w.live().id, WHY)
    ),
    "deployments.DeploymentService.plan": running(lambda w, d: d.plan(w.me, w.approved().id)),
    "deployments.DeploymentService.record_dpia": running(
        lambda w, d: d.record_dpia(w.me, w.planned(), passed=True, reference="DPIA-2026-32")
    ),
    "deployments.DeploymentService.record_failed_check": running(
        lambda w, d: d.record_failed_check(w.me, w.live().id, CheckKind.SIGNS, WHY)
    ),
    "deployments.DeploymentService.picture": running(lambda w, d: d.picture(w.me, w.live().id)),
    "deployments.DeploymentService.record_signs": running(lambda w, d: d.record_signs(w.me, w.installed())),
    "deployments.DeploymentService.record_survey": running(
        lambda w, d: d.record_survey(w.me, w.planned(), column="LC 15", note="Good.")
    ),
    "deployments.DeploymentService.record_test_image": running(
        lambda w, d: d.record_test_image(w.me, w.installed(), w.desk.picture())
    ),
    "deployments.DeploymentService.remove": running(lambda w, d: d.remove(w.me, w.ending(), signs_down=True)),
    "deployments.DeploymentService.resume": running(lambda w, d: d.resume(w.me, w.suspended())),
    "deployments.DeploymentService.schedule": running(
        lambda w, d: d.schedule(w.me, w.desk.surveyed(w.approved()).id, w.unit().id, w.desk.today)
    ),
    "deployments.DeploymentService.start_review": running(
        lambda w, d: d.start_review(w.me, w.live().id, WHY)
    ),
    "deployments.DeploymentService.suspend": running(lambda w, d: d.suspend(w.me, w.live().id, "dark")),
    "deployments.MeetingService.agenda": meetings(lambda w, m: m.agenda(w.me, w.meeting())),
    "deployments.MeetingService.cancel": meetings(
        lambda w, m: m.cancel(w.me, w.desk.meeting(w.day()).id, WHY)
    ),
    "deployments.MeetingService.chair_approves": meetings(
        lambda w, m: (w.desk.meeting(w.day()), m.chair_approves(w.me, w.desk.assessed().id, WHY))
    ),
    "deployments.MeetingService.chair_extends": meetings(
        lambda w, m: (w.desk.meeting(w.day()), m.chair_extends(w.me, w.live().id, WHY))
    ),
    "deployments.MeetingService.decisions": meetings(lambda w, m: m.decisions(w.me, w.approved().id)),
    "deployments.MeetingService.move": meetings(
        lambda w, m: m.move(w.me, w.desk.meeting(w.day()).id, w.day(), "11:00", "Town hall")
    ),
    "deployments.MeetingService.next_agenda": meetings(
        lambda w, m: (w.desk.meeting(w.day()), m.next_agenda(w.me))
    ),
    "deployments.MeetingService.plan": meetings(lambda w, m: m.plan(w.me, w.day(), "10:00", "Town hall")),
    "deployments.MeetingService.plan_ahead": meetings(
        lambda w, m: m.plan_ahead(w.me, date(2028, 3, 1), "10:00", "Town hall", week=4, weekday=3)
    ),
    "deployments.MeetingService.ratify": meetings(
        lambda w, m: m.ratify(w.me, *w.chairs_action(), ratified=True)
    ),
    "deployments.MeetingService.record_decision": meetings(
        lambda w, m: m.record_decision(w.me, *w.tabled(), Outcome.APPROVED, reason=WHY)
    ),
    "deployments.MeetingService.record_extension": meetings(
        lambda w, m: m.record_extension(w.me, *_extension_of(w), Outcome.EXTENDED, reason=WHY)
    ),
    "deployments.MeetingService.save_minutes": meetings(
        lambda w, m: m.save_minutes(w.me, w.meeting(), "Present: all.")
    ),
    "deployments.MeetingService.table_bid": meetings(
        lambda w, m: m.table_bid(w.me, w.desk.assessed().id, w.meeting())
    ),
    "deployments.MeetingService.table_deployment": meetings(
        lambda w, m: m.table_deployment(w.me, w.live().id, w.meeting(), "paper")
    ),
    "deployments.MeetingService.close": meetings(lambda w, m: m.close(w.me, w.empty_meeting(), "Closed.")),
    "deployments.UnitService.add": units(
        lambda w, u: u.add(w.me, NewUnit(f"RDC-{w.number():02}", "Axis", "Q6225-LE"))
    ),
    "deployments.UnitService.report_fault": units(lambda w, u: u.report_fault(w.me, w.unit().id, "dark")),
    "deployments.UnitService.report_repair": units(lambda w, u: u.report_repair(w.me, w.faulty_unit())),
    "deployments.UnitService.retire": units(lambda w, u: u.retire(w.me, w.unit().id, "too old")),
    "incidents.IncidentService.act (approve)": incidents(
        lambda w, i: i.act(w.me, w.incident(_A.SUBMIT).id, Step(_A.APPROVE))
    ),
    "incidents.IncidentService.act (return)": incidents(
        lambda w, i: i.act(w.me, w.incident(_A.SUBMIT).id, Step(_A.RETURN, WHY))
    ),
    "incidents.IncidentService.act (reopen)": incidents(
        lambda w, i: i.act(w.me, w.incident(_A.APPROVE).id, Step(_A.REOPEN, WHY))
    ),
    "incidents.IncidentService.act (any other step)": incidents(
        lambda w, i: i.act(w.me, w.incident().id, Step(_A.MONITOR))
    ),
    "incidents.IncidentService.amend": incidents(
        lambda w, i: i.amend(w.me, w.incident().id, Amendment(place="Park Lane"))
    ),
    "incidents.IncidentService.inform_agency": incidents(
        lambda w, i: i.inform_agency(w.me, w.incident().id, w.log.vocabulary.agencies[0])
    ),
    "incidents.IncidentService.link_entry": incidents(
        lambda w, i: i.link_entry(w.me, w.incident().id, w.entry().id)
    ),
    "incidents.IncidentService.join_entries": incidents(
        lambda w, i: i.join_entries(w.me, w.incident().id, [])
    ),
    "incidents.IncidentService.open_from_entry": incidents(
        lambda w, i: i.open_from_entry(w.me, w.entry().id, "robbery")
    ),
    "incidents.IncidentService.open_incident": incidents(
        lambda w, i: i.open_incident(w.me, NewIncident("robbery", "Seen."))
    ),
    "incidents.IncidentService.add_addendum": incidents(
        lambda w, i: i.add_addendum(w.me, w.incident(_A.APPROVE).id, "more known", "He came back.")
    ),
    "incidents.IncidentService.incident": incidents(lambda w, i: i.incident(w.me, w.incident().id)),
    "incidents.RestrictionService.restrict": lambda w: RestrictionService(w.own.database).restrict(
        w.me, w.incident().id, [], WHY
    ),
    "incidents.RestrictionService.lift": lambda w: (
        key := w.incident().id,
        RestrictionService(w.own.database).restrict(w.me, key, [], WHY),
        RestrictionService(w.own.database).lift(w.me, key, WHY),
    ),
    "incidents.RestrictionService.restriction": lambda w: RestrictionService(w.own.database).restriction(
        w.me, w.incident().id
    ),
    "recording.HoldHistory.of_number": lambda w: HoldHistory(w.own.database).of_number(
        w.me, w.camera_number()
    ),
    "log.LogService.entry": lambda w: w.log.entry(w.me, w.entry().id),
    "log.LogService.picture": lambda w: w.log.picture(w.me, w.picture()),
}


def there(found: list) -> list:
    """What a history says, which is never nothing."""
    assert found
    return found


def generic(world: World, case: str) -> Any:
    """With the arguments of the matrix."""
    _, owner, name = case.split(".")
    name = name.partition(" ")[0]
    service = next(
        each for each in world.services if any(owner == made.__name__ for made in type(each).__mro__)
    )
    method = getattr(service, name)
    return method(world.me, **arguments(case, method))


def tried(world: World, case: str, *, allowed: bool) -> str:
    """What a use case came to: done, refused for want of the permission, or the error."""
    try:
        WAYS[case](world) if allowed and case in WAYS else generic(world, case)
    except PermissionRefused as refused:
        return "refused" if " may not " in str(refused) else f"{type(refused).__name__}: {refused}"
    except ControlRoomError as error:
        return f"{type(error).__name__}: {error}"
    return "done"


@pytest.mark.parametrize("role", list(Role))
def test_every_use_case_is_done_under_the_roles_own_login_or_refused(tmp_path, role, record_property):
    world = World(make_people(tmp_path), role)
    wrong, done = [], 0
    # A meeting is closed before others have put anything on the agenda of the next.
    for case in sorted(USE_CASES, key=lambda each: each != "deployments.MeetingService.close"):
        permission = USE_CASES[case]
        allowed = permission is None or permission in PERMISSIONS[role]
        came = tried(world, case, allowed=allowed)
        done += came == "done"
        if came != ("done" if allowed else "refused"):
            wrong.append(f"{case}: {came}, and {role.value} {'may' if allowed else 'may not'}")
    record_property("done", done)
    print(f"{role.value}: {done} use cases done, {len(USE_CASES) - done} refused")
    assert not wrong, "\n".join(wrong)
    with world.people.database.read() as session:
        outcome = audit.verify(session)
    assert outcome.faults == (), "every row that a use case writes is vouched for by its audit entry"
    assert outcome.rows


def test_a_record_changed_meanwhile_is_said_as_that_with_who_changed_it(tmp_path):
    world = World(make_people(tmp_path), Role.COORDINATOR)
    service, key = world.deployments.bids, world.bid()
    world.desk.services.bids.edit(world.desk.coordinator, key, replace(CONTENT, place="Broom Road"), 1)
    with pytest.raises(Conflict, match="changed meanwhile by JAG coordinator"):
        service.edit(world.me, key, CONTENT, 1)
    meeting = world.meeting()
    seen = next(each.version for each in world.deployments.meetings.meetings(world.me) if each.id == meeting)
    world.desk.services.meetings.save_minutes(world.desk.coordinator, meeting, "Present: one.")
    with pytest.raises(Conflict, match="changed meanwhile by JAG coordinator"):
        world.deployments.meetings.save_minutes(world.me, meeting, "Present: two.", seen)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
def test_an_incident_changed_meanwhile_is_said_as_that(tmp_path, role):
    world = World(make_people(tmp_path), role)
    made = world.incident()
    IncidentService(world.office_log).act(world.actor(Role.SUPERVISOR), made.id, Step(_A.MONITOR))
    with pytest.raises(Conflict, match="changed meanwhile"):
        IncidentService(world.log).amend(world.me, made.id, Amendment(place="Park Lane"), made.version)


@pytest.mark.parametrize("role", list(Role))
def test_a_desk_shows_what_is_past_its_end_and_the_recorder_raises_the_alert(tmp_path, role):
    world = World(make_people(tmp_path), role)
    live = world.live()
    world.people.clock.at += timedelta(days=120)
    (shown,) = world.deployments.alerts.raise_due()
    assert shown.deployment_id == live.id
    assert alerts(world) == []
    let_the_recorder_look(world)
    assert alerts(world) == [(live.id,)]
    with world.people.line("recorder") as connection:
        said = "SELECT DISTINCT actor FROM audit_entries WHERE action = 'deployment.alert'"
        assert connection.execute(said).fetchall() == [("Control Room",)]


def let_the_recorder_look(world: World) -> None:
    """Do what the recorder does by the calendar, under its own login."""
    recorder = open_database(world.people.url("recorder"), world.people.clock, NOUNS)
    OPENED.append(recorder)
    store = SnapshotStore(world.people.folder / "snapshots")
    DeploymentServices.over(recorder, load_policy(), store).alerts.raise_due()


def test_the_recorder_ends_a_chairs_action_and_vouches_for_what_it_wrote(tmp_path):
    world = World(make_people(tmp_path), Role.COORDINATOR)
    office, running = world.desk, world.desk.services.deployments
    office.meeting(office.today + timedelta(days=60))
    bid = office.assessed()
    action = office.services.meetings.chair_approves(office.coordinator, bid.id, WHY)
    key = office.scheduled(bid, office.unit()).id
    running.install(office.coordinator, key)
    office.go_live(key)
    world.people.clock.at += timedelta(days=36)
    let_the_recorder_look(world)
    ended = world.deployments.deployments.deployment(world.me, key)
    assert (ended.state, ended.remove_by, ended.approval) == (DeploymentState.ENDING, office.today, None)
    decided = {each.id: each for each in world.deployments.meetings.decisions(world.me, bid.id)}
    assert decided[action.id].ratification is Outcome.LAPSED
    with world.people.database.read() as session:
        verified = audit.verify(session)
    assert (verified.faults, verified.rows > 10) == ((), True)
    with world.people.line("recorder") as connection:
        said = "SELECT DISTINCT actor FROM audit_entries WHERE action = 'bid.chair-lapsed'"
        assert connection.execute(said).fetchall() == [("Control Room",)]


def alerts(world: World) -> list[tuple]:
    with world.people.administrator() as connection:
        return connection.execute("SELECT deployment_id FROM deployment_alerts").fetchall()


def test_who_leaves_after_another_sat_down_is_noted_as_brought_in(tmp_path):
    world = World(make_people(tmp_path), Role.OPERATOR)
    world.own.sign_in.sign_in("coordinator", PASSWORD)
    world.own.sign_in.sign_out(world.me)
    with world.people.line("auditor") as connection:
        newest = "SELECT actor, action, detail::jsonb ->> 'brought_in_by' FROM audit_entries ORDER BY sequence DESC"
        assert connection.execute(newest).fetchone() == ("Operator 07", "sign-out", "JAG coordinator")


def writer(world: World) -> OutboxWriter:
    return OutboxWriter(world.log)


def item(actor: Actor, kind: ItemKind, world: World, **more: Any) -> OutboxItem:
    """Something that was accepted on a desk while the database was away."""
    now = world.people.clock.now()
    return OutboxItem(str(uuid.uuid4()), kind, actor, now, now, away=True, **more)


BRINGERS = [Role.OPERATOR, Role.SUPERVISOR, Role.COORDINATOR]


@pytest.mark.parametrize("role", BRINGERS)
def test_what_another_wrote_during_an_outage_is_saved_in_their_name_and_says_who_brought_it_in(
    tmp_path, role
):
    world = World(make_people(tmp_path), role)
    author = world.actors["second"]
    entry = item(author, ItemKind.ENTRY, world, entry=NewLogEntry("written while it was away"))
    saved = writer(world).write(entry)
    added = NewAddendum("more known", "about it", entry_key=entry.key)
    writer(world).write(item(author, ItemKind.ADDENDUM, world, addendum=added))
    read = world.log.entry(world.me, saved.entry_id)
    own = world.people.handles[role.value]
    assert (read.author, read.brought_in_by, read.text) == (author.handle, own, "written while it was away")
    (addendum,) = read.addenda
    assert (addendum.author, addendum.brought_in_by) == (author.handle, own)
    assert writer(world).write(entry).entry_id == saved.entry_id
    with world.people.line("auditor") as connection:
        marked = "SELECT actor, action FROM audit_entries WHERE detail::jsonb ->> 'brought_in_by' = %s"
        assert set(connection.execute(marked, (own,)).fetchall()) == {
            (author.handle, "log.written"),
            (author.handle, "log.addendum"),
        }
    with world.people.database.read() as session:
        assert audit.verify(session).fault == ""


@pytest.mark.parametrize("role", list(Role))
def test_a_note_of_somebodys_sign_in_holds_up_nothing_and_is_written_once(tmp_path, role):
    world = World(make_people(tmp_path), role)
    note = item(world.actors["second"], ItemKind.SIGN_IN, world)
    writer(world).write(note)
    writer(world).write(note)
    with world.people.line("auditor") as connection:
        noted = "SELECT actor, detail::jsonb ->> 'brought_in_by' FROM audit_entries WHERE action = 'sign-in.remembered'"
        assert connection.execute(noted).fetchall() == [("Supervisor 03", world.people.handles[role.value])]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
def test_an_entry_of_an_incident_brought_in_is_linked_by_who_is_connected(tmp_path, role):
    world = World(make_people(tmp_path), role)
    made = world.incident()
    new = NewLogEntry("seen again", incident_id=made.id)
    saved = writer(world).write(item(world.actors["second"], ItemKind.ENTRY, world, entry=new))
    with world.people.line("auditor") as connection:
        linked = "SELECT linked_by FROM incident_entries WHERE entry_id = %s"
        assert connection.execute(linked, (saved.entry_id,)).fetchall() == [(world.me.handle,)]


@pytest.mark.parametrize("role", BRINGERS)
def test_nothing_but_log_entries_and_addenda_is_brought_in(tmp_path, role):
    world = World(make_people(tmp_path), role)
    row = '{"author": "Supervisor 03", "subject": "bid"}'
    tables = ("incident_steps", "jag_decisions", "purges", "log_texts", "users", "audit_entries")
    with world.people.line(role.value) as connection:
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is refused"):
                connection.execute("SELECT controlroom_bring_in(%s, %s::jsonb)", (table, row))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is refused"):
            connection.execute("SELECT controlroom_bring_in('log_entries', '{}'::jsonb)")
