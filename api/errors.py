"""Errors of the api package."""


class ApiError(Exception):
    """Base of all errors that `api` raises on purpose."""


class StoreError(ApiError):
    """The store cannot be used as it is."""


class StoreUnavailableError(StoreError, ConnectionError):
    """The store does not answer."""


class StoreNotDurableError(StoreError):
    """The store might lose what it confirmed."""


class StoreSchemaError(StoreError):
    """The store was written by a version that this one does not understand."""


class SpaceTakenError(ApiError):
    """What an offer needs is no longer free.

    Parameters
    ----------
    shortages
        Segments and resources that are short, as documents.
    """

    def __init__(self, shortages: list[dict[str, object]]) -> None:
        first = shortages[0]
        super().__init__(
            f"{first['resource']} on {first['trip_id']} of {first['service_date']}: "
            f"{first['asked']} asked, {first['left']} left"
        )
        self.shortages = shortages


class OfferError(ApiError, ValueError):
    """An offer was not made by this service, or has lapsed."""


class OfferExpiredError(OfferError):
    """An offer is too old."""


class UnknownBookingError(ApiError, LookupError):
    """No booking has that id."""

    def __init__(self, booking_id: str) -> None:
        super().__init__(f"there is no booking '{booking_id}', or it was erased after its time")


class KeyReusedError(ApiError, ValueError):
    """An `Idempotency-Key` came again with another body."""

    def __init__(self) -> None:
        super().__init__(
            "this Idempotency-Key was used for another booking; take a new key for a new request"
        )


class NotReadyError(ApiError):
    """The service cannot answer everything yet."""


class BusyError(ApiError):
    """All places for long computations are taken."""
