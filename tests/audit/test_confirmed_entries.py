"""An entry that nobody can mend is a fault until an administrator has confirmed it, and stops nobody after that."""

from pathlib import Path

import pytest

from controlroom.accounts.service import AccountService
from controlroom.audit import service as audit
from controlroom.audit.chain import links
from controlroom.audit.confirmed_entries import CONFIRMED, confirmation_facts, contents_of, text_of
from controlroom.audit.heads_file import HeadsFile
from controlroom.audit.signatures import sign
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.errors import InvalidInput, NotFound, PermissionRefused, Unavailable
from tests.builders import Room, make_room
from tests.engines import tamper
from tests.step_keys import step_keys_of

pytestmark = pytest.mark.both_engines
WHY = "The police looked into it: a test of our own"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = make_room(tmp_path)
    for number in (1, 2, 3):
        with room.database.write() as work:
            audit.record(work, "Operator 07", "note", "camera", number, text=f"words {number}")
    return room


def verified(room: Room):
    with room.database.read() as session:
        return audit.verify(session)


CHANGED = "UPDATE audit_entries SET {} WHERE sequence = 2"
DAMAGES = {
    "no program reads it": CHANGED.format('detail = \'{"a": ' + "9" * 5000 + "}'"),
    "a digest of rows it has not": CHANGED.format('detail = \'{"rows_written": "00"}\''),
    "another's name": CHANGED.format("actor = 'Operator 01'"),
    "its text is gone": "DELETE FROM audit_texts WHERE sequence = 2",
    "its text is another": "UPDATE audit_texts SET text = 'other' WHERE sequence = 2",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_bad_entry_is_a_fault_until_it_is_confirmed_and_signing_goes_on(
    room: Room, tmp_path: Path, damage: str
):
    files = AuditFiles(tmp_path / "keys" / "audit.key", HeadsFile(tmp_path / "elsewhere" / "heads.jsonl"))
    chief = AccountService(room.database, keys=step_keys_of(room))
    tamper(room.folder, damage)
    named = verified(room).faults
    assert named
    assert all("entry 2" in fault for fault in named)
    if "DELETE" not in damage:
        with pytest.raises(Unavailable, match="confirm-entry"):
            sign_head(room.database, files)
    chief.confirm_entry(room.administrator, 2, WHY)
    outcome = verified(room)
    assert outcome.sound, outcome.faults
    for fault in named:
        assert any(note.startswith(f"{fault}; confirmed by Administrator in entry") for note in outcome.notes)
    assert sign_head(room.database, files) is not None
    tamper(room.folder, CHANGED.format("subject = 'another'"))
    assert not verified(room).sound  # what is confirmed is the entry as it stood


def test_who_confirms_and_what(room: Room):
    tamper(room.folder, CHANGED.format("actor = 'Operator 01'"))
    keys = step_keys_of(room)
    chief = AccountService(room.database, keys=keys)
    with pytest.raises(PermissionRefused):
        chief.confirm_entry(room.supervisor, 2, WHY)
    with pytest.raises(PermissionRefused, match="signing key of Administrator is not open"):
        AccountService(room.database).confirm_entry(room.administrator, 2, WHY)
    with pytest.raises(InvalidInput, match="reason"):
        chief.confirm_entry(room.administrator, 2, "x")
    with pytest.raises(NotFound):
        chief.confirm_entry(room.administrator, 99, WHY)
    with room.database.write() as work:
        with links(work.session, 1) as chain:
            link = next(iter(chain))
        own = keys.require(room.supervisor.handle)
        facts = confirmation_facts(2, contents_of(link), text_of(link), room.supervisor.handle)
        said = {"entry": 2, "contents": contents_of(link), "text": text_of(link), "key": own.public}
        said["signature"] = sign(own.private, *facts)
        audit.record(work, room.supervisor.handle, CONFIRMED, "audit", 2, **said)
    assert not verified(room).sound  # a supervisor's own word
