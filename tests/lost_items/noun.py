"""The one declaration of lost items."""

from sqlalchemy import or_, select

from controlroom.accounts.permissions import Permission
from controlroom.declaration import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Check,
    Follows,
    Found,
    Grant,
    Mention,
    Noun,
    NounSearch,
    PersonalText,
    Reference,
    RestrictionRule,
    Spares,
    Table,
    Through,
    grows,
    records,
)
from controlroom.folding import has_all_words
from controlroom.log.tables import LogEntryRow, LogTextRow
from tests.lost_items.tables import ItemEntryRow, ItemReaderRow, ItemRestrictionRow, ItemRow, ItemTextRow

KIND, PREFIX = "lost item", "LOST"
_NAMED = (Grant("readers", (SELECT,)), Grant("supervisors", (INSERT, DELETE)))
_ENTRIES = Through(ItemEntryRow, "entry_id", "item_id")


def _open_or_touched(cutoff):
    return or_(ItemRow.state != "returned", ItemRow.handed_in_at >= cutoff)


def due(cutoff, spared):
    """Ids of texts from before the cutoff about items that went back to their owners."""
    text = select(ItemTextRow.id).join(ItemRow, ItemRow.id == ItemTextRow.item_id)
    query = text.where(ItemTextRow.written_at < cutoff, ~_open_or_touched(cutoff))
    return [query.where(*(ItemTextRow.item_id.not_in(each) for each in spared))]


def under_way(cutoff):
    """References of items still here, or handed in since."""
    return select(ItemRow.reference).where(_open_or_touched(cutoff))


def spared_entries(cutoff):
    """Log entries about such items."""
    ids = select(ItemRow.id).where(_open_or_touched(cutoff))
    return select(ItemEntryRow.entry_id).where(ItemEntryRow.item_id.in_(ids))


def find(session, typed, limit):
    """The newest items with all these words."""
    rows = session.scalars(select(ItemRow).order_by(ItemRow.id.desc()))
    return [
        Found(KIND, str(row.id), row.reference, row.what, row.state, "package")
        for row in rows
        if has_all_words(typed, row.reference, row.what, row.state)
    ][:limit]


def check(session, _folder):
    """Every item has a name."""
    nameless = session.scalars(select(ItemRow.reference).where(ItemRow.what == "")).all()
    return [f"{reference} has no name" for reference in nameless], "each has a name"


RESTRICTION = RestrictionRule(
    ItemRestrictionRow,
    ItemReaderRow,
    "item_id",
    follows=(
        Follows(ItemRow, "id"),
        Follows(ItemTextRow, "item_id"),
        Follows(ItemEntryRow, "item_id"),
        Follows(LogEntryRow, "id", _ENTRIES),
        Follows(LogTextRow, "entry_id", _ENTRIES),
    ),
    mentions=(
        Mention(KIND, ItemRow, "reference", "id"),
        Mention("log", ItemEntryRow, "entry_id", "item_id"),
    ),
)
COVERED = (
    "EXISTS (SELECT 1 FROM lost_items AS item WHERE item.id = OLD.item_id AND item.state = 'returned' "
    "AND item.handed_in_at < purge.cutoff) AND OLD.written_at < purge.cutoff"
)
LOST_ITEM = Noun(
    kind=KIND,
    words="lost items",
    tables=(
        Table(
            ItemRow,
            records("operators supervisors", INSERT, UPDATE),
            refuses=(DELETE,),
            keys=("id", "reference"),
        ),
        Table(ItemTextRow, records("operators supervisors", INSERT, DELETE), refuses=(UPDATE,), keys=("id",)),
        grows(ItemEntryRow, records("operators supervisors", INSERT), "entry_id"),
        Table(ItemRestrictionRow, _NAMED),
        Table(ItemReaderRow, _NAMED),
    ),
    references=(Reference(PREFIX, ItemRow),),
    changes=(KIND,),
    audit_group="Lost items",
    actions={"lost-item.handed-in": "Item handed in", "lost-item.restricted": "Item restricted"},
    texts=(PersonalText("lost_item_texts", "texts about lost items", ItemTextRow, due, COVERED),),
    spares=(Spares("log", spared_entries),),
    under_way=under_way,
    restriction=RESTRICTION,
    search=NounSearch(Permission.READ_LOG, find),
    checks=(Check("lost items", check),),
)
