"""The audit trail refuses UPDATE and DELETE, in the database itself, for every program that connects.

A later migration that makes SQLite rebuild accounts_auditentry loses its triggers with the old
table: such a migration must run `shut` again.
"""

from django.db import migrations

REFUSAL = "The audit trail is append-only."

SQLITE = [
    f"""
    CREATE TRIGGER accounts_auditentry_no_{verb.lower()} BEFORE {verb} ON accounts_auditentry
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for verb in ("UPDATE", "DELETE")
]
SQLITE_BACK = [f"DROP TRIGGER accounts_auditentry_no_{verb}" for verb in ("update", "delete")]

POSTGRESQL = [
    f"""
    CREATE FUNCTION accounts_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER accounts_auditentry_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_refuse()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER accounts_auditentry_append_only ON accounts_auditentry",
    "DROP FUNCTION accounts_auditentry_refuse()",
]


def shut(apps, schema_editor):
    """From now on entries can only be added."""
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def open_again(apps, schema_editor):
    """Back to an ordinary table."""
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL_BACK if vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(shut, open_again)]
