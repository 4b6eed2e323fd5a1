"""An incident restricted to named people is not there for anybody else: not in lists, words, counts, files, audit."""

import pytest
from sqlalchemy import func, select, text

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.records import Role
from controlroom.audit import service as audit
from controlroom.audit.queries import ABOUT_RESTRICTED
from controlroom.audit.records import AuditFilter
from controlroom.errors import InvalidInput, NotFound, PermissionRefused, RuleBroken
from controlroom.incidents.records import IncidentAction, IncidentFilter
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.tables import IncidentRow
from controlroom.log.records import LogFilter, NewLogEntry
from controlroom.log.tables import LogEntryRow
from tests.builders import PASSWORD
from tests.log.writing import write_addendum, write_entry

pytestmark = pytest.mark.both_engines
WORD = "kingfisher"


@pytest.fixture
def restricting(desk):
    return RestrictionService(desk.room.database)


@pytest.fixture
def colleague(desk):
    """Another operator, never named."""
    accounts = desk.room.accounts
    accounts.add(desk.room.administrator, "colleague", "Operator 11", PASSWORD, {Role.OPERATOR})
    return desk.room.sign_in.sign_in("colleague", PASSWORD)


@pytest.fixture
def secret(desk, restricting):
    """An incident with two entries and an addendum that only the operator and the supervisor see."""
    incident = desk.open(text=f"Handover of a {WORD} in the arcade")
    write_entry(desk.log, desk.operator, NewLogEntry(f"Second {WORD}", incident_id=incident.id))
    entry = desk.incidents.incident(desk.operator, incident.id).timeline[1].entry
    write_addendum(desk.log, desk.operator, entry.id, "more", f"a {WORD} again")
    restricting.restrict(desk.supervisor, incident.id, [desk.operator.user_id], "Operation Heron")
    return desk.incidents.incident(desk.operator, incident.id)


def test_who_is_not_named_finds_it_nowhere(desk, secret, colleague):
    open_one = desk.open(text="An ordinary matter")
    for actor in (colleague, desk.room.coordinator, desk.room.auditor):
        listed = desk.incidents.incidents(actor).records
        assert [each.id for each in listed] == [open_one.id]
        for wanted in (secret.incident.reference, secret.incident.id):
            with pytest.raises(NotFound):
                desk.incidents.incident(actor, wanted)
        assert desk.log.search(actor, WORD).records == ()
        assert desk.log.search(actor, secret.incident.reference).records == ()
        assert not desk.incidents.incidents(actor, IncidentFilter(words=WORD)).records
        assert len(desk.log.entries(actor).records) == 1
        assert sum(desk.incidents.counts(actor).values()) == 1
        with pytest.raises(NotFound):
            desk.log.entry(actor, secret.timeline[1].entry.id)


def test_exports_and_what_waits_for_review_leave_it_out(desk, secret):
    auditor = desk.room.auditor
    assert desk.incidents.export(auditor, IncidentFilter()) == []
    assert desk.log.export(auditor, LogFilter()) == []
    for action in (IncidentAction.MONITOR, IncidentAction.INFORM_POLICE, IncidentAction.POLICE_ARRIVE):
        desk.act(secret.incident, action)
    desk.act(secret.incident, IncidentAction.CONCLUDE)
    desk.act(secret.incident, IncidentAction.SUBMIT)
    desk.room.accounts.add(desk.room.administrator, "other", "Supervisor 03", PASSWORD, {Role.SUPERVISOR})
    other = desk.room.sign_in.sign_in("other", PASSWORD)
    assert (desk.incidents.awaiting(desk.supervisor), desk.incidents.awaiting(other)) == (1, 0)


