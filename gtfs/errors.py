"""Errors of the gtfs package: each names file, row, field and value, and says what to do."""


class GtfsError(Exception):
    """Base of all errors that `gtfs` raises; they mean that the input is wrong."""


class FeedNotFoundError(GtfsError, FileNotFoundError):
    """There is no feed at the path."""

    def __init__(self, feed_id: str, path: str) -> None:
        super().__init__(
            f"feed '{feed_id}': there is nothing at {path}; give the path of a GTFS zip or folder"
        )

    def __str__(self) -> str:
        return str(self.args[0])


class BrokenArchiveError(GtfsError, ValueError):
    """A zip cannot be read, or would expand beyond all measure."""

    def __init__(self, feed_id: str, path: str, problem: str, remedy: str) -> None:
        super().__init__(f"feed '{feed_id}': {path}: {problem}; {remedy}")


class FeedFileError(GtfsError, ValueError):
    """A file of a feed breaks the rules of GTFS in a way that cannot be repaired."""

    def __init__(self, feed_id: str, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"feed '{feed_id}': {place}: {problem}; {remedy}")


class MissingFileError(FeedFileError, LookupError):
    """A required file is not in the feed."""

    def __init__(self, feed_id: str, file: str, present: list[str]) -> None:
        found = ", ".join(present) if present else "no text files at all"
        super().__init__(
            feed_id,
            file,
            "this file is required and missing",
            f"add it (the feed has: {found})",
        )


class MissingColumnError(FeedFileError, LookupError):
    """A required column is not in a file."""

    def __init__(self, feed_id: str, file: str, column: str, present: list[str]) -> None:
        super().__init__(
            feed_id,
            file,
            f"the column '{column}' is required and missing",
            f"add it (the header has: {', '.join(present)})",
        )


class BadValueError(FeedFileError):
    """A value cannot be read as what its field says it is."""

    def __init__(
        self, feed_id: str, file: str, row: int, field: str, value: str, remedy: str
    ) -> None:
        shown = value if len(value) <= 60 else value[:57] + "..."
        self.file, self.row, self.field, self.value = file, row, field, value
        super().__init__(
            feed_id, f"{file}, row {row}, {field}", f"'{shown}' cannot be read", remedy
        )


class EmptyFeedError(FeedFileError):
    """Nothing is left of a feed that could be ridden."""


class TooManyPairsError(GtfsError, ValueError):
    """Stops that are joined pair by pair are so many that the pairs would fill the memory."""

    def __init__(self, what: str, count: int, most: int, remedy: str) -> None:
        super().__init__(f"{what}: {count:,} pairs of stops, more than {most:,}; {remedy}")


class DuplicateFeedError(GtfsError, ValueError):
    """Two feeds of a region have the same id."""

    def __init__(self, feed_id: str) -> None:
        super().__init__(f"two feeds have the id '{feed_id}'; give each feed its own")


class UnknownZoneError(GtfsError, LookupError):
    """A text names no time zone."""

    def __init__(self, feed_id: str, zone: str) -> None:
        super().__init__(
            f"feed '{feed_id}': agency.txt, agency_timezone: '{zone}' is not an IANA time zone; "
            "write one such as Asia/Tokyo"
        )


class NotATimetableError(GtfsError, ValueError):
    """A folder does not hold a timetable that this version can open."""

    def __init__(self, folder: str, problem: str) -> None:
        super().__init__(f"{folder} holds no timetable: {problem}; build the region again")
