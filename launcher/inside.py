"""Small questions to a database server, asked by the installed Python: `python -m launcher.inside QUESTION`.

The address comes on standard input, because it may hold a password and arguments can be seen by
others. The answer is one line on standard output; exit 1 with the reason when there is none.
"""

import sys
from collections.abc import Callable
from urllib.parse import urlsplit


def postgres_check(url: str, _argument: str) -> str:
    """`yes` when this address can sign in and create databases."""
    import psycopg2

    connection = psycopg2.connect(url, connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        found = cursor.fetchone()
    connection.close()
    return "yes" if found and found[0] else "no"


def postgres_drop(url: str, prefix: str) -> str:
    """Drop the databases whose names start so: what an interrupted run left behind."""
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.close()
    return str(len(names))


def redis_check(url: str, _argument: str) -> str:
    """`yes` when Redis takes commands at this address."""
    import redis

    with redis.Redis.from_url(url, socket_timeout=5) as server:
        return "yes" if server.ping() else "no"


def redis_empty(url: str, _argument: str) -> str:
    """The highest of Redis' sixteen numbered databases that holds nothing."""
    import redis

    server_alone = urlsplit(url)._replace(path="").geturl()
    for number in range(15, -1, -1):
        with redis.Redis.from_url(server_alone, db=number, socket_timeout=5) as server:
            if server.dbsize() == 0:
                return str(number)
    raise LookupError("none of its sixteen databases is empty")


def redis_forget(url: str, prefix: str) -> str:
    """Delete the keys that start so, and no others."""
    import redis

    with redis.Redis.from_url(url, socket_timeout=5) as server:
        keys = list(server.scan_iter(match=f"{prefix}*", count=1000))
        return str(server.delete(*keys) if keys else 0)


QUESTIONS: dict[str, Callable[[str, str], str]] = {
    "postgres-check": postgres_check,
    "postgres-drop": postgres_drop,
    "redis-check": redis_check,
    "redis-empty": redis_empty,
    "redis-forget": redis_forget,
}


def main(arguments: list[str]) -> int:
    """Ask one question; see the module's text."""
    try:
        print(QUESTIONS[arguments[0]](sys.stdin.read().strip(), (arguments[1:] or [""])[0]))
    except Exception as error:  # whatever a driver raises, its first line is the reason
        print((str(error).strip().splitlines() or [type(error).__name__])[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
