"""Says what each role may do, in one table that every service reads."""

from enum import StrEnum

from controlroom.accounts.records import Role


class Permission(StrEnum):
    """One thing someone may be allowed to do."""

    WATCH_LIVE = "watch live pictures"
    STEER_CAMERAS = "steer cameras"
    READ_CAMERAS = "read the camera register"
    MANAGE_CAMERAS = "add and change cameras"
    READ_LOG = "read the log"
    WRITE_LOG = "write log entries"
    READ_INCIDENTS = "read incidents"
    OPEN_INCIDENTS = "open and work on incidents"
    REVIEW_INCIDENTS = "approve, return and reopen incidents"
    RESTRICT_INCIDENTS = "restrict incidents to named people"
    READ_DEPLOYMENTS = "read bids, meetings and deployments"
    WRITE_BIDS = "enter, assess and table bids"
    RECORD_DECISIONS = "record JAG decisions"
    MANAGE_DEPLOYMENTS = "plan, install, remove and close deployments"
    READ_USERS = "see accounts and their state"
    UNLOCK_USERS = "unlock accounts after wrong passwords"
    MANAGE_USERS = "add users and change their roles"
    READ_AUDIT = "read the audit trail"
    EXPORT_AUDIT = "export the audit trail"
    PURGE_TEXT = "propose and approve purges of personal text"
    EXPORT = "export lists"
    CHANGE_SETTINGS = "change settings"
    RESTART_PROCESSES = "start the program's own processes again"


_P = Permission
_READ = {_P.READ_CAMERAS, _P.READ_LOG, _P.READ_INCIDENTS, _P.READ_DEPLOYMENTS}
_OPERATE = _READ | {_P.WATCH_LIVE, _P.STEER_CAMERAS, _P.WRITE_LOG, _P.OPEN_INCIDENTS}

_LOOK_AFTER = {_P.READ_USERS, _P.UNLOCK_USERS, _P.RESTART_PROCESSES, _P.MANAGE_CAMERAS, _P.PURGE_TEXT}
_AUDIT = {_P.READ_AUDIT, _P.EXPORT_AUDIT}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset(_OPERATE),
    Role.SUPERVISOR: frozenset(
        _OPERATE
        | _LOOK_AFTER
        | _AUDIT
        | {_P.REVIEW_INCIDENTS, _P.RESTRICT_INCIDENTS, _P.MANAGE_DEPLOYMENTS, _P.EXPORT}
    ),
    Role.COORDINATOR: frozenset(
        _READ
        | {_P.WATCH_LIVE, _P.WRITE_LOG, _P.WRITE_BIDS, _P.RECORD_DECISIONS, _P.MANAGE_DEPLOYMENTS, _P.EXPORT}
    ),
    Role.ADMINISTRATOR: frozenset(
        _LOOK_AFTER | _AUDIT | {_P.READ_CAMERAS, _P.WATCH_LIVE, _P.MANAGE_USERS, _P.CHANGE_SETTINGS}
    ),
    Role.AUDITOR: frozenset(_READ | _AUDIT | {_P.READ_USERS, _P.EXPORT}),
}


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything these roles permit together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
