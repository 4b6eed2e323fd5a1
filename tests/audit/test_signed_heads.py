"""Signed heads: what they prove that the chain alone cannot, and what happens without the key or the file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from controlroom.accounts.key_trust import confirmation_facts
from controlroom.accounts.service import AccountService
from controlroom.audit import service as audit
from controlroom.audit.approved_keys import change_facts
from controlroom.audit.chain import FIRST_HASH, link_hash
from controlroom.audit.heads_file import HeadsFile
from controlroom.audit.signatures import sign
from controlroom.audit.signed_heads import SigningKey, is_genuine
from controlroom.audit.signing import (
    AuditFiles,
    begin_new_key,
    newest_signed,
    note_restored,
    refill_heads,
    require_heads,
    sign_head,
)
from controlroom.audit.tables import AuditEntryRow
from controlroom.audit.verification import verify
from controlroom.errors import NotFound, PermissionRefused, Unavailable
from tests.builders import Room, make_room
from tests.engines import tamper
from tests.step_keys import step_keys_of

pytestmark = pytest.mark.both_engines
OLD_FIELDS = (
    "kind",
    "sequence",
    "hash",
    "signed_at",
    "public_key",
    "signature",
)  # before lines were numbered


def write(room: Room, count: int) -> None:
    for number in range(count):
        with room.database.write() as work:
            audit.record(work, "Operator 07", "note", "camera", number, text=f"words {number}", count=number)


@pytest.fixture
def files(tmp_path: Path) -> AuditFiles:
    return AuditFiles(tmp_path / "keys" / "audit.key", HeadsFile(tmp_path / "elsewhere" / "heads.jsonl"))


@pytest.fixture
def room(tmp_path: Path, files: AuditFiles) -> Room:
    """Ten entries; signed after the fourth and the eighth."""
    room = make_room(tmp_path)
    for count in (4, 4, 2):
        write(room, count)
        if count == 4:
            sign_head(room.database, files)
    return room


def verified(room: Room, files: AuditFiles | None):
    with room.database.read() as session:
        if files is None:
            return verify(session)
        return verify(session, heads=files.heads, trusted=files.trusted()[0])


def forge_from(room: Room, sequence: int) -> list[str]:
    """Statements that change the actor of an entry and hash everything after it afresh, the head too."""
    statements, previous = [], FIRST_HASH
    with room.database.read() as session:
        for link in session.scalars(select(AuditEntryRow).order_by(AuditEntryRow.sequence)):
            actor = "Operator 01" if link.sequence == sequence else link.actor
            hash_ = link_hash(
                sequence=link.sequence,
                at=link.at,
                actor=actor,
                action=link.action,
                subject_kind=link.subject_kind,
                subject=link.subject,
                detail=link.detail,
                text_hash=link.text_hash,
                previous_hash=previous,
            )
            statements.append(
                f"UPDATE audit_entries SET actor = '{actor}', previous_hash = '{previous}', hash = '{hash_}'"
                f" WHERE sequence = {link.sequence}"
            )
            previous = hash_
    return [*statements, f"UPDATE audit_head SET hash = '{previous}'"]


def test_verifying_says_how_far_the_chain_is_signed(room: Room, files: AuditFiles):
    outcome = verified(room, files)
    assert outcome.sound and not outcome.notes
    assert outcome.signed is not None
    assert (outcome.entries, outcome.signed.sequence, outcome.since_signed) == (10, 8, 2)


def test_a_chain_hashed_afresh_is_seen_by_its_signed_heads(room: Room, files: AuditFiles):
    statements = forge_from(room, 6)
    tamper(room.folder, *statements)
    outcome = verified(room, files)
    assert outcome.fault.startswith("entries 5 to 8 are not those signed")
    assert outcome.signed is not None and outcome.signed.sequence == 4


def test_an_entry_removed_and_the_rest_numbered_afresh_is_seen(room: Room, files: AuditFiles):
    renumber = [
        "DELETE FROM audit_texts",
        "DELETE FROM audit_entries WHERE sequence = 3",
        *(
            f"UPDATE audit_entries SET sequence = {n - 1}, text_hash = '' WHERE sequence = {n}"
            for n in range(4, 11)
        ),
        "UPDATE audit_entries SET text_hash = ''",
        "UPDATE audit_head SET sequence = 9",
    ]
    tamper(room.folder, *renumber)
    tamper(room.folder, *forge_from(room, 99))
    outcome = verified(room, files)
    assert outcome.fault.startswith("entries 1 to 4 are not those signed")


def test_a_tail_cut_with_the_head_row_and_the_stored_signatures_is_seen(room: Room, files: AuditFiles):
    with room.database.read() as session:
        fifth = {row.sequence: row.hash for row in session.query(AuditEntryRow)}[5]
    tamper(
        room.folder,
        "DELETE FROM audit_texts WHERE sequence > 5",
        "DELETE FROM audit_entries WHERE sequence > 5",
        "DELETE FROM audit_signatures WHERE sequence > 5",
        f"UPDATE audit_head SET sequence = 5, hash = '{fifth}'",
    )
    assert verified(room, None).sound  # the database alone cannot tell
    outcome = verified(room, files)
    assert "ends at entry 5, but entry 8 was signed" in outcome.fault
    assert "tail was cut" in outcome.fault


def test_a_made_up_signature_is_named(room: Room, files: AuditFiles):
    tamper(room.folder, "UPDATE audit_signatures SET hash = 'f00d' WHERE sequence = 8")
    assert "signature of entry 8" in verified(room, files).fault


def test_a_head_signed_with_a_strange_key_is_told_apart(room: Room, files: AuditFiles, tmp_path: Path):
    other = AuditFiles(tmp_path / "other.key", files.heads)
    SigningKey.create(other.key)
    sign_head(room.database, other, new_key=True)
    outcome = verified(room, files)
    assert any("that the room never approved" in fault for fault in outcome.faults)
    assert outcome.signed is not None and outcome.signed.sequence == 8


def test_nothing_is_signed_twice_and_the_key_is_its_owners(room: Room, files: AuditFiles):
    first = sign_head(room.database, files)
    assert sign_head(room.database, files) == first
    assert len(list(files.heads.lines())) == 3
    assert files.key.stat().st_mode & 0o077 == 0
    assert files.heads.path.stat().st_mode & 0o077 == 0


def test_a_broken_chain_is_not_signed(room: Room, files: AuditFiles):
    tamper(room.folder, "UPDATE audit_entries SET actor = 'Operator 01' WHERE sequence = 9")
    with pytest.raises(Unavailable, match=r"entry 9 was changed.*not signed"):
        sign_head(room.database, files)


def test_without_its_key_nothing_is_signed_and_verifying_goes_on(room: Room, files: AuditFiles):
    files.key.unlink()
    write(room, 1)
    with pytest.raises(Unavailable, match=r"not there.*verified.*key --new"):
        sign_head(room.database, files)
    trusted, note = files.trusted()
    assert not trusted and "not there" in note
    outcome = verified(room, files)
    assert outcome.sound and outcome.signed is not None and outcome.signed.sequence == 8


@pytest.mark.parametrize(
    "content", [b"", b"no key at all", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_named(room: Room, files: AuditFiles, content: bytes):
    files.key.write_bytes(content)
    with pytest.raises(Unavailable, match="not a signing key"):
        sign_head(room.database, files)


def test_another_key_than_before_does_not_sign_by_itself(room: Room, files: AuditFiles):
    files.key.unlink()
    SigningKey.create(files.key)
    write(room, 1)
    with pytest.raises(Unavailable, match="not the one that signed before"):
        sign_head(room.database, files)
    key = begin_new_key(room.database, files, "Administrator", lost="exchanged by mistake")
    with room.database.read() as session:
        head = newest_signed(session)
        entry = audit.newest(session, 1)[0]
    assert head is not None and head.public_key == key.public
    assert (entry.action, entry.actor) == ("audit.key-changed", "Administrator")


def test_a_missing_file_of_heads_is_noted(room: Room, files: AuditFiles):
    files.heads.path.unlink()
    outcome = verified(room, files)
    assert outcome.sound
    assert any("not there" in note for note in outcome.notes)


def test_a_line_torn_by_a_power_cut_takes_no_other_with_it(room: Room, files: AuditFiles):
    with files.heads.path.open("ab") as file:
        file.write(b'{"kind": "head", "seq')
    sign_head(room.database, files)
    assert [line.head.sequence for line in files.heads.lines()] == [4, 8, 10]
    outcome = verified(room, files)
    assert outcome.sound
    assert any("1 lines" in note for note in outcome.notes)


def test_after_a_restore_that_was_noted_the_chain_verifies(room: Room, files: AuditFiles):
    with room.database.read() as session:
        fifth = {row.sequence: row.hash for row in session.query(AuditEntryRow)}[5]
    tamper(
        room.folder,
        "DELETE FROM audit_texts WHERE sequence > 5",
        "DELETE FROM audit_entries WHERE sequence > 5",
        "DELETE FROM audit_signatures WHERE sequence > 5",
        f"UPDATE audit_head SET sequence = 5, hash = '{fifth}'",
    )
    note_restored(room.database, files, "restore")
    outcome = verified(room, files)
    assert outcome.sound
    assert any("restored to entry 5" in note for note in outcome.notes)


def test_a_restore_made_up_by_hand_does_not_help(room: Room, files: AuditFiles):
    with files.heads.path.open("a") as file:
        last = json.loads(files.heads.path.read_text().splitlines()[-1])
        file.write(json.dumps(last | {"kind": "restored"}) + "\n")
    assert "pasted in again" in verified(room, files).fault


def test_signatures_cover_every_field(files: AuditFiles, room: Room):
    head = next(files.heads.lines()).head
    assert is_genuine(head, "head")
    for changed in (replace(head, sequence=5), replace(head, hash="0"), replace(head, signature="AAAA")):
        assert not is_genuine(changed, "head")
    assert not is_genuine(head, "restored")


def test_progress_is_told_and_can_end_the_walk(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("controlroom.audit.verification.AT_ONCE", 5)
    told: list[tuple[int, int]] = []
    with room.database.read() as session:
        verify(session, progress=lambda done, total: told.append((done, total)))
    assert told == [(5, 10), (10, 10)]


# -- the file of heads: approved keys, numbered lines -------------------------------------------------------------


def raw_lines(files: AuditFiles) -> list[str]:
    return files.heads.path.read_text().splitlines()


def write_lines(files: AuditFiles, lines: list[str]) -> None:
    files.heads.path.write_text("\n".join(lines) + "\n")


def cut_to_five(room: Room) -> None:
    """The tail, its head row and the table of signatures: what the file alone remembers."""
    with room.database.read() as session:
        fifth = {row.sequence: row.hash for row in session.query(AuditEntryRow)}[5]
    tamper(
        room.folder,
        "DELETE FROM audit_texts WHERE sequence > 5",
        "DELETE FROM audit_entries WHERE sequence > 5",
        "DELETE FROM audit_signatures WHERE sequence > 5",
        f"UPDATE audit_head SET sequence = 5, hash = '{fifth}'",
    )


def test_a_restored_line_signed_with_a_key_made_on_the_spot_hides_nothing(
    room: Room, files: AuditFiles, tmp_path: Path
):
    cut_to_five(room)
    other = AuditFiles(tmp_path / "other.key", files.heads)
    SigningKey.create(other.key)
    note_restored(room.database, other, "somebody")
    faults = verified(room, files).faults
    assert any("that the room never approved" in fault for fault in faults)
    assert any("tail was cut" in fault for fault in faults)


def test_an_old_genuine_line_pasted_again_hides_nothing(room: Room, files: AuditFiles):
    note_restored(room.database, files, "restore")
    (old,) = raw_lines(files)[-1:]
    write(room, 2)
    sign_head(room.database, files)
    with room.database.read() as session:
        tenth = {row.sequence: row.hash for row in session.query(AuditEntryRow)}[10]
    tamper(
        room.folder,
        "DELETE FROM audit_texts WHERE sequence > 10",
        "DELETE FROM audit_entries WHERE sequence > 10",
        "DELETE FROM audit_signatures WHERE sequence > 10",
        f"UPDATE audit_head SET sequence = 10, hash = '{tenth}'",
    )
    write_lines(files, [*raw_lines(files), old])
    faults = verified(room, files).faults
    assert any("an old line was pasted in again" in fault for fault in faults)
    assert any("tail was cut" in fault for fault in faults)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0], lines[2]], "a line is missing or was moved"),
        (lambda lines: [lines[1], lines[0], lines[2]], "a line is missing or was moved"),
        (lambda lines: lines[:2], "1 signed heads that the database remembers are missing"),
        (lambda lines: [*lines, old_style(lines[1])], "pasted in"),
        (
            lambda lines: [lines[0], lines[1].replace('"by": ""', '"by": "me"'), lines[2]],
            "not signed as a whole",
        ),
        (
            lambda lines: [lines[0].replace('"kind": "head"', '"kind":  "head"'), *lines[1:]],
            "does not follow",
        ),
    ],
)
def test_a_line_taken_out_moved_cut_or_changed_is_named(room: Room, files: AuditFiles, change, said: str):
    sign_head(room.database, files)
    write_lines(files, change(raw_lines(files)))
    assert any(said in fault for fault in verified(room, files).faults)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 1_000_000])
def test_a_line_far_ahead_is_named_and_the_honest_ones_count_on_from_the_last_in_its_place(
    room: Room, files: AuditFiles, number: int
):
    good = raw_lines(files)
    write_lines(files, [*good, json.dumps({**json.loads(good[-1]), "number": number})])
    sign_head(room.database, files)
    write(room, 1)
    sign_head(room.database, files)
    outcome = verified(room, files)
    assert [json.loads(line)["number"] for line in raw_lines(files)] == [1, 2, number, 3, 4]
    assert [line.number for line in files.heads.lines()] == [1, 2, 3, 4]
    assert outcome.signed is not None and outcome.signed.sequence == 11
    named = [*outcome.faults, *outcome.notes]
    assert any("pasted in" in each or "cannot be read" in each for each in named)
    assert not any("missing" in each for each in named)


def test_a_line_far_ahead_by_a_key_made_on_the_spot_is_not_counted_on_from(
    room: Room, files: AuditFiles, tmp_path: Path
):
    key, good = SigningKey.create(tmp_path / "mine.key"), raw_lines(files)
    last = list(files.heads.lines())[-1]
    made_up = replace(last, head=replace(last.head, signature="AAAA"), number=70, signer=key.public)
    said = {**json.loads(good[-1]), "signature": "AAAA", "number": 70, "signer": key.public}
    said["line_signature"] = key.sign_facts(*made_up.facts)
    write_lines(files, [*good, json.dumps(said)])
    sign_head(room.database, files)
    assert json.loads(raw_lines(files)[-1])["number"] == 3
    assert any(
        "line 3 of" in fault and "bears number 70 behind 2" in fault for fault in verified(room, files).faults
    )


def old_style(line: str) -> str:
    given = json.loads(line)
    return json.dumps({name: given[name] for name in OLD_FIELDS})


def test_a_file_from_before_lines_were_numbered_is_read_and_goes_on_numbered(room: Room, files: AuditFiles):
    write_lines(files, [old_style(line) for line in raw_lines(files)])
    sign_head(room.database, files)
    assert [line.number for line in files.heads.lines()] == [0, 0, 1]
    outcome = verified(room, files)
    assert outcome.sound and outcome.signed is not None and outcome.signed.sequence == 10
    assert any("first 2 lines" in note for note in outcome.notes)


def test_a_new_key_is_signed_by_the_one_before(room: Room, files: AuditFiles):
    former = SigningKey.load(files.key)
    key = begin_new_key(room.database, files, "Administrator")
    outcome = verified(room, files)
    assert outcome.sound and not outcome.notes
    assert outcome.signed is not None and outcome.signed.public_key == key.public
    with room.database.read() as session:
        assert verify(session, heads=files.heads, trusted={former.public}).sound


def chief_with_a_key(room: Room) -> AccountService:
    """What the administrator works with, their own signing key open."""
    return AccountService(room.database, keys=step_keys_of(room))


def test_a_key_that_begins_without_the_former_one_is_a_fault_until_an_administrator_confirms_it(
    room: Room, files: AuditFiles
):
    files.key.unlink()
    with pytest.raises(Unavailable, match="has to be signed by it"):
        begin_new_key(room.database, files, "Administrator")
    begin_new_key(room.database, files, "Administrator", lost="the disk died")
    outcome = verified(room, files)
    (fault,) = outcome.faults
    assert "without a signature of the former one" in fault
    assert "confirms it: controlroom user confirm-key 11" in fault
    chief = chief_with_a_key(room)
    with pytest.raises(PermissionRefused):
        chief.confirm_key(room.supervisor, 11, "I say so")
    with pytest.raises(PermissionRefused, match="signing key of Administrator is not open"):
        AccountService(room.database).confirm_key(room.administrator, 11, "I was there")
    with pytest.raises(NotFound):
        chief.confirm_key(room.administrator, 10, "I was there")
    chief.confirm_key(room.administrator, 11, "I was there when the disk was exchanged")
    outcome = verified(room, files)
    assert outcome.sound and outcome.signed is not None and outcome.signed.sequence == 11
    assert any("confirmed by Administrator" in note for note in outcome.notes)


def test_a_confirmation_that_somebody_else_made_up_is_none(room: Room, files: AuditFiles):
    files.key.unlink()
    begin_new_key(room.database, files, "Administrator", lost="the disk died")
    keys = step_keys_of(room)
    for who in (room.supervisor.handle, room.administrator.handle):
        with room.database.write() as work:
            entry = work.session.get_one(AuditEntryRow, 11)
            signature = sign(
                keys.require(room.supervisor.handle).private, *confirmation_facts(11, entry.hash, who)
            )
            said = {"entry": 11, "key": keys.require(room.supervisor.handle).public, "signature": signature}
            audit.record(work, who, "user.key-confirmed", "audit", "11", text="made up", **said)
    assert any("without a signature of the former one" in fault for fault in verified(room, files).faults)


def test_a_former_key_made_up_afterwards_is_not_believed(room: Room, files: AuditFiles, tmp_path: Path):
    """An entry that says the room's key took the place of one made on the spot, which signs what it likes."""
    mine, real = SigningKey.create(tmp_path / "mine.key"), SigningKey.load(files.key)
    said = {"former_key": mine.public, "key": real.public, "former": mine.fingerprint}
    with room.database.write() as work:
        signature = mine.sign_facts(*change_facts(mine.public, real.public))
        audit.record(
            work, "Administrator", "audit.key-changed", "audit", real.fingerprint, signature=signature, **said
        )
    assert any("but it signed before: it was made up" in fault for fault in verified(room, files).faults)
    note_restored(room.database, AuditFiles(tmp_path / "mine.key", files.heads), "somebody")
    assert any("that the room never approved" in fault for fault in verified(room, files).faults)


