"""The permission matrix, whole: every use case as every role, refused exactly where the table says so."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import controlroom
from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.desk_sign_in import DeskSignIn
from controlroom.accounts.matrix import as_markdown
from controlroom.accounts.permissions import PERMISSIONS
from controlroom.accounts.records import Actor, NewAccount, Role
from controlroom.accounts.remembered import RememberedPeople
from controlroom.accounts.step_keys import StepKeys
from controlroom.accounts.use_cases import OPEN, USE_CASES
from controlroom.app.picture_check import check_decodes
from controlroom.audit.records import AuditFilter
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.keys.service import SiteKeyService
from controlroom.cameras.preset_pictures import PresetPictures
from controlroom.cameras.preset_service import PresetService
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.register_file.records import ReadFile, ReadRow
from controlroom.cameras.register_import import RegisterImport
from controlroom.cameras.service import CameraService
from controlroom.care.purging import PurgeService
from controlroom.configuration.list_service import ListService
from controlroom.configuration.service import SettingsService
from controlroom.deployments.bids.records import Assessment
from controlroom.deployments.meetings.records import Outcome
from controlroom.deployments.policy import load_policy
from controlroom.deployments.service import DeploymentServices
from controlroom.deployments.units.records import NewUnit
from controlroom.errors import ControlRoomError, PermissionRefused, Unavailable
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import Amendment, IncidentAction, IncidentFilter, NewIncident, Step
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary as vocabularies
from controlroom.log.records import LogFilter, Snapshot
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.recording.health_store import HealthService
from controlroom.recording.hold_history import HoldHistory
from controlroom.search.service import SearchService
from controlroom.settings import Settings
from tests.builders import PASSWORD, Room, make_room
from tests.deployments.builders import CONTENT

ROOT = Path(controlroom.__file__).parent
NOT_SERVICES = {"ui", "app", "tour", "bench", "demo", "simulator", "doctor"}
REVIEWS = {"approve", "reopen", "return"}
NOBODY = 999


def use_cases_in_code() -> Iterator[str]:
    """`package.Class.method` of every public method that takes an actor, once: where it is first defined."""
    bases: dict[str, list[str]] = {}
    for _, owner in classes_in_code():
        bases[owner.name] = [ast.unparse(each).split(".")[-1].split("[")[0] for each in owner.bases]
    acting = {
        (owner.name, name): package for package, owner in classes_in_code() for name in acting_in(owner)
    }
    for (owner, name), package in acting.items():
        if not any((above, name) in acting for above in ancestors(owner, bases)):
            yield f"{package}.{owner}.{name}"


def ancestors(name: str, bases: dict[str, list[str]]) -> Iterator[str]:
    for above in bases.get(name, []):
        yield above
        yield from ancestors(above, bases)


def classes_in_code() -> Iterator[tuple[str, ast.ClassDef]]:
    for path in sorted(ROOT.rglob("*.py")):
        package = path.relative_to(ROOT).parts[0]
        text = path.read_text(encoding="utf-8")
        if package not in NOT_SERVICES and ("Actor" in text or "AccountService" in text):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield package, node


def acting_in(owner: ast.ClassDef) -> Iterator[str]:
    for method in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
        taken = [each.annotation for each in (*method.args.args, *method.args.kwonlyargs)]
        acts = any(each is not None and "Actor" in ast.unparse(each) for each in taken)
        if acts and not method.name.startswith("_"):
            yield method.name


def test_every_use_case_somebody_acts_in_is_listed():
    listed = {re.sub(r" \(.*", "", case) for case in USE_CASES} | set(OPEN)
    in_code = set(use_cases_in_code())
    assert not in_code - listed, "give each its line in controlroom/accounts/use_cases.py"
    assert not listed - in_code, "these are gone from the code"


def test_the_page_in_the_documentation_is_what_the_code_says():
    written = (ROOT.parent / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "run `controlroom user matrix > docs/permissions.md`"


def test_no_role_holds_everything_and_none_is_idle():
    every = frozenset().union(*PERMISSIONS.values())
    assert all(PERMISSIONS[role] and PERMISSIONS[role] != every for role in Role)


class LostKey:
    """A site key that is lost, so that a new one may be made."""

    trouble = Unavailable("The site key is lost.")
    fingerprint = ""

    def take(self, key: object) -> None:
        """Nothing is sealed with it here."""


def services_over(room: Room) -> list[Any]:
    """One of every service."""
    settings = Settings()
    log = LogService(
        room.database, vocabularies.load(), SnapshotStore(room.folder / "snapshots"), IncidentLinks()
    )
    services = DeploymentServices.over(
        room.database, load_policy(settings), SnapshotStore(room.folder / "snapshots"), check_decodes
    )
    key: Any = LostKey()
    people = RememberedPeople(room.folder / "people", room.site_key, room.clock, lambda: 7)
    return [
        room.sign_in,
        DeskSignIn(room.sign_in, people, room.database.availability, lambda _actor, _what: None),
        room.accounts,
        AuditTrail(room.database),
        PurgeService(room.database, log.snapshots, StepKeys()),
        CameraService(room.database, room.site_key),
        PresetService(room.database),
        PresetPictures(room.database),
        HoldHistory(room.database),
        RegisterImport(room.database, room.site_key),
        SiteKeyService(room.database, key, room.folder / "no.key"),
        SettingsService(room.database, room.folder, {}),
        ListService(room.database, room.folder),
        services.bids,
        services.meetings,
        services.units,
        services.deployments,
        services.overview,
        IncidentService(log),
        log,
        RestrictionService(room.database),
        HealthService(room.database),
        SearchService(room.database),
    ]


def arguments(case: str, method: Callable[..., object]) -> dict[str, Any]:
    """Something for every argument; records it names are not there, so permission is all that can be passed."""
    known: dict[str, Any] = {
        "password": PASSWORD,
        "roles": frozenset({Role.OPERATOR}),
        "last": date(2027, 1, 1),
        "camera": NewCamera("099", "Park Lane", Place("Park Lane", "Town centre", "Fairfield", 51.37, -0.1)),
        "name": "late_entry_minutes",
        "value": 20,
        "content": CONTENT,
        "assessment": Assessment({}),
        "day": date(2027, 1, 5),
        "time": "10:00",
        "until": date(2027, 3, 1),
        "on": date(2026, 11, 20),
        "first": date(2026, 11, 1),
        "since": datetime.fromisoformat("2026-11-01T00:00:00+00:00"),
        "start": datetime.fromisoformat("2026-11-01T00:00:00+00:00"),
        "end": datetime.fromisoformat("2026-11-02T00:00:00+00:00"),
        "outcome": Outcome.APPROVED,
        "unit": NewUnit("RDC-01", "Maker", "Model"),
        "changes": Amendment(place="Park Lane"),
        "wanted": _filter_of(case),
        "before": date(2019, 1, 1),
        "snapshot": Snapshot("2026/none.jpg", "0" * 64),
        "user_ids": [],
        "latitude": 51.37,
        "longitude": -0.1,
        "incident": NOBODY,
        "rows": (),
        "picture": b"\xff\xd8\xff a picture",
        "listed": (),
        "tokens": ("1",),
        "devices": [DiscoveredDevice("10.0.0.5", 80)],
        "file": ReadFile("cameras.csv", [ReadRow(2, "014", {"number": "014"})], {"number": "A"}),
    }
    if case.startswith("accounts."):
        known["new"] = NewAccount("op13", "Operator 13", frozenset({Role.OPERATOR}))
    elif case.endswith(".open_incident"):
        known["new"] = NewIncident("robbery", "Seen.")
    if case.startswith("deployments.OverviewService.timeline"):
        known["last"] = date(2026, 11, 30)
    if "IncidentService.act" in case:
        named = {each.value.casefold(): each for each in IncidentAction}
        chosen = case.partition("(")[2].rstrip(")")
        known["step"] = Step(named.get(chosen, IncidentAction.MONITOR))
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if name == "actor" or (parameter.default is not inspect.Parameter.empty and name not in known):
            continue
        given[name] = known.get(name, _something(str(parameter.annotation)))
    return given


def _filter_of(case: str) -> object:
    if ".AuditTrail." in case:
        return AuditFilter()
    return IncidentFilter() if ".IncidentService." in case else LogFilter()


def _something(annotation: str) -> object:
    if "int" in annotation:
        return NOBODY
    if "bool" in annotation:
        return True
    return "some words of text"


@contextmanager
def judged() -> Iterator[list[str]]:
    """What a call came to: refused for want of the permission, or anything else."""
    came: list[str] = []
    try:
        yield came
    except PermissionRefused as refused:
        came.append("refused" if " may not " in str(refused) else "passed")
    except ControlRoomError:
        came.append("passed")
    else:
        came.append("passed")


def call(case: str, services: list[Any], actor: Actor) -> str:
    _, owner, name = re.sub(r" \(.*", "", case).split(".")
    service = next(each for each in services if any(owner == made.__name__ for made in type(each).__mro__))
    method = getattr(service, name)
    with judged() as came:
        method(actor, **arguments(case, method))
    return came[0]


@pytest.mark.both_engines
@pytest.mark.parametrize("role", list(Role))
def test_every_use_case_is_refused_exactly_where_the_matrix_says(tmp_path, role):
    room = make_room(tmp_path)
    services, actor = services_over(room), getattr(room, role.value)
    wrong = []
    for case, permission in USE_CASES.items():
        allowed = permission is None or permission in PERMISSIONS[role]
        came = call(case, services, actor)
        if came != ("passed" if allowed else "refused"):
            wrong.append(f"{case}: {came}, and {role.value} {'may' if allowed else 'may not'}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.both_engines
def test_nobody_whose_account_is_off_passes_any_use_case(tmp_path):
    room = make_room(tmp_path)
    services = services_over(room)
    room.accounts.add(room.administrator, "second", "Second", PASSWORD, frozenset(Role))
    actor = next(
        Actor(each.id, each.handle, each.roles) for each in room.sign_in.users() if each.login == "second"
    )
    room.accounts.switch_off(room.administrator, actor.user_id, "Left.")
    passed = []
    for case in USE_CASES:
        _, owner, name = re.sub(r" \(.*", "", case).split(".")
        service = next(
            each for each in services if any(owner == made.__name__ for made in type(each).__mro__)
        )
        method = getattr(service, name)
        try:
            method(actor, **arguments(case, method))
        except PermissionRefused as refused:
            if "no longer allowed" not in str(refused) and not case.endswith(".change_password"):
                passed.append(case)
        except ControlRoomError as error:
            passed.append(f"{case}: {error}")
        else:
            passed.append(case)
    assert not passed, passed


def test_each_step_of_an_incident_needs_what_its_road_says():
    from controlroom.incidents.rules import ROAD

    for action, move in ROAD.items():
        named = f"incidents.IncidentService.act ({action.value.casefold()})"
        assert move.permission == USE_CASES.get(
            named, USE_CASES["incidents.IncidentService.act (any other step)"]
        ), action
    assert {each.value.casefold() for each in IncidentAction} >= REVIEWS
