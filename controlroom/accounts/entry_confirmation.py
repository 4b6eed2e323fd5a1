"""Confirms, with an administrator's signature, an entry of the audit chain that verification names and nobody can mend.

What it means and how long it holds stands in `audit/confirmed_entries.py`; whose confirmations count is judged here.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import writing
from controlroom.accounts.key_confirmation import LONGEST_REASON
from controlroom.accounts.key_trust import KeyTrust
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import StepKeys
from controlroom.audit import details
from controlroom.audit.chain import links
from controlroom.audit.confirmed_entries import (
    CONFIRMED,
    Confirmation,
    confirmation_facts,
    contents_of,
    text_of,
)
from controlroom.audit.service import PendingEntry, add
from controlroom.audit.signatures import is_signed, sign
from controlroom.audit.tables import AuditEntryRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import InvalidInput, NotFound
from controlroom.texts import clean, says_something


def confirm_entry(database: Database, keys: StepKeys, actor: Actor, sequence: int, reason: str) -> None:
    """Confirm audit entry `sequence` as it stands now.

    Raises NotFound where there is none, InvalidInput without a reason, PermissionRefused without an open key.
    """
    why = clean(reason, LONGEST_REASON, field="reason")
    with writing(database, actor, Permission.MANAGE_USERS) as act:
        if not says_something(why):
            raise InvalidInput(
                "Confirming an entry needs a reason.", remedy="Say what you found out about it."
            )
        with links(act.session, sequence - 1) as chain:
            link = next(iter(chain), None)
        if link is None or link.sequence != sequence:
            raise NotFound(
                f"There is no audit entry {sequence}.", remedy="controlroom audit verify names the entry."
            )
        key, contents, text = keys.require(actor.handle), contents_of(link), text_of(link)
        signature = sign(key.private, *confirmation_facts(sequence, contents, text, actor.handle))
        said = {
            "entry": sequence,
            "contents": contents,
            "text": text,
            "key": key.public,
            "signature": signature,
        }
        add(act.work, PendingEntry(actor.handle, CONFIRMED, "audit", str(sequence), said, why, act.at))


def confirmed_entries(session: Session) -> dict[int, Confirmation]:
    """Confirmed entry → its newest confirmation by somebody who was an administrator then, with their own key."""
    entry, found = AuditEntryRow, {}
    query = select(entry.sequence, entry.actor, entry.detail).where(entry.action == CONFIRMED)
    rows = session.execute(query.order_by(entry.sequence)).all()
    trust = KeyTrust(session) if rows else None
    for place, who, detail in rows:
        said = details.said(detail)
        number = said.get("entry")
        key, contents, text = (str(said.get(name)) for name in ("key", "contents", "text"))
        if (
            trust is not None
            and isinstance(number, int)
            and not trust.trouble_at(who, place, key)
            and trust.is_administrator(who, place)
            and is_signed(key, str(said.get("signature")), *confirmation_facts(number, contents, text, who))
        ):
            found[number] = Confirmation(who, place, contents, text)
    return found
