"""Errors of the cargo package: each says what is wrong and what to do about it."""


class CargoError(Exception):
    """Base of all errors that `cargo` raises; they mean that the input is wrong."""


class DocumentError(CargoError, ValueError):
    """A shipments file or a load plan cannot be read or breaks its schema."""


class ImpossibleShipmentError(CargoError, ValueError):
    """No vehicle and no trip of the region could ever carry the shipment."""


class TooManyShipmentsError(CargoError, ValueError):
    """A batch is larger than one plan can hold."""

    def __init__(self, asked: int, limit: int) -> None:
        super().__init__(
            f"{asked} shipments in one plan; at most {limit} are planned at once: "
            "split the batch by area or by time of day"
        )


class SolverFailedError(RuntimeError):
    """The routing process ended without an answer: our fault, not the input's."""


class BadProblemError(CargoError, ValueError):
    """A pickup-and-delivery problem contradicts itself."""
