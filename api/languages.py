"""The language that a client asks for by its header."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gtfs.language_tags import primary, tag_of

if TYPE_CHECKING:
    from gtfs.timetable import Timetable

_OWN = ("ja", "en")  # of our messages
_OTHERWISE = "en"  # to those who name only languages that nothing is told in


def language_of(header: str, timetable: "Timetable") -> str | None:
    """Return the first language of `Accept-Language` that something is told in; `None` for any."""
    feeds = (feed.language for feed in timetable.feeds)
    told = {primary(one) for one in (*_OWN, *timetable.texts.language, *feeds)}
    tags = [tag for _, tag in sorted(_weighted(header), key=lambda one: -one[0])]
    wanted = [tag for tag in tags if tag == "*" or primary(tag) in told]
    if wanted:
        return None if wanted[0] == "*" else wanted[0]
    return _OTHERWISE if tags else None


def _weighted(header: str) -> Iterator[tuple[float, str]]:
    """Yield weight and tag of what is asked for (RFC 9110, section 12.5.4); nonsense is skipped."""
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        name, _, number = weight.partition("=")
        try:
            quality = float(number) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        tag = tag_of(tag.strip())
        if tag and quality > 0 and all(one.isalnum() or one in "-*" for one in tag):
            yield quality, tag
