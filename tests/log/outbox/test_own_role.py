"""On a server a desk connects as the person signed in: what it accepted is saved with that role's rights alone."""

from contextlib import closing

import pytest

from controlroom.accounts.access import actor_of
from controlroom.accounts.records import Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.database.opening import open_database
from controlroom.database.people import acts_for_a_person, people_of
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import ItemKind, ItemState
from controlroom.log.outbox.sender import REFUSALS_TRIED, Sender
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import NewAddendum, NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.site_key import SiteKey
from tests import engines
from tests.builders import FRIDAY_NIGHT, PASSWORD
from tests.clock import SetClock
from tests.database.test_people import desk_url

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
def test_entries_addenda_and_notes_are_saved_in_order_and_once_under_the_persons_own_role(tmp_path, role):
    clock = SetClock(FRIDAY_NIGHT)
    with closing(open_database(engines.administrators_url(tmp_path), clock, NOUNS)) as database:
        accounts = AccountService(database, people_of(database))
        chief = accounts.add_first("chief", "Administrator", PASSWORD)
        accounts.add(chief, "night", "Night 01", PASSWORD, {role})
    own = engines.url_as(tmp_path, engines.ROOM.person("night"), PASSWORD)
    with closing(open_database(own, clock, NOUNS)) as database:
        with database.read() as session:
            actor = actor_of(session.query(UserRow).filter_by(login="night").one())
        snapshots = SnapshotStore(tmp_path / "snapshots")
        log = LogService(database, vocabulary.load(), snapshots, IncidentLinks())
        outbox = Outbox(
            tmp_path / "spool",
            SiteKey.load_or_create(tmp_path / "site.key"),
            clock,
            log.vocabulary,
            snapshots,
        )
        sender = Sender(outbox, OutboxWriter(log).write)
        outbox.note(ItemKind.SIGN_IN, actor).result()
        first = outbox.accept(actor, NewLogEntry("first")).result()
        added = outbox.accept_addendum(
            actor, NewAddendum("more known", "about it", entry_key=first.key)
        ).result()
        outbox.accept(actor, NewLogEntry("second")).result()
        while sender.run_once():
            pass
        OutboxWriter(log).write(added)  # as after a crash between the commit and taking it out
        assert outbox.waiting() is None
        said = [(each.text, [more.text for more in each.addenda]) for each in log.entries(actor).records]
        outbox.close()
    assert said == [("second", []), ("first", ["about it"])]
    with (
        closing(open_database(engines.administrators_url(tmp_path), clock, NOUNS)) as database,
        database.read() as session,
    ):
        assert [each.action for each in audit.newest(session)].count("sign-in.remembered") == 1


def test_what_waits_stays_waiting_while_nobody_is_signed_in_and_is_saved_once_somebody_is(tmp_path):
    clock = SetClock(FRIDAY_NIGHT)
    with closing(open_database(engines.administrators_url(tmp_path), clock, NOUNS)) as database:
        accounts = AccountService(database, people_of(database))
        chief = accounts.add_first("chief", "Administrator", PASSWORD)
        accounts.add(chief, "night", "Night 01", PASSWORD, {Role.OPERATOR})
    with closing(open_database(desk_url(tmp_path), clock, NOUNS)) as database:
        sign_in = SignInService(database, people_of(database), desk="desk 1")
        actor = sign_in.sign_in("night", PASSWORD)
        snapshots = SnapshotStore(tmp_path / "snapshots")
        log = LogService(database, vocabulary.load(), snapshots, IncidentLinks())
        key = SiteKey.make(tmp_path / "site.key")
        outbox = Outbox(tmp_path / "spool", key, clock, log.vocabulary, snapshots)
        sender = Sender(outbox, OutboxWriter(log).write, here=lambda: acts_for_a_person(database.engine))
        outbox.accept(actor, NewLogEntry("written as the shift ended")).result()
        sign_in.sign_out(actor)
        for _ in range(2 * REFUSALS_TRIED):
            assert not sender.run_once()
        assert [each.state for each in outbox.entries()] == [ItemState.WAITING]
        actor = sign_in.sign_in("night", PASSWORD)
        assert sender.run_once()
        assert [each.text for each in log.entries(actor).records] == ["written as the shift ended"]
        outbox.close()
