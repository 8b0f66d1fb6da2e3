"""The server that counts for all processes: Redis or Valkey."""

from limits.storage import RedisStorage
from redis.exceptions import RedisError

from app.authz.state.redis import connections

__all__ = ["RedisError", "connect"]

#: Seconds for each wait for the server: being counted is worth no more.
TIMEOUT = 0.5


def connect(url: str) -> RedisStorage:
    """Return the counts on a server. It is connected to when it is first asked."""
    return RedisStorage(url, connection_pool=connections(url, TIMEOUT), key_prefix="limits")
