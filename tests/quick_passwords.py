"""Argon2 is slow on purpose, and a hundred sign-ins are not what a test is about: the same hash, made cheaply.

It holds for the processes of the tests themselves; a desk that a test starts hashes as the program does.
"""

from argon2 import PasswordHasher

from controlroom.accounts import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def hash_quickly() -> None:
    """From now on passwords are hashed at the least cost there is."""
    passwords._HASHER = CHEAP
