"""Answers cameras' challenges: HTTP Digest (MD5, SHA-256), as both RTSP and HTTP use it.

Basic, which sends the password itself, is never answered: whoever listens, or poses as the camera, would have it.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence

_PAIR = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_UNFIT = re.compile(r'[\x00-\x1f\x7f"\\]')  # in a quoted part of a header


def answer(challenges: Sequence[str], method: str, uri: str, username: str, password: str) -> str | None:
    """Return the Authorization header for the first Digest challenge that is known; None where there is none."""
    parts = _known(challenges)
    if parts is None or _UNFIT.search(username + uri):
        return None
    return _digest(parts, method, uri, username, password)


def nonce(challenges: Sequence[str]) -> str:
    """Return the nonce that `answer` answers to; "" for none."""
    return (_known(challenges) or {}).get("nonce", "")


def is_stale(challenges: Sequence[str]) -> bool:
    """True when the camera says that the nonce was too old, and not the password wrong."""
    return (_known(challenges) or {}).get("stale", "").lower() == "true"


def wants_the_password_itself(challenges: Sequence[str]) -> bool:
    """True when Basic is offered, and no Digest that is known."""
    return _known(challenges) is None and any(_scheme(each) == "basic" for each in challenges)


def _scheme(challenge: str) -> str:
    return challenge.strip().partition(" ")[0].lower()


def _known(challenges: Sequence[str]) -> dict[str, str] | None:
    for challenge in challenges:
        if _scheme(challenge) == "digest":
            rest = challenge.strip().partition(" ")[2]
            parts = {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(rest)}
            if parts.get("algorithm", "MD5").upper() in _HASHES:
                return parts
    return None


def _digest(parts: dict[str, str], method: str, uri: str, username: str, password: str) -> str:
    algorithm = parts.get("algorithm", "MD5").upper()
    realm, once = parts.get("realm", ""), parts.get("nonce", "")

    def hashed(text: str) -> str:
        return _HASHES[algorithm](text.encode()).hexdigest()

    who, what = hashed(f"{username}:{realm}:{password}"), hashed(f"{method}:{uri}")
    fields = [f'username="{username}"', f'realm="{realm}"', f'nonce="{once}"', f'uri="{uri}"']
    if "auth" in [each.strip() for each in parts.get("qop", "").split(",")]:
        count, own = "00000001", secrets.token_hex(8)
        response = hashed(f"{who}:{once}:{count}:{own}:auth:{what}")
        fields += ["qop=auth", f"nc={count}", f'cnonce="{own}"']
    else:
        response = hashed(f"{who}:{once}:{what}")
    fields.append(f'response="{response}"')
    if "algorithm" in parts:
        fields.append(f"algorithm={parts['algorithm']}")
    if "opaque" in parts:
        fields.append(f'opaque="{parts["opaque"]}"')
    return "Digest " + ", ".join(fields)
