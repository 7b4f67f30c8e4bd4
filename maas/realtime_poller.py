"""Keeps the news of a region current: asks its sources and puts new generations in use."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gtfs.realtime.encode import merged
from maas.errors import MaasError
from maas.live import FeedNews, News
from maas.realtime_source import Address, Source

if TYPE_CHECKING:
    from maas.generations import Generations
    from maas.region import Region

logger = logging.getLogger(__name__)

REGION_PAUSE = 5.0  # s between two looks at whether the region was built anew
_RETRY = 1.0  # s until a generation that had to wait is tried again


def news_of(sources: Sequence[Source], now: float) -> News:
    """Gather the current messages of all sources by feed."""
    feeds = []
    silent = [source.address.feed_id for source in sources if source.current(now) is None]
    for feed_id in dict.fromkeys(source.address.feed_id for source in sources):
        own = [source for source in sources if source.address.feed_id == feed_id]
        messages = [message for source in own if (message := source.current(now)) is not None]
        max_age = max(source.address.rules.max_age for source in own)
        feeds.append(FeedNews(feed_id, merged(messages), max_age))
    return News(int(now), tuple(feeds), tuple(dict.fromkeys(silent)))


def news_once(addresses: Sequence[Address]) -> News:
    """Ask each source once and wait for the answers.

    Messages from files count from their own time, so that a capture can be looked at later.

    Raises
    ------
    MaasError
        If one that was given by hand does not answer.
    """
    now = time.time()
    sources = [Source(address) for address in addresses]
    for source in sources:
        source.poll(now)
        if source.error and source.address.is_given:
            msg = f"--realtime {source.address.shown}: {source.error}"
            raise MaasError(msg)
    if not any(address.is_url for address in addresses):
        times = [source.message.timestamp for source in sources if source.message is not None]
        now = max(times, default=now)
        for source in sources:
            source.confirmed = now
    return news_of(sources, now)


class Poller:
    """Threads that ask the sources of a region, and one that makes generations of their news.

    Parameters
    ----------
    newer
        Looks for a newer version of the region; it is put in use as news is.
    """

    def __init__(
        self,
        generations: "Generations",
        addresses: Sequence[Address],
        newer: "Callable[[], Region | None] | None" = None,
    ) -> None:
        self.generations = generations
        self.sources = [Source(address) for address in addresses]
        self.waits = 0  # times that a generation had to wait for requests on old ones
        self._newer = newer
        self._come = threading.Event()  # there is something new
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(source,), name="realtime", daemon=True)
            for source in self.sources
        ]
        self._threads.append(threading.Thread(target=self._renew, name="renew", daemon=True))

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more; a question under way ends by its timeout."""
        self._stopped.set()
        self._come.set()
        self._threads[-1].join()

    def _ask(self, source: Source) -> None:
        """Poll one source until stopped."""
        while not self._stopped.is_set():
            failing = source.failures_in_row
            if source.poll():
                self._come.set()
            if source.failures_in_row and not failing:
                name, feed = source.address.shown, source.address.feed_id
                logger.warning("event=realtime_failed feed=%s source=%s reason=%s",
                               feed, name, source.error)  # fmt: skip
            self._stopped.wait(source.pause())

    def _renew(self) -> None:
        """Make generations until stopped: of new messages, and when old ones stop to count."""
        while not self._stopped.is_set():
            is_new = self._come.wait(self._pause())
            self._come.clear()
            if self._stopped.is_set():
                return
            try:
                self._renew_once(is_new=is_new)
            except Exception:
                # a generation that cannot be made must not end those that come later
                logger.exception("event=generation_failed")

    def _renew_once(self, *, is_new: bool) -> None:
        region = self._newer() if self._newer is not None else None
        old = self.generations.current.news
        now = time.time()
        ages_at = None if old is None else self._ages_at(old)
        has_aged = ages_at is not None and now >= ages_at
        if region is None and not is_new and not has_aged:
            return
        news = news_of(self.sources, now) if self.sources else None
        if not self.generations.use(region=region, news=news):
            self.waits += 1
            logger.warning("event=generation_waits alive=%d", self.generations.n_alive)
            self._stopped.wait(_RETRY)
            self._come.set()

    def _ages_at(self, news: News) -> float | None:
        """Unix time at which something that counts now stops to count."""
        own = [source.confirmed + source.address.rules.max_age
               for source in self.sources if source.confirmed is not None]  # fmt: skip
        ends = [end for end in (news.ages_at, *own) if end is not None and end > news.at]
        return min(ends, default=None)

    def _pause(self) -> float:
        """Seconds until something may stop to count, or the region may have been built anew."""
        news = self.generations.current.news
        ages_at = None if news is None else self._ages_at(news)
        wait = REGION_PAUSE if self._newer is not None else 3600.0
        return wait if ages_at is None else max(0.05, min(wait, ages_at - time.time()))
