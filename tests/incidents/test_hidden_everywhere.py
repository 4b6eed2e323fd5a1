"""Every use case, by somebody not named: it answers for a restricted record as for one that never was."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.records import Actor, Role
from controlroom.accounts.use_cases import USE_CASES
from controlroom.audit.records import AuditFilter
from controlroom.care.purging import PurgeService
from controlroom.errors import ControlRoomError, NotFound
from controlroom.incidents.records import IncidentAction, IncidentFilter
from controlroom.incidents.restrictions import RestrictionService
from controlroom.log.records import LogFilter, NewLogEntry, Snapshot
from tests.accounts.test_matrix import NOBODY, arguments, services_over
from tests.builders import PASSWORD
from tests.incidents.desk import ROAD, make_desk
from tests.log.writing import write_entry
from tests.step_keys import step_keys_of

pytestmark = pytest.mark.both_engines
WORD = "kingfisher"
LONG_AGO = timedelta(days=9 * 365)
NAMED_BY = ("incident_id", "entry_id", "incident")  # arguments that name a record


@pytest.fixture
def secret(tmp_path: Path, engine_kind: str) -> SimpleNamespace:
    """An incident with a picture that only its operator and the supervisor see, and somebody with every role."""
    desk = make_desk(tmp_path)
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"two people in the arcade")
    incident = desk.open(text=f"Handover of a {WORD}")
    entry = write_entry(
        desk.log, desk.operator, NewLogEntry(f"A {WORD}", incident_id=incident.id, snapshot=picture)
    )
    RestrictionService(desk.room.database).restrict(
        desk.supervisor, incident.id, [desk.operator.user_id], f"Operation {WORD}"
    )
    desk.room.accounts.add(desk.room.administrator, "other", "Other", PASSWORD, frozenset(Role))
    other = desk.room.sign_in.sign_in("other", PASSWORD)
    return SimpleNamespace(desk=desk, incident=incident, entry=entry, other=other)


def answer(use: Callable[..., Any], actor: Actor, given: dict[str, Any]) -> str:
    """What somebody is told, without the number of the record they asked for."""
    try:
        said = f"gave {use(actor, **given)!r}"
    except ControlRoomError as error:
        said = f"{type(error).__name__}: {error}"
    named = {str(each) for name, each in given.items() if name in NAMED_BY}
    return re.sub(rf"\b({'|'.join(map(re.escape, named))})\b", "#", said) if named else said


def uses(secret: SimpleNamespace) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    services = services_over(secret.desk.room)
    for case in USE_CASES:
        if case.endswith(".change_password"):
            continue
        _, owner, name = re.sub(r" \(.*", "", case).split(".")
        service = next(
            each for each in services if any(owner == made.__name__ for made in type(each).__mro__)
        )
        yield case, getattr(service, name), arguments(case, getattr(service, name))


def test_a_restricted_record_is_answered_for_like_one_that_never_was(secret: SimpleNamespace):
    keys = {"incident_id": secret.incident.id, "entry_id": secret.entry.id, "incident": secret.incident.id}
    wrong, tried = [], 0
    for case, use, given in uses(secret):
        for name in set(NAMED_BY) & set(given):
            tried += 1
            absent = answer(use, secret.other, {**given, name: NOBODY})
            hidden = answer(use, secret.other, {**given, name: keys[name]})
            if hidden != absent:
                wrong.append(f"{case}: {hidden} and not {absent}")
    assert not wrong, "\n".join(wrong)
    assert tried > 8


def test_nothing_that_is_read_speaks_of_it(secret: SimpleNamespace):
    told = []
    wanted = {"typed": WORD, "incident": secret.incident.reference}
    for case, use, given in uses(secret):
        said = answer(
            use, secret.other, {**given, **{name: wanted[name] for name in wanted if name in given}}
        )
        if WORD in said.replace(f"'{WORD}'", "") or (
            secret.incident.reference in said and "AuditTrail" not in case
        ):
            told.append(f"{case}: {said[:300]}")
    assert not told, "\n".join(told)


def test_the_picture_of_an_entry_is_for_those_who_see_the_entry(secret: SimpleNamespace):
    snapshot = secret.entry.snapshot
    assert snapshot is not None
    for actor in (secret.other, secret.desk.room.auditor, secret.desk.room.coordinator):
        with pytest.raises(NotFound, match="no such picture"):
            secret.desk.log.picture(actor, snapshot)
    assert secret.desk.log.picture(secret.desk.operator, snapshot).is_file()
    for made_up in (Snapshot(snapshot.path, "0" * 64), Snapshot("../room.db", snapshot.sha256)):
        with pytest.raises(NotFound):
            secret.desk.log.picture(secret.desk.operator, made_up)


def test_the_mark_that_there_is_more_tells_nothing(secret: SimpleNamespace):
    trail, desk = AuditTrail(secret.desk.room.database), secret.desk
    for _ in range(4):
        write_entry(desk.log, desk.operator, NewLogEntry(WORD, incident_id=secret.incident.id))
    for actor, more in ((secret.other, False), (desk.supervisor, True)):
        part = trail.entries(actor, AuditFilter(words=secret.incident.reference), limit=1)
        assert (bool(part.entries), part.before is not None) == (more, more)
        assert (desk.log.entries(actor, LogFilter(words=WORD), limit=1).next is not None) == more
        assert desk.incidents.incidents(actor, IncidentFilter(words=WORD), limit=1).next is None
    write_entry(desk.log, desk.operator, NewLogEntry(f"an open {WORD}"))
    found = desk.log.entries(secret.other, LogFilter(words=WORD), limit=1)
    assert (len(found.records), found.next) == (1, None)


def test_a_purge_takes_what_it_counted_restricted_text_among_it(secret: SimpleNamespace):
    room = secret.desk.room
    finish(secret)
    room.clock.advance(LONG_AGO)
    purges = PurgeService(room.database, secret.desk.log.snapshots, step_keys_of(room, secret.other))
    before = date(2027, 1, 1)
    shown = purges.preview(secret.other, before)
    assert shown.numbers["pictures"] == 1
    assert shown.numbers["log_texts"] >= 2
    proposed = purges.propose(secret.other, before, "retention policy")
    assert proposed.counted.numbers["log_texts"] == shown.numbers["log_texts"]
    assert WORD not in repr(proposed)
    purges.approve(room.administrator, proposed.id)
    done = purges.execute(room.administrator, proposed.id)
    assert done.removed.numbers["log_texts"] == proposed.counted.numbers["log_texts"]
    assert done.removed.numbers["pictures"] == 1
    assert not secret.desk.log.search(secret.desk.operator, WORD).records


def finish(secret: SimpleNamespace) -> None:
    """Take an incident to its end, so that a purge does not spare it."""
    for action in ROAD:
        secret.desk.act(secret.incident, action)
    secret.desk.act(secret.incident, IncidentAction.APPROVE, secret.desk.supervisor)
