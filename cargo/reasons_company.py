"""Which goods keep a shipment from a trip or a vehicle, as they must not ride together."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from cargo.chains import Ride
from cargo.company import Company, Rider, booked_company, kept_from
from cargo.dedicated import RoadRide
from cargo.documents import Document, sheet_id
from cargo.network import Network
from cargo.options import Option
from cargo.problem import Problem
from cargo.quote import Offer, Quotes, in_time
from cargo.reason import reason
from cargo.reasons_fleets import more_vehicles, road_parts
from cargo.reasons_room import segment_row, segment_words
from cargo.schedule import Operation


def if_apart(problem: Problem, quotes: Quotes, company: Company) -> Document | None:
    """Whether it would go if some company rode elsewhere, and the least that would have to."""
    if not company or not in_time(problem, quotes.offers()):
        return None
    toll = np.zeros(quotes.carriers.hub.size, np.int64)
    toll[list(company)] = [len(riders) for riders in company.values()]
    offer = in_time(problem, [*quotes.by_toll(toll), *quotes.offers()])[0]
    rows = [row for ride in offer.rides for row in _met(problem.network, ride, company)]
    words, words_ja = zip(*(segment_words(row) for row in rows), strict=True)
    goods = sorted({name for row in rows for name in row["goods"]})
    return reason(
        "incompatible",
        f"it must be kept apart from {' and '.join(goods)} {' and '.join(words)}; it could go "
        "if these rode elsewhere",
        f"{'、'.join(words_ja)}の「{'」「'.join(goods)}」と一緒に積めません。"
        "それらを別の便に移せば運べます。",
        {"apart": rows},
    )


def _met(network: Network, ride: Ride, company: Company) -> Iterator[Document]:
    """One row for each stretch of a ride with the same company."""
    hops = range(ride.load_call, ride.unload_call)
    for riders, stretch in groupby(hops, lambda hop: company.get(hop, frozenset[Rider]())):
        if riders:
            yield segment_row(network, list(stretch)) | named(riders)


def named(riders: frozenset[Rider]) -> Document:
    """Classes of goods, and the shipments that they are of; booked ones have no name here."""
    names = sorted(rider.shipment for rider in riders if rider.shipment is not None)
    return {"goods": sorted({rider.goods for rider in riders}), "shipments": names}


def planned_company(operation: Operation, shipment: int) -> Company:
    """Booked goods and those of a plan that a shipment must not meet."""
    return company_of(operation.problem, operation.chosen(), shipment)


def company_of(problem: Problem, chosen: Iterable[tuple[int, Option]], shipment: int) -> Company:
    """Booked goods and those of some chains that a shipment must not meet."""
    goods = problem.shipments[shipment].document.goods
    kept = kept_from(goods, problem.network.apart)
    found = {call: set(riders) for call, riders in booked_company(problem.network, goods).items()}
    for other, option in chosen if kept else ():
        document = problem.shipments[other].document
        if other != shipment and document.goods in kept:
            for ride in option.rides:
                for call in range(ride.load_call, ride.unload_call):
                    found.setdefault(call, set()).add(Rider(document.goods, document.id))
    return {call: frozenset(riders) for call, riders in found.items()}


def if_aboard(
    operation: Operation, shipment: int, offers: Sequence[Offer], why: Document
) -> Document | None:
    """Whether vehicles of the fleets that could take it carry goods then that it must not meet.

    `offers` are its ways in time beside the operation, and `why` says that vehicles are busy.
    """
    rides = [ride for offer in offers for ride in road_parts(offer)]
    met = _met_on_board(operation, shipment, rides)
    rows = [
        {"vehicle": sheet_id(operation.problem, operation.driven[at].row)}
        | named(frozenset(riders))
        for at, riders in sorted(met.items())
    ]
    if not rows:
        return None
    goods = sorted({name for row in rows for name in row["goods"]})
    vehicles = " and ".join(row["vehicle"] for row in rows)
    words, words_ja = more_vehicles(why["remedy"])
    return reason(
        "incompatible",
        f"what could carry it is busy, or carries {' and '.join(goods)}, from which it must be "
        f"kept apart ({vehicles}); {words} would admit it",
        f"運べる車両は使われているか、一緒に積めない「{'」「'.join(goods)}」を積んでいます"
        f"（{vehicles}）。{words_ja}増やせば運べます。",
        {**why["remedy"], "apart": rows},
    )


def _met_on_board(
    operation: Operation, shipment: int, rides: Sequence[RoadRide]
) -> dict[int, set[Rider]]:
    """Goods on board of each round while some rides of its fleet would take place."""
    problem, found = operation.problem, dict[int, set[Rider]]()
    kept = kept_from(problem.shipments[shipment].document.goods, problem.network.apart)
    for other, option in operation.chosen() if kept else ():
        document = problem.shipments[other].document
        if other == shipment or document.goods not in kept:
            continue
        for job in (option.first_job, option.last_job):
            times = operation.times.get(job)
            if times is not None and any(
                ride.fleet == operation.driven[times.round].row.fleet
                and ride.departure < times.arrival
                and times.departure < ride.arrival
                for ride in rides
            ):
                found.setdefault(times.round, set()).add(Rider(document.goods, document.id))
    return found
