"""Argon2 is slow on purpose, and a hundred sign-ins are not what a test is about: the same hash, made cheaply."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from controlroom.accounts import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(scope="package", autouse=True)
def quick_passwords() -> Iterator[None]:
    """For a package of tests: import it in its conftest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", CHEAP)
        yield
