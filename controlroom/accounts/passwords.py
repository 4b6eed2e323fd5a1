"""Judges, hashes, compares and makes passwords, after bringing what was typed to one form.

Argon2id with the reference library's parameters (64 MiB, 3 passes): about a fifth of a second on a desk's processor.
"""

import secrets
import unicodedata
from base64 import b64encode
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from controlroom.errors import InvalidInput

SHORTEST_PASSWORD = 12  # characters; NCSC advice is length before complexity
LONGEST_PASSWORD = 256  # characters; nobody types more; an attacker might
FEWEST_LETTERS = 5  # different characters
# Syllables without letters that are mixed up when read from a screen or over a telephone.
_SYLLABLES = [first + middle + last for first in "bdfgkmprst" for middle in "aeu" for last in "bdfgkmnprt"]
_PARTS, _SYLLABLES_EACH = 4, 2  # 8 of 300 syllables: 65 bits

_HASHER = PasswordHasher()


def hash_password(password: str, *, names: tuple[str, ...] = ()) -> str:
    """Argon2id hash of a new password; raises InvalidInput when it is too weak or contains one of `names`."""
    chosen = _one_form(password)
    if chosen is None:
        raise InvalidInput(
            "That password cannot be used.",
            remedy=f"Use up to {LONGEST_PASSWORD} characters that can be typed on a keyboard.",
        )
    if len(chosen) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"The password is too short: {len(chosen)} characters.",
            remedy=f"Use at least {SHORTEST_PASSWORD}; three random words do well.",
        )
    lowered = chosen.casefold()
    if len(set(lowered)) < FEWEST_LETTERS or _repeats(lowered) or _is_run(lowered):
        raise InvalidInput("The password is too easy to guess.", remedy="Three random words do well.")
    if any(len(name) > 3 and name.casefold() in lowered for name in names):
        raise InvalidInput("The password contains your name.", remedy="Three random words do well.")
    return _HASHER.hash(chosen)


def matches(stored: str | None, password: str) -> bool:
    """True when `password` is the one behind `stored`. Takes as long when it is not, and where there is no hash."""
    typed = _one_form(password)
    usable = stored is not None and typed is not None
    try:
        return _HASHER.verify(stored if usable and stored else _nobody(), typed or "") and usable
    except InvalidHashError:
        matches(None, password)
        return False
    except VerificationError:
        return False


def outdated(stored: str) -> bool:
    """True when a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def rehash(password: str) -> str:
    """The hash of a password that was right, with today's parameters."""
    return _HASHER.hash(_one_form(password) or "")


def present_costs() -> tuple[int, int, int]:
    """Return the Argon2id parameters of today: memory in KiB, passes, lanes."""
    return _HASHER.memory_cost, _HASHER.time_cost, _HASHER.parallelism


def key_from(password: str, salt: bytes, costs: tuple[int, int, int]) -> bytes:
    """The 32 bytes that only this password gives with this salt, as slowly as a password is compared."""
    memory, passes, lanes = costs
    typed = (_one_form(password) or "").encode()
    return hash_secret_raw(typed, salt, passes, memory, lanes, 32, Type.ID)


def one_time_password() -> str:
    """A password to read out and type once, such as `bakfet-dumgar-…`: 65 bits by chance."""
    parts = ("".join(secrets.choice(_SYLLABLES) for _ in range(_SYLLABLES_EACH)) for _ in range(_PARTS))
    return "-".join(parts)


def _nobody() -> str:
    """The hash to compare with where there is no account, so that an unknown name takes as long as a wrong password."""
    salt, result = (b64encode(part).decode().rstrip("=") for part in (b"nobody at all...", bytes(32)))
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${result}"


def _one_form(password: str) -> str | None:
    """The password in the form that is the same from every keyboard (NFKC); None when it cannot be one."""
    if len(password) > LONGEST_PASSWORD:
        return None
    made = unicodedata.normalize("NFKC", password)
    if len(made) > LONGEST_PASSWORD or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in made):
        return None
    return made


def _repeats(password: str) -> bool:
    """`passpasspass`: one short part over and over."""
    return password in (password + password)[1:-1]


def _is_run(password: str) -> bool:
    """`abcdefghijkl`, `987654321098`: each character follows the one before."""
    steps = {ord(right) - ord(left) for left, right in pairwise(password)}
    return len(steps) == 1 or steps <= {1, -9} or steps <= {-1, 9}