def test_the_file_tells_of_a_new_key_in_a_line_that_the_former_one_signed(room: Room, files: AuditFiles):
    former = SigningKey.load(files.key)
    key = begin_new_key(room.database, files, "Administrator")
    line = list(files.heads.lines())[-1]
    assert (line.kind, line.signer, line.head.public_key) == ("key", former.public, key.public)
    write(room, 1)
    sign_head(room.database, files)
    assert verified(room, files).sound
    lines = raw_lines(files)
    other = SigningKey.create(files.key.with_name("other.key"))
    write_lines(
        files, [line.replace(key.public, other.public) if '"key"' in line else line for line in lines]
    )
    assert verified(room, files).faults


def test_a_line_is_added_without_reading_the_whole_file_again(
    room: Room, files: AuditFiles, monkeypatch: pytest.MonkeyPatch
):
    with files.heads.path.open("ab") as file:
        file.write(b'{"kind": "head", "seq\n\n')
    key = SigningKey.load(files.key)
    files.heads.append("head", key.sign("head", 10, "f00d", room.clock.now()), key)
    with monkeypatch.context() as patch:
        patch.setattr(HeadsFile, "_raw_lines", lambda _file: pytest.fail("the whole file was read"))
        files.heads.append("head", key.sign("head", 11, "f00d", room.clock.now()), key)
    assert [line.number for line in files.heads.lines()] == [1, 2, 3, 4]
    assert files.heads.faults == []


