"""Random small pickup-and-delivery problems with every kind of rule."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle
from routing.layout import frozen

HORIZON = 60
APART = (
    frozenset({frozenset({"food", "paint"})}),
    frozenset({frozenset({"food", "paint"}), frozenset({"acid"}), frozenset({"acid", "food"})}),
)


@st.composite
def stops(draw: st.DrawFn, n_places: int) -> Stop:
    first = draw(st.integers(0, 35))
    return Stop(
        place=draw(st.integers(0, n_places - 1)),
        earliest=first,
        latest=first + draw(st.integers(0, 30)),
        service=draw(st.integers(0, 3)),
    )


@st.composite
def requests(draw: st.DrawFn, name: str, n_places: int, shapes: str) -> Request:
    shape = draw(st.sampled_from(shapes.split()))
    return Request(
        id=name,
        pickup=None if shape == "delivery" else draw(stops(n_places)),
        delivery=None if shape == "pickup" else draw(stops(n_places)),
        amount=(draw(st.integers(0, 3)), draw(st.integers(0, 1))),
        max_ride=draw(st.sampled_from((None, None, 6, 12))),
        is_passenger=draw(st.booleans()),
        penalty=draw(st.sampled_from((200.0, 500.0))),
        skills=draw(st.sampled_from((frozenset(), frozenset(), frozenset({"cool"})))),
    )


@st.composite
def vehicles(draw: st.DrawFn, name: str, n_places: int, has_pauses: bool) -> Vehicle:
    places = (None, *range(n_places))
    opens = draw(st.integers(0, 5))
    pause = st.builds(
        lambda at, length: Pause(at, at + 12, length), st.integers(0, 30), st.integers(1, 6)
    )
    return Vehicle(
        id=name,
        start=draw(st.sampled_from(places)),
        end=draw(st.sampled_from(places)),
        opens=opens,
        closes=draw(st.integers(30, HORIZON)),
        capacity=(draw(st.integers(2, 5)), draw(st.integers(0, 2))),
        max_duration=draw(st.sampled_from((None, None, 40))),
        max_tasks=draw(st.sampled_from((None, None, 4))),
        per_m=draw(st.sampled_from((1.0, 2.0))),
        per_s=draw(st.sampled_from((0.0, 1.0))),
        fixed=draw(st.sampled_from((0.0, 30.0))),
        skills=draw(st.sampled_from((frozenset(), frozenset({"cool"})))),
        pauses=tuple(draw(st.lists(pause, max_size=2))) if has_pauses else (),
    )


@st.composite
def problems(
    draw: st.DrawFn, n_requests: int = 3, n_vehicles: int = 2, *, has_pauses: bool = False,
    is_metric: bool = True, has_goods: bool = False, shapes: str = "pair pair pickup delivery",
) -> PdpProblem:  # fmt: skip
    n_places = 5
    spots = np.array([draw(st.integers(0, 12)) for _ in range(n_places)])
    way = np.abs(np.subtract.outer(spots, spots))
    if not is_metric:
        extra = draw(st.lists(st.integers(0, 5), min_size=n_places**2, max_size=n_places**2))
        way = way + np.reshape(extra, (n_places, n_places))
    asked = [draw(requests(f"r{k}", n_places, shapes)) for k in range(n_requests)]
    if has_goods:
        names = st.sampled_from(("", "food", "paint", "paint", "acid"))
        asked = [replace(one, goods=draw(names)) for one in asked]
    return PdpProblem(
        requests=tuple(asked),
        vehicles=tuple(draw(vehicles(f"v{k}", n_places, has_pauses)) for k in range(n_vehicles)),
        duration=(frozen(way),),
        distance=(frozen(way * 3),),
        is_parted=draw(st.booleans()),
        apart=draw(st.sampled_from(APART)) if has_goods else frozenset(),
    )
