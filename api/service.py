"""What all requests share: region, store, planners to lend, and the warm-up before ready."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from api.errors import BusyError, NotReadyError, StoreError, StoreUnavailableError
from api.offers import Offers
from api.pool import Pool
from api.settings import Settings
from api.store import Store
from api.valkey import Valkey
from api.warm_up import warm_up
from gtfs.errors import GtfsError
from maas.errors import MaasError
from maas.generations import Generations
from maas.ledger import Ledger
from maas.planner import Planner
from maas.realtime_poller import Poller
from maas.realtime_source import addresses
from maas.region import Region
from routing.errors import RoutingError

logger = logging.getLogger(__name__)

WARM_UP = "warm-up"  # name of its thread
_PATIENCE = 1.0  # s that the end of the service waits for the warm-up


class Snapshot(NamedTuple):
    """Used amounts, and whether they are those of this moment."""

    ledger: Ledger
    is_fresh: bool

    @property
    def headers(self) -> dict[str, str]:
        """What an answer that was planned on this snapshot says about it."""
        headers = {"Ledger-Version": str(self.ledger.version)}
        return headers if self.is_fresh else {**headers, "Ledger-Stale": "true"}


class Service:
    """Everything that requests share; made by `Service.open`."""

    def __init__(self, settings: Settings, region: Region, store: Store) -> None:
        self.settings = settings
        self.generations = Generations(region)
        self.poller = Poller(
            self.generations,
            addresses(region.file, settings.realtime),
            self._newer_region if settings.watch else None,
        )
        self.store = store
        self.offers = Offers(store.secret(), timedelta(minutes=settings.offer_minutes))
        self.planners = Pool(lambda: Planner(self.generations), settings.planners)
        self._plan_turns = threading.BoundedSemaphore(settings.load_plans)
        self._warmer = ThreadPoolExecutor(1, WARM_UP)
        self._warmed: Future[None] | None = None
        self._has_ended = threading.Event()

    @classmethod
    @contextmanager
    def open(cls, settings: Settings) -> Iterator["Service"]:
        """Map the region and open the store; everything is closed at the end.

        Raises
        ------
        maas.errors.MaasError
            If the region cannot be opened.
        StoreError
            If the store cannot be used.
        """
        region = Region.open(settings.region)
        with ExitStack() as closing:
            url = settings.redis_url
            if url is None:
                valkey = Valkey(settings.store_folder)
                valkey.start()
                closing.callback(valkey.stop)
                url = valkey.url
            store = _store(url, region, settings)
            closing.callback(store.close)
            store.open()
            service = cls(settings, region, store)
            closing.callback(service._end_warm_up)
            service.poller.start()
            closing.callback(service.poller.stop)
            yield service

    @property
    def region(self) -> Region:
        """The region of the current generation; ask once for one answer."""
        return self.generations.current.region

    def _newer_region(self) -> Region | None:
        """Open the version that was built since, if any; one of another name is not ours."""
        try:
            newer = self.region.newer()
        except (MaasError, GtfsError, RoutingError, OSError) as error:
            logger.warning("event=region_not_opened reason=%s", error)
            return None
        if newer is not None:
            logger.info("event=region_switched version=%s", newer.version)
        return newer

    def _end_warm_up(self) -> None:
        """End the warm-up after its query; one that compiles a kernel is not waited for."""
        self._has_ended.set()
        self._warmer.shutdown(wait=False, cancel_futures=True)
        if self._warmed is not None:
            wait([self._warmed], _PATIENCE)

    def start_warm_up(self) -> "Future[None]":
        """Run one query of each kind in a thread; the service is ready afterwards."""
        if self._warmed is None:
            self._warmed = self._warmer.submit(warm_up, self.region, self.planners, self._has_ended)
        return self._warmed

    def check_ready(self) -> None:
        """Refuse while the service cannot answer everything.

        Raises
        ------
        NotReadyError
            While it warms up, and if that failed.
        StoreUnavailableError
            If the store does not answer.
        """
        if self._warmed is None or not self._warmed.done():
            msg = "the service is warming up; ask again in a few seconds"
            raise NotReadyError(msg)
        if (failure := self._warmed.exception()) is not None:
            msg = f"the warm-up failed: {failure}"
            raise NotReadyError(msg)
        self.store.ledger()

    @contextmanager
    def plan_turn(self) -> Iterator[None]:
        """Make a load plan, or improve one, as one of so many at once.

        Raises
        ------
        BusyError
            While others are made.
        """
        if not self._plan_turns.acquire(blocking=False):
            msg = "another load plan is being made; try again when it is done"
            raise BusyError(msg)
        try:
            yield
        finally:
            self._plan_turns.release()

    def snapshot(self) -> Snapshot:
        """Return what is used now; when the store does not answer, what was used last."""
        try:
            return Snapshot(self.store.ledger(), is_fresh=True)
        except StoreUnavailableError as error:
            logger.warning("event=ledger_stale reason=%s", error)
            return Snapshot(self.store.last_ledger(), is_fresh=False)


def _store(url: str, region: Region, settings: Settings) -> Store:
    try:
        return Store(
            url, region.file.name, keep_days=settings.keep_days, allow_loss=settings.allow_loss
        )
    except ValueError as error:
        msg = f"--redis-url {url}: {error}"
        raise StoreError(msg) from error


def service_of(request: Request) -> Service:
    """Return the service that the application was made around."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]
