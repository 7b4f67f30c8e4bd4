"""Errors of the maas package: each says what is wrong and what to do about it."""

from datetime import date


class MaasError(Exception):
    """Base of all errors that `maas` raises; they mean that the input is wrong."""


class RegionFileError(MaasError, ValueError):
    """`region.yaml` cannot be read or breaks its schema."""


class RegionNotBuiltError(MaasError, LookupError):
    """A folder is not a region directory that this version can open."""


class UnknownPlaceError(MaasError, LookupError):
    """A text names no place of the region."""


class AmbiguousPlaceError(MaasError, LookupError):
    """A text names several places that lie apart."""


class QueryError(MaasError, ValueError):
    """A journey query contradicts itself or breaks a limit."""


class DateOutsideError(QueryError):
    """A date is served by no feed of the region."""

    def __init__(self, asked: date, first: date, last: date) -> None:
        super().__init__(
            f"no feed of this region covers {asked}; choose a date from {first} to {last}"
        )
