"""A Redis cache that may be away: then nothing is remembered, and no page waits or fails for it."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

# After a failure Redis is left alone for so long, so that its time-out is paid once and not per request.
PAUSE_SECONDS = 5.0


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; while Redis does not answer, reads miss and writes are forgotten."""

    _away_until = 0.0

    def _or(self, absent: Any, ask: Callable[[], Any]) -> Any:
        if time.monotonic() < ForgivingRedisCache._away_until:
            return absent
        try:
            return ask()
        except (RedisError, OSError):
            ForgivingRedisCache._away_until = time.monotonic() + PAUSE_SECONDS
            return absent

    def add(self, *args: Any, **options: Any) -> bool:
        return bool(self._or(True, lambda: super(ForgivingRedisCache, self).add(*args, **options)))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def set(self, *args: Any, **options: Any) -> None:
        self._or(None, lambda: super(ForgivingRedisCache, self).set(*args, **options))

    def touch(self, *args: Any, **options: Any) -> bool:
        return bool(self._or(False, lambda: super(ForgivingRedisCache, self).touch(*args, **options)))

    def delete(self, *args: Any, **options: Any) -> bool:
        return bool(self._or(False, lambda: super(ForgivingRedisCache, self).delete(*args, **options)))

    def get_many(self, *args: Any, **options: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._or({}, lambda: super(ForgivingRedisCache, self).get_many(*args, **options))
        return found

    def has_key(self, *args: Any, **options: Any) -> bool:
        return bool(self._or(False, lambda: super(ForgivingRedisCache, self).has_key(*args, **options)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._or(delta, lambda: super(ForgivingRedisCache, self).incr(key, delta, version)))

    def set_many(self, *args: Any, **options: Any) -> list[Any]:
        failed: list[Any] = self._or([], lambda: super(ForgivingRedisCache, self).set_many(*args, **options))
        return failed

    def delete_many(self, *args: Any, **options: Any) -> None:
        self._or(None, lambda: super(ForgivingRedisCache, self).delete_many(*args, **options))

    def clear(self) -> None:
        self._or(None, lambda: super(ForgivingRedisCache, self).clear())
