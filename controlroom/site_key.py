"""The site key: seals what must be readable again (camera passwords), and is kept outside the database."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from controlroom.errors import Unavailable
from controlroom.platform import owner_only


class SiteKey:
    """Seals and opens short secrets (AES-128-CBC with HMAC-SHA256, the Fernet format)."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    @classmethod
    def load_or_create(cls, path: Path) -> "SiteKey":
        """The key in `path`, a file only its owner can read; made at the first start."""
        try:
            return cls(path.read_bytes().strip())
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            key = Fernet.generate_key()
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            owner_only(path)
            return cls(key)
        except (OSError, ValueError) as error:
            raise Unavailable(
                f"The site key {path} cannot be used.",
                "Without it no camera password can be read.",
                "Put back the key file that belongs to this database.",
            ) from error

    def seal(self, secret: str) -> str:
        """`secret` sealed, as text."""
        return self._fernet.encrypt(secret.encode()).decode() if secret else ""

    def open(self, sealed: str) -> str:
        """The secret again; raises Unavailable when another key sealed it."""
        if not sealed:
            return ""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unavailable(
                "A camera password cannot be read: the site key does not fit.",
                remedy="Put back the key file that belongs to this database, or enter the password again.",
            ) from error
