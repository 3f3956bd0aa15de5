"""The words of contacts, indexed: FTS5 on SQLite, a tsvector with GIN on PostgreSQL.

A job fills the table (`feedback.services.search`); whatever deletes or changes words, the trigger takes
them out of the index at once, so that erased words cannot be found. A later migration that makes SQLite
rebuild feedback_contacttext loses its triggers with the old table: it must run `make` again.
"""

from django.db import migrations

SQLITE = [
    """
    CREATE VIRTUAL TABLE feedback_contactsearch
    USING fts5(subject, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '3')
    """,
    """
    CREATE TRIGGER feedback_contacttext_deleted AFTER DELETE ON feedback_contacttext
    BEGIN DELETE FROM feedback_contactsearch WHERE rowid = old.contact_id; END
    """,
    """
    CREATE TRIGGER feedback_contacttext_updated AFTER UPDATE OF subject, text ON feedback_contacttext
    BEGIN
        DELETE FROM feedback_contactsearch WHERE rowid = old.contact_id;
        INSERT INTO feedback_searchmark (first_id, last_id) VALUES (new.contact_id, new.contact_id);
    END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER feedback_contacttext_updated",
    "DROP TRIGGER feedback_contacttext_deleted",
    "DROP TABLE feedback_contactsearch",
]

# As SQLite's tokenizer sees them: lower case, without marks, parted at everything that is no letter or digit.
PLAIN = (
    "àáâãäåāăąçćčďèéêëēėęěìíîïīįñńňòóôõöőřśšťùúûüūůűýÿźżž",
    "aaaaaaaaacccdeeeeeeeeiiiiiinnnoooooorsstuuuuuuuyyzzz",
)
POSTGRESQL = [
    "CREATE TABLE feedback_contactsearch (contact_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX feedback_contactsearch_words ON feedback_contactsearch USING gin (words)",
    f"""
    CREATE FUNCTION feedback_search_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('simple', regexp_replace(
            translate(lower(left(said, 200000)), '{PLAIN[0]}', '{PLAIN[1]}'), '[^[:alnum:]]+', ' ', 'g'))
    $$
    """,
    """
    CREATE FUNCTION feedback_contacttext_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM feedback_contactsearch WHERE contact_id = OLD.contact_id;
        IF TG_OP = 'UPDATE' THEN
            INSERT INTO feedback_searchmark (first_id, last_id) VALUES (NEW.contact_id, NEW.contact_id);
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION feedback_contacttext_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        TRUNCATE feedback_contactsearch;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER feedback_contacttext_changed AFTER DELETE OR UPDATE OF subject, text ON feedback_contacttext
    FOR EACH ROW EXECUTE FUNCTION feedback_contacttext_changed()
    """,
    """
    CREATE TRIGGER feedback_contacttext_emptied AFTER TRUNCATE ON feedback_contacttext
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_contacttext_emptied()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER feedback_contacttext_emptied ON feedback_contacttext",
    "DROP TRIGGER feedback_contacttext_changed ON feedback_contacttext",
    "DROP FUNCTION feedback_contacttext_emptied()",
    "DROP FUNCTION feedback_contacttext_changed()",
    "DROP FUNCTION feedback_search_words(text)",
    "DROP TABLE feedback_contactsearch",
]


def make(apps, schema_editor):
    """An empty index, and the triggers that take words out of it."""
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """No index."""
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL_BACK if vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("feedback", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
