"""Notices when the client of a long request has gone, so that nobody works for it any more."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

_PAUSE = 0.2  # s between two looks


@asynccontextmanager
async def hanging_up(request: Request) -> AsyncIterator[threading.Event]:
    """Yield an event, to be asked by any thread, that is set once the client has gone."""
    has_gone = threading.Event()
    watcher = asyncio.create_task(_watch(request, has_gone))
    try:
        yield has_gone
    finally:
        watcher.cancel()


async def _watch(request: Request, has_gone: threading.Event) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(_PAUSE)
    has_gone.set()
