"""Errors of the routing package."""


class RoutingError(Exception):
    """Base of all errors that `routing` raises."""


class InvalidTableError(RoutingError, ValueError):
    """A table breaks a rule of its layout."""


class UnknownStopError(RoutingError, LookupError):
    """A stop index lies outside the timetable."""

    def __init__(self, stop: int, n_stops: int) -> None:
        super().__init__(f"stop {stop} is not one of the {n_stops} stops of this timetable")


class RoadFileError(RoutingError, ValueError):
    """A road file cannot be read or makes no graph."""


class UnknownProfileError(RoutingError, LookupError):
    """The road network has no such profile."""

    def __init__(self, profile: str, known: list[str]) -> None:
        super().__init__(f"unknown road profile '{profile}'; this region has: {', '.join(known)}")


class OffRoadError(RoutingError, ValueError):
    """A place lies too far from every road that the profile may use."""

    def __init__(
        self, lat: float, lon: float, profile: str, limit_m: float, *, is_swapped: bool = False
    ) -> None:
        """Tell where; `is_swapped` if the map has the place whose latitude is this longitude."""
        super().__init__(
            f"no road for '{profile}' within {limit_m:.0f} m of {lat:.5f},{lon:.5f}; "
            + (
                "latitude and longitude seem to be swapped"
                if is_swapped
                else "name a place inside the region's road map"
            )
        )


class RoadQuestionError(RoutingError, ValueError):
    """What is asked of roads makes no sense."""


class ProfileError(RoutingError, ValueError):
    """The data of a profile break a rule."""


class MatrixRoomError(RoutingError, ValueError):
    """There is no memory for a matrix."""

    def __init__(
        self, n_sources: int, n_targets: int, needed: int, free: int, at_once: int
    ) -> None:
        super().__init__(
            f"a matrix of {n_sources:,} x {n_targets:,} needs {needed:,} bytes and {free:,} are "
            f"free; ask for at most {at_once:,} sources at a time"
        )
