"""VROOM's JSON: answers written and read, problems written; see `vroom`."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from cargo.formats.lines import FormatError
from cargo.formats.vroom import CENT, Document, VroomFile
from cargo.pdp.model import PdpProblem, Stop, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, Rest, VehicleRound, Visit
from routing.layout import UNREACHED


def write_answer(of: VroomFile, plan: Plan) -> Document:
    """An answer in VROOM's form."""
    routes, unassigned = [_route(of, row) for row in plan.rounds], list(_unassigned(of, plan))
    summed = ("cost", "service", "duration", "waiting_time")
    return {
        "code": 0,
        "summary": {
            "routes": len(routes),
            "unassigned": len(unassigned),
            **{key: sum(row[key] for row in routes) for key in summed},
            "violations": [],
        },
        "unassigned": unassigned,
        "routes": routes,
    }


def _unassigned(of: VroomFile, plan: Plan) -> Iterator[Document]:
    for (name, _), (kind, number) in of.names.items():
        if name in plan.unserved:
            yield {"id": number, "type": kind}


def _route(of: VroomFile, row: VehicleRound) -> Document:
    vehicle = next(one for one in of.problem.vehicles if one.id == row.vehicle)
    steps = list(_steps(of, row, vehicle))
    rest = sum(one.end - one.start for one in row.rests)
    service = rest + sum(visit.departure - visit.start for visit in row.visits)
    moving = _moving(of.problem, vehicle, row)
    return {
        "vehicle": int(row.vehicle),
        "cost": round(row.cost / CENT),
        "service": service,
        "duration": moving,
        "waiting_time": max(0, row.duration - moving - service),
        "steps": steps,
    }


def _moving(problem: PdpProblem, vehicle: Vehicle, row: VehicleRound) -> int:
    places = [vehicle.start, *(visit.place for visit in row.visits), vehicle.end]
    way = problem.duration[vehicle.profile]
    return sum(int(way[a, b]) for a, b in pairwise(places) if a is not None and b is not None)


def _steps(of: VroomFile, row: VehicleRound, vehicle: Vehicle) -> Iterator[Document]:
    """Steps by time; loads as VROOM counts them."""
    requests = {request.id: request for request in of.problem.requests}
    load = [0] * of.problem.n_resources
    for visit in row.visits:
        if requests[visit.request].pickup is None:
            load = _plus(load, requests[visit.request].amount, 1)
    if vehicle.start is not None:
        yield {"type": "start", "location_index": vehicle.start, "arrival": row.start, "load": load}
    marks: list[tuple[int, Visit | Rest]] = [(visit.start, visit) for visit in row.visits]
    marks += [(rest.start, rest) for rest in row.rests]
    breaks = iter(_break_ids(of, row.vehicle))
    for start, mark in sorted(marks, key=lambda pair: pair[0]):
        if isinstance(mark, Rest):
            yield {
                "type": "break", "id": next(breaks), "arrival": start,
                "service": mark.end - mark.start, "load": load,
            }  # fmt: skip
            continue
        kind, number = of.names[mark.request, mark.kind]
        sign = 1 if mark.kind == PICKUP else -1
        load = _plus(load, requests[mark.request].amount, sign)
        yield {
            "type": kind, "id": number,
            "location_index": mark.place, "arrival": mark.arrival,
            "waiting_time": mark.start - mark.arrival, "service": mark.departure - mark.start,
            "load": load,
        }  # fmt: skip
    if vehicle.end is not None:
        yield {"type": "end", "location_index": vehicle.end, "arrival": row.end, "load": load}


def _break_ids(of: VroomFile, vehicle: str) -> list[int]:
    """Ids of a vehicle's breaks in the order in which they are held."""
    (row,) = (row for row in of.document["vehicles"] if str(row["id"]) == vehicle)
    breaks = sorted(row.get("breaks", []), key=lambda one: one.get("time_windows", [[0]])[0][0])
    return [one.get("id", at) for at, one in enumerate(breaks)]


def _plus(load: Sequence[int], amounts: Sequence[int], sign: int) -> list[int]:
    padded = [*amounts, *[0] * (len(load) - len(amounts))]
    return [has + sign * more for has, more in zip(load, padded, strict=True)]