def test_nothing_can_be_done_to_it_by_who_does_not_see_it(desk, secret, restricting, colleague):
    attempts = (
        lambda: write_entry(desk.log, colleague, NewLogEntry("mine", incident_id=secret.incident.id)),
        lambda: desk.incidents.act(colleague, secret.incident.id, _step(IncidentAction.MONITOR)),
        lambda: write_addendum(desk.log, colleague, secret.timeline[1].entry.id, "why", "words"),
        lambda: restricting.restriction(colleague, secret.incident.id),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def _step(action):
    from controlroom.incidents.records import Step

    return Step(action)


def test_those_named_work_on_as_before_and_see_its_mark(desk, secret):
    assert secret.incident.restricted
    write_entry(desk.log, desk.operator, NewLogEntry("And on", incident_id=secret.incident.id))
    file = desk.incidents.incident(desk.operator, secret.incident.id)
    assert file.incident.restricted
    assert "And on" in [line.text for line in file.timeline]
    assert desk.log.search(desk.supervisor, WORD).records


def test_the_audit_keeps_the_link_and_withholds_what_it_says(desk, secret, colleague):
    trail = AuditTrail(desk.room.database)
    about = AuditFilter(subject=secret.incident.reference)
    with desk.room.database.read() as session:
        chain = audit.verify(session)
    assert chain.sound
    for entry in _listed(trail, desk.room.auditor, about):
        assert (entry.text, entry.detail, entry.removed) == ("", {}, ABOUT_RESTRICTED)
    (newest, *_rest) = _listed(trail, desk.supervisor, about)
    assert newest.action == "incident.restricted"
    assert newest.text == "Operation Heron (Operator 07, Supervisor 02)"
    assert not _listed(trail, desk.room.auditor, AuditFilter(words="Heron"))
    assert not _listed(
        trail, desk.room.auditor, AuditFilter(subject=secret.incident.reference, words="robbery")
    )


def _listed(trail, actor, wanted):
    from controlroom.accounts.access import require
    from controlroom.accounts.permissions import Permission
    from controlroom.audit import queries

    with trail._database.read() as session:
        require(session, actor, Permission.READ_AUDIT)
        return list(queries.list_entries(session, wanted).entries)


def test_lifting_it_lets_everybody_see_it_again(desk, secret, restricting, colleague):
    restricting.lift(desk.supervisor, secret.incident.id, "Operation ended")
    assert not desk.incidents.incident(colleague, secret.incident.id).incident.restricted
    assert desk.log.search(colleague, WORD).records
    with pytest.raises(RuleBroken, match="not restricted"):
        restricting.lift(desk.supervisor, secret.incident.id, "Twice")


def test_naming_others_later_replaces_the_list(desk, secret, restricting, colleague):
    restricting.restrict(desk.supervisor, secret.incident.id, [colleague.user_id], "Colleague takes over")
    assert desk.incidents.incident(colleague, secret.incident.id).incident.restricted
    with pytest.raises(NotFound):
        desk.incidents.incident(desk.operator, secret.incident.id)
    found = restricting.restriction(desk.supervisor, secret.incident.id)
    assert found is not None
    assert [each.handle for each in found.readers] == ["Operator 11", "Supervisor 02"]


def test_only_a_supervisor_restricts_with_a_reason_and_only_to_people_of_the_room(desk, restricting):
    incident = desk.open()
    with pytest.raises(PermissionRefused):
        restricting.restrict(desk.operator, incident.id, [], "because")
    with pytest.raises(InvalidInput, match="reason"):
        restricting.restrict(desk.supervisor, incident.id, [], "  ")
    for stranger in (desk.room.administrator.user_id, 999):
        with pytest.raises(InvalidInput, match="Somebody named"):
            restricting.restrict(desk.supervisor, incident.id, [stranger], "why")
    handles = [each.handle for each in restricting.candidates(desk.supervisor)]
    assert "Operator 07" in handles
    assert "Administrator" not in handles


def test_a_session_nobody_reads_for_sees_everything(desk, secret):
    """Backups, the purge and verification are not anybody's eyes."""
    with desk.room.database.read() as session:
        assert session.scalar(select(func.count()).select_from(IncidentRow)) == 1
        assert session.scalar(select(func.count()).select_from(LogEntryRow)) == 2
        assert session.scalar(text("SELECT count(*) FROM incident_readers")) == 2
