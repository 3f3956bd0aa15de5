"""Security check 14: the audit trail is append-only, whoever asks."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts import services
from accounts.models import AuditEntry, Person
from tests.people import THEN


@pytest.fixture
def entry(agent: Person) -> AuditEntry:
    services.record(actor=agent, action="propose", target=agent, details={"rows": 3}, now=THEN)
    return AuditEntry.objects.get(action="propose")


def test_an_entry_says_who_did_what_to_which_thing(entry: AuditEntry, agent: Person) -> None:
    assert (entry.actor, entry.actor_name, entry.object_kind, entry.object_id, entry.object_name) == (
        agent,
        "Sanne de Wit",
        "person",
        str(agent.pk),
        "Sanne de Wit",
    )
    assert (entry.at, entry.details) == (THEN, {"rows": 3})


def test_without_an_actor_the_system_did_it(db: None) -> None:
    services.record(actor=None, action="measure", kind="series", name="contacts", now=THEN)
    assert AuditEntry.objects.get().actor_name == "Hearback"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET actor_name = 'Nobody'",
        "DELETE FROM accounts_auditentry",
        "DELETE FROM accounts_auditentry WHERE action = 'propose'",
    ],
)
def test_the_database_refuses_to_change_or_delete(entry: AuditEntry, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.actor_name == "Sanne de Wit"


def test_the_orm_is_refused_too(entry: AuditEntry) -> None:
    entry.action = "nothing"
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth() -> None:
    call_command("migrate", "accounts", "0001", verbosity=0)
    services.record(actor=None, action="test", now=THEN)
    assert AuditEntry.objects.update(action="changed") == 1
    call_command("migrate", "accounts", verbosity=0)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.update(action="again")