@pytest.mark.parametrize("lost", [lambda path: path.unlink(), lambda path: path.write_text("")])
def test_a_file_of_heads_that_is_gone_or_cut_is_told_until_it_is_written_again(
    room: Room, files: AuditFiles, lost
):
    require_heads(room.database, files)
    lost(files.heads.path)
    with pytest.raises(Unavailable, match="2 signed heads are missing"):
        require_heads(room.database, files)
    sign_head(room.database, files)
    with pytest.raises(Unavailable, match="is not what it was"):
        require_heads(room.database, files)
    assert refill_heads(room.database, files, "Administrator", "the stick is lost") == 2
    require_heads(room.database, files)
    outcome = verified(room, files)
    assert outcome.sound
    assert any("2 heads were written" in note for note in outcome.notes)


def test_without_a_key_file_the_file_of_heads_says_which_key_was_first(
    room: Room, files: AuditFiles, tmp_path: Path
):
    """The heads of the database were exchanged for one of another key."""
    other = AuditFiles(tmp_path / "other.key", HeadsFile(tmp_path / "other.jsonl"))
    key = SigningKey.create(other.key)
    files.key.unlink()
    tamper(room.folder, "DELETE FROM audit_signatures")
    sign_head(room.database, other)
    outcome = verified(room, files)
    assert any(f"a key, {key.fingerprint}, that the room never approved" in fault for fault in outcome.faults)
    assert outcome.signed is not None and outcome.signed.sequence == 8
