"""What surrounds every request: its id, one line in the log, and the limit of its body.

The log says what was asked for and how long it took, never by whom, from where or to where.
"""

import logging
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

logger = logging.getLogger(__name__)

_LONGEST_ID = 64


class Envelope:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id"))
        scope["maas.request_id"] = request_id
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            if _announced(headers) > self._limit:
                refusal = problems.response(self._too_large(request_id), {"Connection": "close"})
                await refusal(scope, receive, answer)
            else:
                await self._app(scope, self._counted(receive), answer)
        finally:
            logger.info(
                "event=request method=%s path=%s status=%d ms=%.1f request_id=%s",
                scope["method"],
                getattr(scope.get("route"), "path", "-"),
                status,
                1000 * (time.perf_counter() - started),
                request_id,
            )

    def _counted(self, receive: Receive) -> Receive:
        """Read the body up to the limit, whatever length was announced."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413, self._sentence())
            return message

        return counted

    def _too_large(self, request_id: str) -> dict[str, object]:
        return problems.document(problems.TOO_LARGE, self._sentence(), request_id)

    def _sentence(self) -> str:
        return f"at most {self._limit} bytes are taken; send less at once"


def _request_id(given: str | None) -> str:
    """Return the client's id of the request if it is harmless, else a new one."""
    if given and len(given) <= _LONGEST_ID and given.isascii() and given.isprintable():
        return given
    return secrets.token_hex(8)


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0
