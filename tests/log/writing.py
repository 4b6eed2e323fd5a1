"""Writes into the log as a desk does: accepted like an entry of the outbox, then written by the outbox's writer."""

import uuid
from dataclasses import replace

from controlroom.accounts.records import Actor
from controlroom.log import rules
from controlroom.log.outbox.records import ItemKind, OutboxItem
from controlroom.log.outbox.writer import OutboxWriter
from controlroom.log.records import Addendum, LogEntry, NewAddendum, NewLogEntry
from controlroom.log.service import LogService


def write_entry(log: LogService, actor: Actor, new: NewLogEntry) -> LogEntry:
    """The entry as the log then shows it; raises what refuses it."""
    now = log.now()
    checked = rules.check_entry(new, now, log.vocabulary)
    with log.kept(new.snapshot, new.occurred_at) as snapshot:
        saved = OutboxWriter(log).write(
            OutboxItem(
                str(uuid.uuid4()),
                ItemKind.ENTRY,
                actor,
                now,
                checked.occurred_at or now,
                away=False,
                entry=replace(checked, snapshot=None),
                snapshot=snapshot,
            )
        )
    return log.entry(actor, saved.entry_id)


def write_addendum(log: LogService, actor: Actor, entry_id: int, reason: str, text: str) -> Addendum:
    """The addendum as the log then shows it; raises what refuses it."""
    now, new = log.now(), NewAddendum(*rules.check_addendum(reason, text), entry_id)
    item = OutboxItem(str(uuid.uuid4()), ItemKind.ADDENDUM, actor, now, now, away=False, addendum=new)
    OutboxWriter(log).write(item)
    return log.entry(actor, entry_id).addenda[-1]
