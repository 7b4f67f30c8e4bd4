"""State of the service, and where its data come from."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

import maas
from api.problems import PROBLEMS
from api.service import ServiceOf
from maas.region import Region

router = APIRouter(tags=["service"])


class State(BaseModel):
    """A state in one word."""

    status: str = Field(examples=["ok"])


class RegionVersion(BaseModel):
    """Which region is served."""

    name: str
    name_ja: str
    version: str = Field(description="hash of all inputs")
    built: str
    timezone: str
    first_date: str
    last_date: str
    synthetic: bool
    notice: str
    notice_ja: str


class Source(BaseModel):
    """A feed or road file, its licence and whom to name."""

    id: str
    kind: str = Field(description="feed | roads")
    licence: str
    attribution: str
    publisher: str = ""
    first_date: str | None = None
    last_date: str | None = None


class Version(BaseModel):
    """Versions of program and data."""

    engine: str
    generation: int = Field(description="of the network that is planned on; see /v1/realtime")
    region: RegionVersion
    sources: list[Source]
    roads: str = Field(description="graph | beeline: straight lines times a detour factor")


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> State:
    """Answer as soon as the process serves requests."""
    return State(status="ok")


@router.get("/readyz", summary="Can it answer everything?", responses=PROBLEMS[503])
def readyz(service: ServiceOf) -> State:
    """Ready once a query of each kind has run and while the store answers."""
    service.check_ready()
    return State(status="ready")


@router.get("/version", summary="Versions, sources and licences")
def version(service: ServiceOf) -> Version:
    """Versions of engine and region, and what its data must be attributed to."""
    generation = service.generations.current
    region, timetable = generation.region, generation.region.timetable
    file = region.file
    return Version(
        engine=maas.__version__,
        generation=generation.number,
        region=RegionVersion(
            name=file.name,
            name_ja=file.name_ja,
            version=region.version,
            built=region.manifest["built"],
            timezone=file.timezone,
            first_date=timetable.first_date.isoformat(),
            last_date=timetable.last_date.isoformat(),
            synthetic=file.synthetic,
            notice=file.notice,
            notice_ja=file.notice_ja,
        ),
        sources=_sources(region),
        roads="beeline" if region.roads.is_beeline else "graph",
    )


def _sources(region: Region) -> list[Source]:
    sources = [
        Source(
            id=feed.id,
            kind="feed",
            licence=feed.licence,
            attribution=feed.attribution,
            publisher=feed.publisher,
            first_date=feed.first_date.isoformat(),
            last_date=feed.last_date.isoformat(),
        )
        for feed in region.timetable.feeds
    ]
    roads = region.file.roads
    if not region.roads.is_beeline:
        sources.append(
            Source(id="roads", kind="roads", licence=roads.licence, attribution=roads.attribution)
        )
    return sources
