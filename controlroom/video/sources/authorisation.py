"""Answers a camera's login challenge: HTTP Digest (MD5, SHA-256) and Basic, as both RTSP and HTTP use them."""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Sequence

_PAIR = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def answer(challenges: Sequence[str], method: str, uri: str, username: str, password: str) -> str | None:
    """Return the Authorization header for the best challenge offered; None when none of them is known."""
    best: str | None = None
    for challenge in challenges:
        scheme, _, rest = challenge.strip().partition(" ")
        parts = {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(rest)}
        if scheme.lower() == "digest" and parts.get("algorithm", "MD5").upper() in _HASHES:
            return _digest(parts, method, uri, username, password)
        if scheme.lower() == "basic":
            best = "Basic " + b64encode(f"{username}:{password}".encode()).decode()
    return best


def _digest(parts: dict[str, str], method: str, uri: str, username: str, password: str) -> str:
    algorithm = parts.get("algorithm", "MD5").upper()
    realm, nonce = parts.get("realm", ""), parts.get("nonce", "")

    def hashed(text: str) -> str:
        return _HASHES[algorithm](text.encode()).hexdigest()

    who, what = hashed(f"{username}:{realm}:{password}"), hashed(f"{method}:{uri}")
    fields = [f'username="{username}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"']
    if "auth" in [each.strip() for each in parts.get("qop", "").split(",")]:
        count, own = "00000001", secrets.token_hex(8)
        response = hashed(f"{who}:{nonce}:{count}:{own}:auth:{what}")
        fields += ["qop=auth", f"nc={count}", f'cnonce="{own}"']
    else:
        response = hashed(f"{who}:{nonce}:{what}")
    fields.append(f'response="{response}"')
    if "algorithm" in parts:
        fields.append(f"algorithm={parts['algorithm']}")
    if "opaque" in parts:
        fields.append(f'opaque="{parts["opaque"]}"')
    return "Digest " + ", ".join(fields)
