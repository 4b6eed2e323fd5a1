"""Judges who asks for a hold: which person sits at a desk, and of which rank, by the register and not by their word.

A desk proves its person by a signature of that person's own key (`accounts/step_keys.py`), which is open only where
they signed in. Without it, or while the database is away, somebody is an operator at most, and their name is marked.
"""

from collections.abc import Callable

from sqlalchemy import select

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Role
from controlroom.accounts.tables import UserKeyRow, UserRow
from controlroom.audit.signatures import is_signed
from controlroom.cameras.holds.records import Holder, Rank, proof_facts
from controlroom.database.unit_of_work import Database
from controlroom.errors import PermissionRefused

RANKS = {Role.OPERATOR: Rank.OPERATOR, Role.SUPERVISOR: Rank.SUPERVISOR}
UNPROVEN = "unproven"

Judge = Callable[[str, str, str], Holder]
"""Desk, handle and proof become the holder; raises PermissionRefused for a person who may not steer."""


class HoldPeople:
    """Looks people up in the register. Raises Unavailable when the database cannot be asked."""

    def __init__(self, database: Database, recorder: str) -> None:
        """`recorder` is the fingerprint of its certificate: a proof for one recorder is of no use at another."""
        self._database, self._recorder = database, recorder

    def judge(self, desk: str, handle: str, proof: str) -> Holder:
        """Return the holder that this desk's person is."""
        if not proof:
            return unproven(desk, handle)
        with self._database.read() as session:
            user = session.scalars(select(UserRow).filter_by(handle=handle, active=True)).first()
            keys = select(UserKeyRow.public_key).filter_by(handle=handle, one_time=False)
            key = session.scalars(keys.order_by(UserKeyRow.id.desc())).first()
            roles = (
                frozenset(Role(each.role) for each in user.roles) if user is not None else frozenset[Role]()
            )
            user_id = user.id if user is not None else 0
        if key is None or not is_signed(key, proof, *proof_facts(self._recorder, desk, handle)):
            return unproven(desk, handle)
        if Permission.STEER_CAMERAS not in permissions_of(roles):
            raise PermissionRefused(f"{handle} may not steer cameras.")
        rank = max((RANKS[role] for role in roles if role in RANKS), default=Rank.OPERATOR)
        return Holder(desk, handle, user_id, rank, proven=True)


def unproven(desk: str, handle: str) -> Holder:
    """Somebody whom nothing proves: an operator, whatever they say, and the name says so."""
    return Holder(desk, f"{handle}, {UNPROVEN}" if handle else desk)
