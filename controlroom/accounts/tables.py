"""Defines the tables of users, their roles, and wrong passwords."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from controlroom.accounts.records import Role
from controlroom.database.column_rules import COUNTER, one_of
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
    version: Mapped[int] = mapped_column(Integer, default=1, info=COUNTER)
    epoch: Mapped[int] = mapped_column(Integer, default=0, info=COUNTER)
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
    role: Mapped[str] = mapped_column(String(16), primary_key=True, info=one_of(Role))


class UserKeyRow(Base):
    """The public half of a key with which a person signs steps that need two people; none is ever taken away.

    `approval` is the signature that made it theirs: by their key before, or by the administrator who handed out their
    password (`approved_by`, `approver_key`; empty for a key nobody approved). A `one_time` key, sealed with a one-time
    password, signs nothing but the next key. The handle, not the account's number, since signatures are made over it.
    """

    __tablename__ = "user_keys"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    handle: Mapped[str] = mapped_column(String(64), index=True)
    public_key: Mapped[str] = mapped_column(String(64), unique=True)
    one_time: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(String(64))
    approver_key: Mapped[str] = mapped_column(String(64))
    approval: Mapped[str] = mapped_column(String(128))


class SealedKeyRow(Base):
    """The private half of a key, sealed with its person's password (`step_keys.py`)."""

    __tablename__ = "sealed_keys"

    key_id: Mapped[int] = mapped_column(ForeignKey("user_keys.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)


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
