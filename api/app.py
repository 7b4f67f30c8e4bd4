"""The HTTP application; importing this module starts nothing."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI

import maas
from api import (
    bookings,
    dispatch,
    health,
    journeys,
    openapi,
    pages,
    places,
    problems,
    reach,
    realtime,
    roads,
    running_plans,
    shipments,
)
from api.envelope import Envelope
from api.service import Service
from api.settings import Settings

DESCRIPTION = """\
Door-to-door journeys and mixed passenger-freight loads (貨客混載) planned on one network.

Times are RFC 3339; a time without offset is in the region's zone. Money is a decimal string with
its currency. Nothing found is an answer with reasons, not an error. Errors are problem details
(RFC 9457) with a stable `code`.
"""
_TAGS = [
    {"name": "journeys", "description": "Trips of people from door to door."},
    {"name": "shipments", "description": "Parcels in the space that vehicles already move."},
    {"name": "bookings", "description": "Seats and cargo space held on all segments at once."},
    {"name": "places", "description": "Names to places."},
    {"name": "roads", "description": "Routes, matrices and isochrones on the roads alone."},
    {"name": "realtime", "description": "News of the lines, as taken in and as passed on."},
    {"name": "service", "description": "State of the service and its data."},
]


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings
        Of the service.
    service
        Opened before; none = the application opens it, and closes it at the end.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as closing:
            app.state.service = service or closing.enter_context(Service.open(settings))
            app.state.service.start_warm_up()
            yield

    app = FastAPI(
        title="MaaS and freight router",
        version=maas.__version__,
        description=DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Envelope, max_body_bytes=settings.max_body_bytes)
    problems.install(app)
    parts = (
        journeys, shipments, running_plans, dispatch, bookings, places, reach, roads, realtime,
        health, pages,
    )  # fmt: skip
    for part in parts:
        app.include_router(part.router)
    pages.mount(app)
    openapi.install(app)
    return app
