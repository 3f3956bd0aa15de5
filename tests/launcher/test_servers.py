"""Temporary servers: start, stop, crash and start again on the same data, leaving nothing behind."""

import psycopg2
import pytest
import redis

from launcher import servers


@pytest.mark.fault
@pytest.mark.slow
def test_a_crashed_postgres_comes_back_with_what_was_committed(own_postgres: servers.TemporaryPostgres) -> None:
    with psycopg2.connect(own_postgres.url()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    own_postgres.crash()
    assert not servers.answers(own_postgres.port)
    own_postgres.start()
    with psycopg2.connect(own_postgres.url()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchone() == (42,)
    own_postgres.remove()
    assert not own_postgres.folder.exists()


@pytest.mark.fault
@pytest.mark.slow
def test_a_redis_of_our_own_stops_and_starts(own_redis: servers.TemporaryRedis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("kept", "no")
    own_redis.stop()
    assert not servers.answers(own_redis.port)
    own_redis.start()
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.dbsize() == 0, "a temporary Redis keeps nothing on disk"


def test_a_free_port_is_free() -> None:
    assert not servers.answers(servers.free_port())
