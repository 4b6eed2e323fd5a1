"""Makes, seals and opens the keys with which people sign the steps that need two of them.

A person's private key is sealed with their password: Argon2id makes a key of it, ChaCha20-Poly1305 seals. The desk
opens it at sign-in, and forgets it when they leave. A new password means a new key, approved by the one before; a
one-time password a one-time key, approved by the administrator who hands it out. `key_trust.py` judges all of them.
"""

import base64
import logging
import os
from dataclasses import dataclass

from argon2.exceptions import Argon2Error
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts import passwords
from controlroom.accounts.key_trust import MADE, approval_facts
from controlroom.accounts.tables import SealedKeyRow, UserKeyRow
from controlroom.audit import service as audit
from controlroom.audit import signed_steps
from controlroom.audit.act import Act
from controlroom.audit.records import key_fingerprint
from controlroom.audit.signatures import public_half, sign
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import ControlRoomError, PermissionRefused

log = logging.getLogger(__name__)
TRIED = 3  # a person's newest keys are tried at sign-in: one put in by somebody else must not hide theirs
_SALT, _NONCE = 16, 12  # bytes


@dataclass(frozen=True)
class OpenKey:
    """The private key of a person, decrypted."""

    handle: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        return public_half(self.private)


class StepKeys:
    """The key of whoever is signed in at this desk, in this process's memory alone."""

    def __init__(self) -> None:
        self._open: dict[str, OpenKey] = {}

    def open(self, database: Database, handle: str, password: str) -> None:
        """Open the key of who just signed in, and forget anybody else's; the first time one is made."""
        self._open = {}
        try:
            with database.read() as session:
                known = _has_key(session, handle)
                key = unsealed(session, handle, password)
            if not known:
                with database.write() as work:
                    key = make_key(work, handle, password, by=None)
            elif key is None:
                with database.write() as work:
                    audit.record(work, handle, "user.key-closed", "user", handle)
        except ControlRoomError as error:  # whoever signs in may work; only steps for two have to wait
            log.warning("the key of %s could not be opened: %s", handle, error)
            return
        if key is not None:
            self._open = {handle: key}

    def forget(self, handle: str) -> None:
        """Somebody left the desk."""
        self._open.pop(handle, None)

    def of(self, handle: str) -> OpenKey | None:
        """The open key of a person."""
        return self._open.get(handle)

    def require(self, handle: str) -> OpenKey:
        """The open key of a person; raises PermissionRefused when it is not open here."""
        key = self.of(handle)
        if key is None:
            raise PermissionRefused(
                f"The signing key of {handle} is not open at this desk.",
                "This step needs two people, and each signs it with their own key.",
                "Sign out and in again; if that does not help, let the administrator hand out a new password.",
            )
        return key

    def sign(self, act: Act, step: signed_steps.Step) -> None:
        """Sign a step that the person who acts takes now; raises PermissionRefused when their key is not open here."""
        signed_steps.add(act, self.require(act.who).private, step)

    def hand_out(self, work: Work, by: str, handle: str, password: str, *, one_time: bool = False) -> None:
        """Make the key that goes with a password which somebody (`by`) hands out, approved by theirs.

        Without an open key of theirs nothing is made: the person's own first sign-in makes one.
        """
        approver = self.of(by)
        if approver is not None or by == handle:
            make_key(work, handle, password, by=approver, one_time=one_time)


def renew(work: Work, handle: str, password: str, new: str) -> None:
    """Make a person's signing key for their new password, approved with the key that the old password opens.

    Where there are keys and it opens none of them, nothing is made: an administrator has to hand one out.
    """
    former = unsealed(work.session, handle, password)
    if former is not None or not _has_key(work.session, handle):
        make_key(work, handle, new, by=former)


def make_key(
    work: Work, handle: str, password: str, *, by: OpenKey | None, one_time: bool = False
) -> OpenKey:
    """Write a new key of a person, approved by the key `by` (None: by nobody); the audit trail names it."""
    private = Ed25519PrivateKey.generate()
    public, who = public_half(private), by.handle if by else ""
    row = UserKeyRow(
        handle=handle,
        public_key=public,
        one_time=one_time,
        made_at=work.now,
        approved_by=who,
        approver_key=by.public if by else "",
        approval=sign(by.private, *approval_facts(handle, public, one_time, who, work.now)) if by else "",
    )
    work.session.add(row)
    work.session.flush()
    work.session.add(SealedKeyRow(key_id=row.id, sealed=_seal(private, password)))
    detail = {"key": key_fingerprint(public), "approved": who or "nobody", "one_time": one_time}
    audit.record(work, who or handle, MADE, "user", handle, **detail)
    return OpenKey(handle, private)


def unsealed(session: Session, handle: str, password: str) -> OpenKey | None:
    """The newest key of a person that this password opens."""
    query = (
        select(SealedKeyRow.sealed)
        .join(UserKeyRow, UserKeyRow.id == SealedKeyRow.key_id)
        .where(UserKeyRow.handle == handle)
        .order_by(UserKeyRow.id.desc())
    )
    opened = (_opened(sealed, password) for sealed in session.scalars(query.limit(TRIED)))
    return next((OpenKey(handle, private) for private in opened if private is not None), None)


def _has_key(session: Session, handle: str) -> bool:
    return session.scalars(select(UserKeyRow.id).filter_by(handle=handle)).first() is not None


def _seal(private: Ed25519PrivateKey, password: str) -> str:
    salt, nonce, costs = os.urandom(_SALT), os.urandom(_NONCE), passwords.present_costs()
    sealed = ChaCha20Poly1305(passwords.key_from(password, salt, costs)).encrypt(
        nonce, private.private_bytes_raw(), None
    )
    return "$".join(("argon2id", ",".join(map(str, costs)), *map(_text, (salt, nonce, sealed))))


def _opened(sealed: str, password: str) -> Ed25519PrivateKey | None:
    try:
        _kind, costs, *parts = sealed.split("$")
        salt, nonce, locked = (base64.b64decode(each, validate=True) for each in parts)
        key = passwords.key_from(password, salt, _costs(costs))
        return Ed25519PrivateKey.from_private_bytes(ChaCha20Poly1305(key).decrypt(nonce, locked, None))
    except (ValueError, InvalidTag, Argon2Error):  # also what somebody put in
        return None


def _costs(text: str) -> tuple[int, int, int]:
    memory, passes, lanes = map(int, text.split(","))
    most = passwords.present_costs()
    if memory > 4 * most[0] or passes > 4 * most[1] or lanes > 4 * most[2]:
        raise ValueError("made up, to keep a desk busy")
    return memory, passes, lanes


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
