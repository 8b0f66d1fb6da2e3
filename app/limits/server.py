"""The server that counts for all processes: Redis or Valkey."""

from limits.storage import RedisStorage
from redis import BlockingConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

__all__ = ["RedisError", "connect"]

#: Seconds for each wait for the server: being counted is worth no more.
TIMEOUT = 0.5
#: Connections of a process. A call takes one for less than a millisecond.
CONNECTIONS = 50


def connect(url: str) -> RedisStorage:
    """Return the counts on a server. It is connected to when it is first asked."""
    return RedisStorage(url, connection_pool=_pool(url), key_prefix="limits")


def _pool(url: str) -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        socket_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
