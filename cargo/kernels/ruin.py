"""Ways to take demands out of a plan, with all their rides; see `cargo.kernels.loading`."""

from numba import njit

from cargo.kernels.removal import take_out as take_job
from cargo.kernels.stream import below, random
from cargo.loading_layout import Choice, Ruin, World
from cargo.pdp.layout import Rounds, Search
from routing.layout import NONE

MOST_IN_ROUNDS = 60  # demands that are taken out with whole rounds
LONGEST = 10  # string


@njit(cache=True, nogil=True)
def use(world: World, choice: Choice, demand: int, option: int, sign: int) -> None:
    """Take (1) or give back (-1) the room of an option's hops."""
    options, amount, used = world.options, world.amount, choice.used
    goods = world.goods[demand]
    for at in range(options.first_hop[option], options.first_hop[option + 1]):
        hop = options.hop[at]
        for unit in range(3):
            used[hop, unit] += sign * amount[demand, unit]
        if goods != NONE:
            choice.aboard[hop, goods] += sign


@njit(cache=True, nogil=True)
def take_out(world: World, choice: Choice, ruin: Ruin, demand: int) -> float:
    """Leave a demand behind and mark its rounds; returns the line cost saved."""
    option = choice.option[demand]
    use(world, choice, demand, option, -1)
    choice.option[demand] = NONE
    for job in (world.options.first_job[option], world.options.last_job[option]):
        if job != NONE:
            take_job(choice.rounds, ruin.road, job)
    return float(world.options.line_cost[option])


@njit(cache=True, nogil=True)
def remove_strings(world: World, choice: Choice, ruin: Ruin, most: int) -> float:
    """Take out strings of neighbouring tasks around a random demand; returns line cost saved."""
    saved, removed, rounds, stream = 0.0, 0, choice.rounds, ruin.road.stream
    options, ruined = world.options, ruin.road.ruined
    ruined[:] = 0
    seed = below(stream, choice.option.size)
    length = 1 + below(stream, LONGEST)
    for at in range(ruin.neighbour.shape[1]):
        demand = ruin.neighbour[seed, at]
        option = choice.option[demand]
        if option == NONE:
            continue
        job = options.first_job[option]
        if job == NONE or (options.last_job[option] != NONE and random(stream) < 0.5):
            job = options.last_job[option]
        if job == NONE:
            saved += take_out(world, choice, ruin, demand)
            removed += 1
        else:
            row = rounds.row[job]
            if ruined[row] != 0:
                continue
            ruined[row] = 1
            place = 0
            for k in range(rounds.size[row]):
                if rounds.task[row, k] >> 1 == job:
                    place = k
                    break
            start = max(0, place - below(stream, length))
            for k in range(start, min(rounds.size[row], start + length)):
                other = world.demand[rounds.task[row, k] >> 1]
                if choice.option[other] != NONE:
                    saved += take_out(world, choice, ruin, other)
                    removed += 1
        if removed >= most:
            break
    return saved


@njit(cache=True, nogil=True)
def remove_sharers(world: World, choice: Choice, ruin: Ruin, most: int) -> float:
    """Take out demands on one bay, or in one round; returns line cost saved."""
    saved, removed, n, stream = 0.0, 0, choice.option.size, ruin.road.stream
    seed = below(stream, n)
    for _ in range(8):
        if choice.option[seed] != NONE:
            break
        seed = below(stream, n)
    option = choice.option[seed]
    if option == NONE:
        return saved
    options, row_of = world.options, choice.rounds.row
    bay, row = NONE, NONE
    if options.first_hop[option] < options.first_hop[option + 1]:
        bay = world.bay_of_call[options.hop[options.first_hop[option]]]
    if bay == NONE or random(stream) < 0.3:
        job = options.first_job[option]
        if job == NONE:
            job = options.last_job[option]
        if job != NONE:
            row, bay = row_of[job], NONE
    begin = below(stream, n)
    for step in range(n):
        demand = (begin + step) % n
        option = choice.option[demand]
        if option == NONE:
            continue
        shares = False
        if bay != NONE:
            for at in range(options.first_hop[option], options.first_hop[option + 1]):
                shares = shares or world.bay_of_call[options.hop[at]] == bay
        else:
            for job in (options.first_job[option], options.last_job[option]):
                shares = shares or (job != NONE and row_of[job] == row)
        if shares or demand == seed:
            saved += take_out(world, choice, ruin, demand)
            removed += 1
            if removed >= most:
                break
    return saved


@njit(cache=True, nogil=True)
def _used_round(rounds: Rounds, search: Search) -> int:
    """Random round in use, dear ones for their tasks more often; `NONE` if there is none."""
    n, found = rounds.size.size, NONE
    for _ in range(3):
        row = below(search.stream, n)
        for _ in range(n):
            if rounds.size[row] > 0:
                break
            row = (row + 1) % n
        if rounds.size[row] == 0:
            return NONE
        if (
            found == NONE
            or rounds.cost[row] * rounds.size[found] > rounds.cost[found] * rounds.size[row]
        ):
            found = row
        if random(search.stream) < 0.4:
            break
    return found


@njit(cache=True, nogil=True)
def clear_round(world: World, choice: Choice, ruin: Ruin, row: int) -> tuple[float, int]:
    """Take out all demands of a round; returns the line cost saved and how many they were."""
    saved, removed, rounds = 0.0, 0, choice.rounds
    for k in range(rounds.size[row]):
        demand = world.demand[rounds.task[row, k] >> 1]
        if choice.option[demand] != NONE:
            saved += take_out(world, choice, ruin, demand)
            removed += 1
    return saved, removed


@njit(cache=True, nogil=True)
def remove_rounds(world: World, choice: Choice, ruin: Ruin) -> tuple[float, int]:
    """Take out all of one to three rounds, and close one half of the time.

    Returns the line cost saved, and the round that takes nothing until it is opened again.
    """
    saved, closed, left, rounds, search = 0.0, NONE, MOST_IN_ROUNDS, choice.rounds, ruin.road
    if rounds.size.size == 0:
        return saved, closed
    for turn in range(1 + below(search.stream, 3)):
        row = _used_round(rounds, search)
        if row == NONE or rounds.size[row] > 2 * left:
            break
        more, removed = clear_round(world, choice, ruin, row)
        saved, left = saved + more, left - removed
        if turn == 0 and random(search.stream) < 0.5:
            closed = row
            search.is_closed[row] = 1
    return saved, closed
