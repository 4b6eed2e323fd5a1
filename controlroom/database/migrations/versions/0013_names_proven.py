"""On PostgreSQL, names that only who bears them may write; on both engines counters of references that only rise.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Table → the columns that say who did it.
BY = {
    "bids": ("created_by",),
    "incident_entries": ("linked_by",),
    "incident_restrictions": ("restricted_by",),
    "incident_steps": ("author",),
    "incidents": ("opened_by", "submitted_by"),
    "jag_decisions": ("recorded_by",),
    "log_addenda": ("author",),
    "log_entries": ("author",),
    "purges": ("proposed_by", "decided_by"),
    "site_settings": ("changed_by",),
}
# An upgrade makes `controlroom_writes_as`, which knows the room's roles. Whatever a function of the owner writes was
# judged by that function.
BY_WHOM = """
CREATE FUNCTION controlroom_by_whom() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named text; written text; before text;
BEGIN
    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NEW;
    END IF;
    FOREACH named IN ARRAY TG_ARGV LOOP
        written := to_jsonb(NEW) ->> named;
        before := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ->> named ELSE '' END;
        IF written IS DISTINCT FROM before AND written <> '' AND NOT controlroom_writes_as(written) THEN
            RAISE EXCEPTION '%: % in the name of % is refused', TG_TABLE_NAME, TG_OP, written USING ERRCODE = '42501';
        END IF;
    END LOOP;
    RETURN NEW;
END $$
"""
# Of one's own account nobody changes what an administrator decides about it.
OWN_ACCOUNT = """
CREATE FUNCTION controlroom_own_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF controlroom_role_of(OLD.login) = session_user AND (OLD.active, OLD.expires_on, OLD.off_since, OLD.off_reason)
        IS DISTINCT FROM (NEW.active, NEW.expires_on, NEW.off_since, NEW.off_reason)
    THEN
        RAISE EXCEPTION 'users: UPDATE of one''s own account is refused' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$
"""
OTHER_ROLE = """
CREATE FUNCTION controlroom_other_role() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.database_role NOT IN ('', controlroom_role_of(NEW.login))
        OR lower(NEW.handle) IN ('nobody', 'control room', 'nightly care')
    THEN
        RAISE EXCEPTION 'users: % is refused', TG_OP USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$
"""
OWN_ROLES = """
CREATE FUNCTION controlroom_own_roles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whose integer := CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM users WHERE id = whose AND controlroom_role_of(login) = session_user) THEN
        RAISE EXCEPTION 'user_roles: % of one''s own account is refused', TG_OP USING ERRCODE = '42501';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
NO_LOWERING = """
CREATE FUNCTION controlroom_no_lowering() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.last < OLD.last OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year THEN
        RAISE EXCEPTION 'reference_counters: UPDATE is refused';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER reference_counters_no_lowering BEFORE UPDATE ON reference_counters "
            "WHEN NEW.last < OLD.last OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year "
            "BEGIN SELECT RAISE(ABORT, 'reference_counters: UPDATE is refused'); END"
        )
        return
    for function in (BY_WHOM, OWN_ACCOUNT, OTHER_ROLE, OWN_ROLES, NO_LOWERING):
        op.execute(function)
    for table, columns in BY.items():
        named = ", ".join(f"'{column}'" for column in columns)
        _trigger(table, "by_whom", "INSERT OR UPDATE", f"controlroom_by_whom({named})")
    _trigger("users", "no_own_change", "UPDATE", "controlroom_own_account()")
    _trigger("users", "no_other_role", "INSERT OR UPDATE", "controlroom_other_role()")
    _trigger("user_roles", "no_own_change", "INSERT OR UPDATE OR DELETE", "controlroom_own_roles()")
    _trigger("reference_counters", "no_lowering", "UPDATE", "controlroom_no_lowering()")


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER reference_counters_no_lowering")
        return
    for name in ("by_whom", "own_account", "other_role", "own_roles", "no_lowering"):
        op.execute(f"DROP FUNCTION controlroom_{name}() CASCADE")


def _trigger(table: str, name: str, verbs: str, function: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}"
    )
