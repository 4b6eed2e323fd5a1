"""Judges who asks for a hold: which person sits at a desk, and of which rank, by the register and not by their word.

A desk proves its person by a signature of that person's own key (`accounts/step_keys.py`), which is open only where
they are signed in, over a number that the recorder told that desk a moment ago. So a proof is worth nothing at another
desk, at another recorder or later. Without one, or while the database is away, somebody is an operator at most, and
their name is marked; an account that has ended or is switched off steers nothing.
"""

from collections.abc import Callable, Collection

from sqlalchemy import select

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Role
from controlroom.accounts.rules import has_ended
from controlroom.accounts.tables import UserKeyRow, UserRow
from controlroom.audit.signatures import is_signed
from controlroom.cameras.holds.records import Holder, Rank, proof_facts
from controlroom.clock import local_date
from controlroom.database.unit_of_work import CLOCK, Database
from controlroom.errors import PermissionRefused

RANKS = {Role.OPERATOR: Rank.OPERATOR, Role.SUPERVISOR: Rank.SUPERVISOR}
UNPROVEN = "unproven"

Judge = Callable[[str, str, str, Collection[str]], Holder]
"""Desk, handle, proof and the nonces it may be made for become the holder.

Raises PermissionRefused for a person who may not steer, Unavailable while nobody can be asked.
"""


class HoldPeople:
    """Looks people up in the register. Raises Unavailable when the database cannot be asked."""

    def __init__(self, database: Database, recorder: str) -> None:
        """`recorder` is the fingerprint of its certificate: a proof for one recorder is of no use at another."""
        self._database, self._recorder = database, recorder

    def judge(self, desk: str, handle: str, proof: str, nonces: Collection[str]) -> Holder:
        """Return the holder that this desk's person is."""
        if not handle:
            return unproven(desk, "")
        with self._database.read() as session:
            user = session.scalars(select(UserRow).filter_by(handle=handle)).first()
            if user is not None and (
                not user.active or has_ended(user.expires_on, local_date(session.info[CLOCK].now()))
            ):
                raise PermissionRefused(f"{handle} is no longer allowed to work here.")
            keys = select(UserKeyRow.public_key).filter_by(handle=handle, one_time=False)
            key = session.scalars(keys.order_by(UserKeyRow.id.desc())).first() if proof else None
            roles = (
                frozenset(Role(each.role) for each in user.roles) if user is not None else frozenset[Role]()
            )
            user_id = user.id if user is not None else 0
        facts = [proof_facts(self._recorder, desk, nonce, handle) for nonce in nonces]
        if key is None or not any(is_signed(key, proof, *each) for each in facts):
            return unproven(desk, handle)
        if Permission.STEER_CAMERAS not in permissions_of(roles):
            raise PermissionRefused(f"{handle} may not steer cameras.")
        rank = max((RANKS[role] for role in roles if role in RANKS), default=Rank.OPERATOR)
        return Holder(desk, handle, user_id, rank, proven=True)


def unproven(desk: str, handle: str) -> Holder:
    """Somebody whom nothing proves: an operator, whatever they say, and the name says so."""
    return Holder(desk, f"{handle}, {UNPROVEN}" if handle else desk)
