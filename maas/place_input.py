"""A place as questions name it: a text, coordinates or a stop; the same for all of them."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from maas.errors import UnknownPlaceError
from maas.places import Place
from maas.strict_types import Number

if TYPE_CHECKING:
    from maas.region import Region

NAMED_BY = "name, stop id, 'lat,lon', or an object"


class PlaceInput(BaseModel):
    """A place: coordinates, or a stop of the region; a name is only a label."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lat: Number | None = Field(None, ge=-90, le=90)
    lon: Number | None = Field(None, ge=-180, le=180)
    stop_id: str | None = Field(None, description="feed:stop_id", min_length=1)
    name: str | None = Field(None, max_length=200)

    @model_validator(mode="after")
    def _one_place(self) -> "PlaceInput":
        if (self.lat is None) != (self.lon is None):
            msg = "give both `lat` and `lon`"
            raise ValueError(msg)
        if self.lat is None and self.stop_id is None:
            msg = "give `lat` and `lon`, or `stop_id`"
            raise ValueError(msg)
        return self


AnyPlace = Annotated[str, Field(min_length=1, max_length=200)] | PlaceInput


def place_of(region: "Region", given: AnyPlace, where: str) -> Place:
    """Look a place up.

    Parameters
    ----------
    where
        Names the place in messages, such as `query: from`.

    Raises
    ------
    UnknownPlaceError
        If nothing is called so.
    AmbiguousPlaceError
        If several places far from each other carry the name.
    """
    if isinstance(given, str):
        return region.places.resolve(given)
    if given.stop_id is not None:
        return _stop(region, given, where)
    assert given.lat is not None
    assert given.lon is not None
    return Place(given.name or f"{given.lat:.5f},{given.lon:.5f}", given.lat, given.lon)


def _stop(region: "Region", given: PlaceInput, where: str) -> Place:
    assert given.stop_id is not None
    stop = region.stop_of_id.get(given.stop_id)
    if stop is None:
        msg = f"{where}.stop_id: no stop '{given.stop_id}'; write it as feed:stop_id"
        raise UnknownPlaceError(msg)
    place = region.places.of_stop(stop)
    if given.lat is None or given.lon is None:
        return place
    return replace(place, lat=given.lat, lon=given.lon)
