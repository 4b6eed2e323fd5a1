"""Lists every use case that takes an actor and the permission it needs; tests/accounts/test_matrix.py checks it.

A name is `package.Class.method`, with the case in brackets where one method holds several. A new public method that
takes an actor gets its place here; then it is tried as every role on both engines, and stands in docs/permissions.md.
"""

from controlroom.accounts.permissions import Permission

_P = Permission
_TABLE: tuple[tuple[Permission | None, str, str], ...] = (
    # None: anybody signed in, for themselves
    (None, "accounts.DeskSignIn", "change_password, refresh"),
    (None, "accounts.SignInService", "change_password, refresh"),
    # of every kind of record what the roles of the person permit them to read
    (None, "search.SearchService", "find"),
    (_P.READ_AUDIT, "accounts.AuditTrail", "choices, entries, last_signed, verify"),
    (_P.EXPORT_AUDIT, "accounts.AuditTrail", "export"),
    (_P.READ_USERS, "accounts.AccountService", "accounts"),
    (_P.MANAGE_USERS, "accounts.AccountService", "add, add_account, reset_password, set_last_day"),
    (
        _P.MANAGE_USERS,
        "accounts.AccountService",
        "confirm_entry, confirm_key, set_roles, switch_off, switch_on",
    ),
    (_P.UNLOCK_USERS, "accounts.AccountService", "unlock"),
    (
        _P.MANAGE_CAMERAS,
        "cameras.CameraService",
        "add, bring_back, change, login_to_try, out_of_use, registered, replace, retire, trust_certificate",
    ),
    (_P.READ_CAMERAS, "cameras.CameraService", "cameras"),
    (_P.WATCH_LIVE, "cameras.CameraService", "logins"),
    (_P.STEER_CAMERAS, "cameras.PresetService", "save"),
    (_P.MANAGE_CAMERAS, "cameras.PresetService", "remove, rename, set_home"),
    (_P.WATCH_LIVE, "cameras.PresetPictures", "of"),
    (_P.STEER_CAMERAS, "cameras.PresetPictures", "keep"),
    (_P.MANAGE_CAMERAS, "cameras.PresetPictures", "forget"),
    (_P.MANAGE_CAMERAS, "cameras.RegisterImport", "accept, preview, preview_found, registered"),
    (_P.CHANGE_SETTINGS, "cameras.SiteKeyService", "bring_back, make_new, provide"),
    (_P.MANAGE_CAMERAS, "cameras.SiteKeyService", "enter_login, standing"),
    (_P.PURGE_TEXT, "care.PurgeService", "approve, decline, execute, preview, propose, withdraw"),
    (_P.READ_AUDIT, "care.PurgeService", "purges"),
    (_P.CHANGE_SETTINGS, "configuration.ListService", "add, bring_back, change, move, retire"),
    (_P.CHANGE_SETTINGS, "configuration.SettingsService", "change, reset"),
    (_P.WRITE_BIDS, "deployments.BidService", "add, ask, assess, edit, lapse, submit, withdraw"),
    (_P.READ_DEPLOYMENTS, "deployments.BidService", "bid, bids, concerns, history, nearest_camera, proposed"),
    (_P.MANAGE_DEPLOYMENTS, "deployments.DeploymentService", "abort, close, evaluate, go_live, install"),
    (_P.MANAGE_DEPLOYMENTS, "deployments.DeploymentService", "order_removal, plan, record_dpia"),
    (_P.MANAGE_DEPLOYMENTS, "deployments.DeploymentService", "record_signs, record_survey"),
    (
        _P.MANAGE_DEPLOYMENTS,
        "deployments.DeploymentService",
        "record_test_image, record_failed_check, remove, resume, schedule",
    ),
    (_P.MANAGE_DEPLOYMENTS, "deployments.DeploymentService", "start_review, suspend"),
    (_P.READ_DEPLOYMENTS, "deployments.DeploymentService", "deployment, deployments, history, picture"),
    (_P.READ_DEPLOYMENTS, "deployments.MeetingService", "agenda, decisions, meetings, next_agenda"),
    (_P.RECORD_DECISIONS, "deployments.MeetingService", "cancel, chair_approves, chair_extends, close"),
    (_P.RECORD_DECISIONS, "deployments.MeetingService", "move, plan, plan_ahead, ratify, record_decision"),
    (_P.RECORD_DECISIONS, "deployments.MeetingService", "record_extension, save_minutes"),
    (_P.WRITE_BIDS, "deployments.MeetingService", "table_bid, table_deployment"),
    (_P.READ_DEPLOYMENTS, "deployments.OverviewService", "attention, timeline"),
    (_P.MANAGE_DEPLOYMENTS, "deployments.UnitService", "add, report_fault, report_repair, retire"),
    (_P.READ_DEPLOYMENTS, "deployments.UnitService", "units"),
    (_P.REVIEW_INCIDENTS, "incidents.IncidentService", "act (approve), act (reopen), act (return)"),
    (_P.OPEN_INCIDENTS, "incidents.IncidentService", "act (any other step), amend"),
    (_P.OPEN_INCIDENTS, "incidents.IncidentService", "inform_agency, join_entries, link_entry"),
    (_P.OPEN_INCIDENTS, "incidents.IncidentService", "open_from_entry, open_incident"),
    (_P.WRITE_LOG, "incidents.IncidentService", "add_addendum"),
    (_P.READ_INCIDENTS, "incidents.IncidentService", "awaiting, counts, incident, incidents"),
    (_P.EXPORT, "incidents.IncidentService", "export"),
    (_P.RESTRICT_INCIDENTS, "incidents.RestrictionService", "candidates, lift, restrict"),
    (_P.READ_INCIDENTS, "incidents.RestrictionService", "restriction"),
    (_P.READ_LOG, "log.LogService", "authors, cameras, entries, entry, picture, search"),
    (_P.EXPORT, "log.LogService", "export"),
    (_P.READ_AUDIT, "recording.HoldHistory", "of_camera, of_number, of_person"),
    (_P.READ_CAMERAS, "recording.HealthService", "availability, changes, current"),
)
USE_CASES: dict[str, Permission | None] = {
    f"{service}.{method}": permission
    for permission, service, methods in _TABLE
    for method in methods.split(", ")
}

OPEN: dict[str, str] = {
    "accounts.DeskSignIn.note_lock": "notes who locked their own desk",
    "accounts.DeskSignIn.sign_out": "notes who left their own desk",
    "accounts.RememberedPeople.remember": "keeps at this desk who just signed in, for when the database is away",
    "accounts.SignInService.note_lock": "notes who locked their own desk",
    "accounts.SignInService.sign_out": "notes who left their own desk",
    "configuration.ListService.words": "lists hold no secret; pages offer changing them to who may",
    "configuration.SettingsService.for_person": "one's own looks",
    "configuration.SettingsService.lines": "settings hold no secret; pages show them to who may change them",
    "log.Outbox.accept": "stores first; the permission is asked when the entry is written",
    "log.Outbox.accept_addendum": "stores first; the permission is asked when the addendum is written",
    "log.Outbox.close_refused": "puts away what was refused at this desk",
    "log.Outbox.picture": "shows the picture of an entry of this desk to who may read that entry",
    "log.Outbox.note": "notes on this desk's disk what happened while the database was away",
}
