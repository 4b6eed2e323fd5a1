"""Stores a workstation's secret for its PostgreSQL server and whom it trusts, in files only their owner reads.

In the data folder:
- `database-desk.secret`, `database-recorder.secret`: the password of the desk's or recorder's role, one line
- `database-ca.pem`: the authority that signed the server's certificate, where the system does not know it
An address that names a user is used as it is (an administrator's; libpq's own password file then applies).
"""

from pathlib import Path

from sqlalchemy import URL

from controlroom.database.roles import RoleNames
from controlroom.database.server_engine import parse_url
from controlroom.errors import Unavailable
from controlroom.platform import WINDOWS, write_private
from controlroom.small_files import read_line

AUTHORITY = "database-ca.pem"


def secret_file(folder: Path, process: str) -> Path:
    """Where the secret of `desk` or `recorder` lies."""
    return folder / f"database-{process}.secret"


def with_secret(url: str, folder: Path, process: str) -> str:
    """The address with the role and secret of this workstation's process. Raises Unavailable for an open file."""
    address = parse_url(url)
    address, path = with_authority(address, folder), secret_file(folder, process)
    if not address.username and path.exists():
        role = RoleNames(address.database or "").of(process)
        address = address.set(username=role, password=_read(path))
    return address.render_as_string(hide_password=False)


def with_authority(address: URL, folder: Path) -> URL:
    """The address trusting the authority in `folder`, where one lies: then TLS is demanded, on loopback too."""
    authority = folder / AUTHORITY
    if not authority.exists():
        return address
    return address.update_query_dict(
        {"sslmode": "verify-full", "sslrootcert": str(authority), **address.query}
    )


def keep_secret(folder: Path, process: str, secret: str) -> Path:
    """Write a secret where `with_secret` finds it, for its owner alone."""
    path = secret_file(folder, process)
    write_private(path, f"{secret}\n".encode())
    return path


def _read(path: Path) -> str:
    try:
        if not WINDOWS and path.stat().st_mode & 0o077:
            raise Unavailable(
                f"Others on this machine can read {path}, the secret of this workstation.",
                "The database is not opened with it.",
                f"Allow it to its owner alone (chmod 600 {path}), and ask the administrator for a new one.",
            )
        return read_line(path)
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"The secret of this workstation, {path}, cannot be read.",
            "The database is not opened.",
            "Put back the file the administrator handed over.",
        ) from error
