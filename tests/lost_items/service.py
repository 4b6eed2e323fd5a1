"""Use cases of lost items."""

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.audit import service as audit
from controlroom.visibility.hiding import restrict
from tests.lost_items.noun import KIND, PREFIX, RESTRICTION
from tests.lost_items.tables import ItemEntryRow, ItemRow, ItemTextRow


class LostItems:
    """Handing in, restricting, reading."""

    def __init__(self, database):
        self._database = database

    def hand_in(self, actor, what, by, *, state="here", entry_id=None):
        """A new item; returns its id and reference."""
        with self._database.write() as work:
            require(work.session, actor, Permission.WRITE_LOG)
            row = ItemRow(
                reference=work.next_reference(PREFIX), what=what, state=state, handed_in_at=work.now
            )
            work.session.add(row)
            work.session.flush()
            work.session.add(ItemTextRow(item_id=row.id, written_at=work.now, text=by))
            if entry_id is not None:
                work.session.add(ItemEntryRow(entry_id=entry_id, item_id=row.id))
            audit.record(work, actor.handle, "lost-item.handed-in", KIND, row.reference, text=by)
            work.announce(KIND, row.id)
            return row.id, row.reference

    def restrict(self, actor, item_id, user_ids):
        """Let only these people see it."""
        with self._database.write() as work:
            require(work.session, actor, Permission.RESTRICT_INCIDENTS)
            row = work.session.get_one(ItemRow, item_id)
            who = {*user_ids, actor.user_id}
            restrict(work.session, RESTRICTION, item_id, who, reason="r", by=actor.handle, at=work.now)
            audit.record(work, actor.handle, "lost-item.restricted", KIND, row.reference, text="r")

    def items(self, actor):
        """What each item is, and the texts about it."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_LOG)
            query = select(ItemRow.id, ItemRow.what, ItemTextRow.text).outerjoin(
                ItemTextRow, ItemTextRow.item_id == ItemRow.id
            )
            return [tuple(row) for row in session.execute(query.order_by(ItemRow.id))]
