"""Confirms, with an administrator's signature, a key that began in an audit entry which nobody signed for.

That is a signing key of the room whose former one was lost, or a person's first key. The confirmation is an audit
entry of its own, signed over the number and the hash of the one it confirms; `key_trust.py` judges it.
"""

from controlroom.accounts.access import writing
from controlroom.accounts.key_trust import CONFIRMED, MADE, confirmation_facts
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit.approved_keys import CHANGED
from controlroom.audit.service import PendingEntry, add
from controlroom.audit.signatures import sign
from controlroom.audit.tables import AuditEntryRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import InvalidInput, NotFound, RuleBroken
from controlroom.texts import clean, says_something

LONGEST_REASON = 500


def confirm_key(database: Database, keys: StepKeys, actor: Actor, sequence: int, reason: str) -> str:
    """Confirm the key that began with audit entry `sequence`; returns whose or which it is.

    Raises NotFound for an entry that began none, RuleBroken for one's own, PermissionRefused without an open key.
    """
    why = clean(reason, LONGEST_REASON, field="reason")
    with writing(database, actor, Permission.MANAGE_USERS) as act:
        if not says_something(why):
            raise InvalidInput("Confirming a key needs a reason.", remedy="Say how you know whose it is.")
        entry = act.session.get(AuditEntryRow, sequence)
        if entry is None or entry.action not in (CHANGED, MADE):
            raise NotFound(
                f"Audit entry {sequence} began no key.", remedy="controlroom audit verify names the entry."
            )
        if entry.action == MADE and entry.subject == actor.handle:
            raise RuleBroken("Nobody confirms their own key.", remedy="Ask another administrator.")
        key = keys.require(actor.handle)
        signature = sign(key.private, *confirmation_facts(sequence, entry.hash, actor.handle))
        said = {"entry": sequence, "key": key.public, "signature": signature}
        add(act.work, PendingEntry(actor.handle, CONFIRMED, "audit", str(sequence), said, why, act.at))
        return entry.subject
