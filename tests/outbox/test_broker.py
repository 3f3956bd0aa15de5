"""How Celery, the cache and the logs are set up: for losing nothing, and for a Redis that is away."""

import io
import json
import logging
import logging.config
from typing import Any

import pytest
import structlog
from django.conf import settings
from kombu import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from config import celery, logs
from config.cache import ForgivingRedisCache
from launcher.servers import TemporaryRedis, free_port


def test_a_message_is_given_back_when_its_worker_dies_and_to_nobody_else_before() -> None:
    conf = celery.app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.task_ignore_result
    assert conf.worker_prefetch_multiplier == 1
    assert settings.JOB_TURN_SECONDS < conf.task_soft_time_limit < conf.task_time_limit
    assert conf.task_time_limit < celery.REDIS_OPTIONS["visibility_timeout"]


def test_a_place_is_free_again_though_redis_went_away_under_its_message(own_redis: TemporaryRedis) -> None:
    options = {"socket_connect_timeout": 0.2}
    with Connection(own_redis.url, transport_options=options) as connection, connection.SimpleQueue("tests") as queue:
        places: Any = queue.channel.qos  # type: ignore[attr-defined]
        places.prefetch_count = 1
        queue.put("finished")
        message = queue.get(timeout=5)
        assert not places.can_consume(), "it has the only place"
        own_redis.stop()
        with pytest.raises(RedisConnectionError):
            message.ack()
        assert places.can_consume(), "a worker without a place does not listen, and never hears that Redis is back"


def _cache(port: int) -> ForgivingRedisCache:
    options = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
    return ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": options})


@pytest.fixture(autouse=True)
def not_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForgivingRedisCache, "_away_until", 0.0)


def test_a_cache_without_redis_remembers_nothing_and_raises_nothing() -> None:
    cache = _cache(free_port())
    cache.set("a", 1)
    assert cache.get("a", "nothing") == "nothing"
    assert cache.get_many(["a"]) == {}
    assert cache.add("a", 1) is True
    assert cache.incr("a") == 1
    assert cache.delete("a") is False
    assert cache.touch("a") is False
    assert cache.has_key("a") is False
    assert cache.set_many({"a": 1}) == []
    cache.delete_many(["a"])
    cache.clear()


def test_a_cache_finds_redis_again_after_a_while(own_redis: TemporaryRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = _cache(own_redis.port)
    cache.set("a", 1)
    assert cache.get("a") == 1
    own_redis.stop()
    assert cache.get("a") is None
    own_redis.start()
    cache.set("a", 2)
    assert cache.get("a") is None, "left alone for a few seconds"
    monkeypatch.setattr(ForgivingRedisCache, "_away_until", 0.0)
    cache.set("a", 3)
    assert cache.get("a") == 3


@pytest.fixture
def logged() -> Any:
    """What a line looks like in each form; the suite's own logging is put back afterwards."""

    def write(*, as_json: bool) -> str:
        config = logs.configured(as_json=as_json, level="INFO")
        stream = io.StringIO()
        config["handlers"]["stderr"]["stream"] = stream
        config["loggers"] = {"outbox.trial": {"handlers": ["stderr"], "level": "INFO", "propagate": False}}
        del config["root"]
        logging.config.dictConfig(config)
        structlog.stdlib.get_logger("outbox.trial").info("job done", job=7)
        return stream.getvalue()

    yield write
    logging.config.dictConfig(settings.LOGGING)


def test_a_log_line_is_for_machines_or_for_people(logged: Any) -> None:
    line = json.loads(logged(as_json=True))
    assert (line["event"], line["job"], line["level"], line["logger"]) == ("job done", 7, "info", "outbox.trial")
    assert line["timestamp"].endswith("Z")
    plain = logged(as_json=False)
    assert "job done" in plain
    assert "job=7" in plain
