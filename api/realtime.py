"""`GET /v1/realtime`, `GET /gtfs-rt/…`: the state of realtime feeds, and ours as GTFS-Realtime."""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.problems import PROBLEMS
from api.service import ServiceOf
from gtfs.realtime.encode import as_json, encoded
from gtfs.realtime.messages import Message
from gtfs.realtime.state import trip_updates
from maas.errors import QueryError
from maas.generations import Generation

router = APIRouter(tags=["realtime"])

PROTOBUF = "application/x-protobuf"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {PROTOBUF: {}, "application/json": {}}},
    **PROBLEMS[422],
}
_Kind = Literal["trip-updates", "vehicle-positions", "alerts"]


class SourceState(BaseModel):
    """A place that messages come from."""

    feed: str
    kind: str
    source: str = Field(description="URL without query, or name of the file")
    state: str = Field(description="ok | failing | stale | waiting")
    interval_s: float
    message_time: int | None = Field(description="Unix time")
    message_age_s: int | None
    confirmed_age_s: int | None
    polls: int
    failures: int
    failures_in_row: int
    unchanged: int = Field(description="answers 304, or files that did not change")
    bytes: int
    error: str | None
    entities: dict[str, Any] | None


class FeedState(BaseModel):
    """What became of what a feed told, for the present day."""

    feed: str
    applied: dict[str, int] = Field(description="by relationship")
    unmatched: dict[str, int] = Field(description="by reason")
    names: dict[str, list[str]] = Field(description="the first ones of each reason")
    lost_calls: int


class RealtimeState(BaseModel):
    """Sources, and the generation that answers are planned on."""

    generation: int
    made: str
    alive: int = Field(description="generations that are in use or still held by requests")
    waits: int = Field(description="times that a new one had to wait for them")
    sources: list[SourceState]
    feeds: list[FeedState]


@router.get("/v1/realtime", summary="State of the realtime feeds")
def realtime(service: ServiceOf) -> RealtimeState:
    """Every source, when it answered last, and what could not be matched to the timetable."""
    generation, now = service.generations.current, time.time()
    reports = {} if generation.news is None else generation.today().reports
    return RealtimeState(
        generation=generation.number,
        made=generation.made.isoformat(timespec="seconds"),
        alive=service.generations.n_alive,
        waits=service.poller.waits,
        sources=[SourceState(**source.status(now)) for source in service.poller.sources],
        feeds=[
            FeedState(
                feed=feed_id,
                applied=report.applied,
                unmatched=report.unmatched,
                names=report.names,
                lost_calls=report.lost_calls,
            )
            for feed_id, report in reports.items()
        ],
    )


@router.get(
    "/gtfs-rt/{kind}",
    summary="Our own state as GTFS-Realtime",
    response_class=Response,
    responses=_ANSWERS,
)
def gtfs_rt(
    service: ServiceOf,
    kind: _Kind,
    feed: Annotated[str | None, Query(description="needed where there are several")] = None,
    format: Annotated[Literal["protobuf", "json"], Query()] = "protobuf",  # noqa: A002
) -> Response:
    """What is planned on, in ids of the feed: reading it again gives the same day."""
    generation = service.generations.current
    message = _told(generation, kind, _feed_id(generation, feed))
    if format == "json":
        return Response(as_json(message), media_type="application/json")
    return Response(encoded(message), media_type=PROTOBUF)


def _feed_id(generation: Generation, feed: str | None) -> str:
    ids = [one.id for one in generation.region.timetable.feeds]
    if feed in ids:
        return str(feed)
    if feed is None and len(ids) == 1:
        return ids[0]
    said = "" if feed is None else f" ('{feed}' is none)"
    msg = f"query: feed: name one of the feeds of this region{said}: {', '.join(ids)}"
    raise QueryError(msg)


def _told(generation: Generation, kind: _Kind, feed_id: str) -> Message:
    """One kind of entities of one feed."""
    news = generation.news
    own = next((feed for feed in news.feeds if feed.feed_id == feed_id), None) if news else None
    at = int(time.time()) if news is None else news.at
    if own is None or news is None:
        return Message(at, (), (), (), ())
    if kind == "alerts":
        return Message(at, (), (), own.message.alerts, ())
    if kind == "vehicle-positions":
        fresh = (v for v in own.message.vehicles if news.at - v.timestamp <= own.max_age)
        return Message(at, (), tuple(fresh), (), ())
    live, matcher = generation.today(), generation.region.matcher(feed_id)
    told: Sequence[Any] = trip_updates(live.day, live.applied[feed_id], matcher)
    stops = dict(generation.temporary).get(feed_id, ())
    return Message(at, tuple(told), (), (), (), stops=stops)
