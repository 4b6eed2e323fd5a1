"""Accounts: signing in (`signing_in.py`), looking after them (`managing.py`), and the check of every use case."""

from controlroom.accounts.access import require
from controlroom.accounts.managing import Managing
from controlroom.accounts.passwords import SHORTEST_PASSWORD, hash_password

__all__ = ["SHORTEST_PASSWORD", "AccountService", "hash_password", "require"]


class AccountService(Managing):
    """Every use case about accounts, over one database."""
