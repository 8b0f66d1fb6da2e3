"""Content that stays the same as long as the process lives, as answers."""

import gzip
from functools import cached_property
from hashlib import blake2b

from flask import Response, request


class Fixed:
    """Bytes that are served as they are, or compressed to whom that suits.

    :param cache_control: of the answers.
    """

    def __init__(self, body: bytes, content_type: str, cache_control: str) -> None:
        self._body = body
        self._content_type = content_type
        self._cache_control = cache_control
        #: Names the bytes; compressed they have a name of their own (RFC 9110, section 8.8.3.3).
        self.tag = blake2b(body, digest_size=16).hexdigest()

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self._body, mtime=0)

    def answer(self) -> Response:
        """Answer the current request."""
        zipped = request.accept_encodings.quality("gzip") > 0
        tag = f"{self.tag}-gzip" if zipped else self.tag
        response = Response(content_type=self._content_type)
        response.set_etag(tag)
        response.headers["Cache-Control"] = self._cache_control
        response.headers["Vary"] = "Accept-Encoding"
        if request.if_none_match.contains_weak(tag):
            response.status_code = 304
            return response
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.data = self._compressed if zipped else self._body
        return response