def read_answer(of: VroomFile, answer: Mapping[str, Any]) -> list[list[int]]:
    """Tasks of each vehicle in an answer of VROOM: 2 * request, or that and 1 for a delivery.

    Raises
    ------
    FormatError
        If the answer names what the problem does not have.
    """
    request = {kind_and_id: name for (name, _), kind_and_id in of.names.items()}
    index = {request.id: r for r, request in enumerate(of.problem.requests)}
    row_of = {vehicle.id: at for at, vehicle in enumerate(of.problem.vehicles)}
    tasks: list[list[int]] = [[] for _ in of.problem.vehicles]
    for route in answer.get("routes", []):
        row = row_of.get(str(route.get("vehicle")))
        if row is None:
            raise FormatError(f"the answer names vehicle {route.get('vehicle')}, which is unknown")
        for step in route.get("steps", []):
            kind = step.get("type")
            if kind not in {"job", PICKUP, DELIVERY}:
                continue
            name = request.get((kind, step.get("id")))
            if name is None:
                raise FormatError(f"the answer names {kind} {step.get('id')}, which is unknown")
            r = index[name]
            is_pickup = kind == PICKUP or of.problem.requests[r].delivery is None
            tasks[row].append(2 * r + (0 if is_pickup else 1))
    return tasks


def write(problem: PdpProblem) -> Document:
    """Any problem that VROOM can keep, as its JSON.

    Raises
    ------
    FormatError
        If a ride or a round has a limit, goods keep apart, or costs are no metres.
    """
    for request in problem.requests:
        if request.max_ride is not None:
            raise FormatError(f"request '{request.id}': VROOM has no limit of ride time")
        if request.vehicles is not None:
            raise FormatError(f"request '{request.id}': VROOM names no vehicles; give skills")
    if problem.is_parted or problem.apart:
        raise FormatError("VROOM cannot keep goods, or parcels and passengers, apart")
    asked = {one for request in problem.requests for one in request.skills}
    skills = sorted(asked.union(*(vehicle.skills for vehicle in problem.vehicles)))
    number = {name: at + 1 for at, name in enumerate(skills)}
    document: Document = {"vehicles": [], "jobs": [], "shipments": [], "matrices": {}}
    for at, vehicle in enumerate(problem.vehicles):
        document["vehicles"].append(_vehicle_document(at, vehicle, number))
    for at, request in enumerate(problem.requests):
        row: Document = {"skills": [number[one] for one in sorted(request.skills)]}
        if request.pickup is not None and request.delivery is not None:
            ends = {
                PICKUP: _stop_document(at, request.pickup),
                DELIVERY: _stop_document(at, request.delivery),
            }
            document["shipments"].append({"amount": list(request.amount), **row, **ends})
            continue
        stop, key = request.delivery, DELIVERY
        if stop is None:
            stop, key = request.pickup, PICKUP
        assert stop is not None
        document["jobs"].append({**_stop_document(at, stop), key: list(request.amount), **row})
    for profile, (seconds, metres) in enumerate(
        zip(problem.duration, problem.distance, strict=True)
    ):
        document["matrices"][f"p{profile}"] = {
            "durations": seconds.tolist(), "costs": metres.tolist(),
        }  # fmt: skip
    return document


def _stop_document(number: int, stop: Stop) -> Document:
    window = [stop.earliest, min(stop.latest, UNREACHED - 1)]
    return {
        "id": number, "location_index": stop.place, "service": stop.service,
        "time_windows": [window],
    }  # fmt: skip


def _vehicle_document(at: int, vehicle: Vehicle, number: Mapping[str, int]) -> Document:
    if vehicle.max_duration is not None and vehicle.max_duration < UNREACHED:
        raise FormatError(f"vehicle '{vehicle.id}': VROOM has no limit of a round's duration")
    if (vehicle.per_m, vehicle.per_s) != (1.0, 0.0):
        raise FormatError(f"vehicle '{vehicle.id}': only costs of 1 a metre are written for VROOM")
    if any(not pause.is_on_duty for pause in vehicle.pauses):
        raise FormatError(f"vehicle '{vehicle.id}': VROOM has no breaks off duty")
    row: Document = {
        "id": at, "profile": f"p{vehicle.profile}", "capacity": list(vehicle.capacity),
        "time_window": [vehicle.opens, min(vehicle.closes, UNREACHED - 1)],
        "skills": [number[one] for one in sorted(vehicle.skills)],
        "costs": {"fixed": math.ceil(vehicle.fixed)},
        "breaks": [
            {"id": k, "time_windows": [[one.earliest, one.latest]], "service": one.length}
            for k, one in enumerate(vehicle.pauses)
        ],
    }  # fmt: skip
    if vehicle.max_tasks is not None:
        row["max_tasks"] = vehicle.max_tasks
    for key, place in (("start", vehicle.start), ("end", vehicle.end)):
        if place is not None:
            row[f"{key}_index"] = place
    return row
