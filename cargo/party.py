"""Parties of passengers as people write them, checked by pydantic."""

from collections import Counter

from pydantic import ConfigDict, Field, field_validator, model_validator

from cargo.moments import is_surely_late
from cargo.numbers import Flag, Whole
from cargo.shipment import Place, Strict, readable_time


class PassengerParty(Strict):
    """Passengers who travel together by taxi, from door to door."""

    id: str = Field(min_length=1, max_length=100)
    origin: Place = Field(alias="from")
    destination: Place = Field(alias="to")
    earliest: str = Field(
        description="not picked up before; RFC 3339 or HH:MM in the region's zone"
    )
    latest: str | None = Field(None, description="must be there by")
    people: Whole = Field(1, ge=1, le=50)
    wheelchairs: Whole = Field(0, ge=0, le=10, description="of the people, in wheelchairs")
    max_wait: Whole = Field(900, ge=0, description="s from `earliest` to the pickup, at most")
    max_ride: Whole | None = Field(
        None, gt=0, description="s on board, at most; null: 1.5 times the direct drive and 300 s"
    )

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("earliest", "latest")
    @classmethod
    def _readable_time(cls, text: str | None) -> str | None:
        return readable_time(text)

    @model_validator(mode="after")
    def _makes_sense(self) -> "PassengerParty":
        if self.latest and is_surely_late(self.earliest, self.latest):
            msg = f"latest {self.latest} is not after earliest {self.earliest}; widen the window"
            raise ValueError(msg)
        if self.wheelchairs > self.people:
            msg = f"{self.wheelchairs} wheelchairs for {self.people} people; count them too"
            raise ValueError(msg)
        return self


class PassengersDocument(Strict):
    """A day's parties, planned on the same vehicles as the parcels."""

    passengers: tuple[PassengerParty, ...]
    synthetic: Flag = False
    notice: str = ""
    notice_ja: str = ""

    @model_validator(mode="after")
    def _distinct_ids(self) -> "PassengersDocument":
        twice = [name for name, n in Counter(row.id for row in self.passengers).items() if n > 1]
        if twice:
            msg = f"party id '{twice[0]}' stands twice; give each its own"
            raise ValueError(msg)
        return self
