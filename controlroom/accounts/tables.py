"""Defines the tables of users, their roles, and wrong passwords."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from controlroom.database.tables import Base, UtcDateTime


class UserRow(Base):
    """An account; never deleted, since the log and the audit speak of it: switched off instead."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    handle: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    one_time_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_on: Mapped[date | None] = mapped_column(Date)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_desk: Mapped[str] = mapped_column(String(64), default="")
    off_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_reason: Mapped[str] = mapped_column(String(500), default="")
    database_role: Mapped[str] = mapped_column(String(64), default="")  # theirs on a PostgreSQL server
    roles: Mapped[list["UserRoleRow"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class UserRoleRow(Base):
    """One role of one user."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class WrongPasswordRow(Base):
    """A wrong password for a name at a desk, whether the name exists or not; forgotten after a day.

    The name is stored as a short hash: people type their password into the wrong field.
    """

    __tablename__ = "wrong_passwords"
    __table_args__ = (Index(None, "name_key", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name_key: Mapped[str] = mapped_column(String(16))
    desk: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
