"""Lost items, the words about them, who alone sees them, and which log entries belong to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from controlroom.database.tables import NAMES, Prose, UtcDateTime


class SampleBase(DeclarativeBase):
    """Apart from the product's tables, so that no other test meets these."""

    metadata = MetaData(naming_convention=NAMES)


class ItemRow(SampleBase):
    """An item as it stands now."""

    __tablename__ = "lost_items"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    what: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16))
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ItemTextRow(SampleBase):
    """Personal text about an item: who handed it in. It only grows, but for a purge."""

    __tablename__ = "lost_item_texts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("lost_items.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Prose)


class ItemEntryRow(SampleBase):
    """A log entry about an item; the link only grows."""

    __tablename__ = "lost_item_entries"

    entry_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("lost_items.id"))


class ItemRestrictionRow(SampleBase):
    """An item that only its readers see."""

    __tablename__ = "lost_item_restrictions"

    item_id: Mapped[int] = mapped_column(ForeignKey("lost_items.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Prose)
    restricted_by: Mapped[str] = mapped_column(String(64))
    restricted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ItemReaderRow(SampleBase):
    """One person who sees a restricted item."""

    __tablename__ = "lost_item_readers"

    item_id: Mapped[int] = mapped_column(ForeignKey("lost_items.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
