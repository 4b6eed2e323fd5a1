"""Becomes a PostgreSQL program under an unprivileged user, and dies with the process that started it.

`python postgresql_child.py USER PARENT PROGRAM ARGUMENT…`; USER is empty for "as I am". Standard library only: it
runs without the environment. Only Linux can say "end with my parent"; elsewhere `tests/postgresql.py` stops it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def _become(user: str) -> None:
    import pwd

    person = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(person.pw_gid)
    os.setuid(person.pw_uid)


def _end_with_parent(parent: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    # SIGQUIT: PostgreSQL's immediate shutdown. Set after the change of user, which would clear it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGQUIT), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone already")


if __name__ == "__main__":
    if sys.argv[1]:
        _become(sys.argv[1])
    _end_with_parent(int(sys.argv[2]))
    os.environ.update(LC_ALL="C.UTF-8", TZ="UTC")
    os.execv(sys.argv[3], sys.argv[3:])
