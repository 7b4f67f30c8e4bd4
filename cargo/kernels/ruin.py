"""Ways to take shipments out of a plan; see `cargo.kernels.loading`."""

from numba import njit

from cargo.kernels.stream import below, random
from cargo.layout import Choice, Rounds, Ruin, World
from routing.layout import NONE

MOST_IN_ROUNDS = 60  # shipments that are taken out with whole rounds


@njit(cache=True, nogil=True)
def use(world: World, choice: Choice, shipment: int, option: int, sign: int) -> None:
    """Take (1) or give back (-1) the room of an option's hops."""
    options, goods = world.options, world.goods
    for at in range(options.first_hop_of_option[option], options.first_hop_of_option[option + 1]):
        hop = options.hop[at]
        choice.used[hop, 0] += sign * goods.kg[shipment]
        choice.used[hop, 1] += sign * goods.litres[shipment]
        choice.used[hop, 2] += sign * goods.pieces[shipment]


@njit(cache=True, nogil=True)
def take_out(world: World, choice: Choice, rounds: Rounds, ruin: Ruin, shipment: int) -> float:
    """Leave a shipment behind and mark its rounds; returns the line cost saved."""
    option = choice.option[shipment]
    use(world, choice, shipment, option, -1)
    choice.option[shipment] = NONE
    for job in (world.options.first_job[option], world.options.last_job[option]):
        if job != NONE:
            ruin.is_touched[rounds.row_of_job[job]] = 1
            rounds.row_of_job[job] = NONE
    return float(world.options.line_cost[option])


@njit(cache=True, nogil=True)
def remove_strings(world: World, choice: Choice, rounds: Rounds, ruin: Ruin, most: int) -> float:
    """Take out strings of neighbouring tasks around a random shipment; returns line cost saved."""
    saved, removed = 0.0, 0
    ruin.is_ruined[:] = 0
    seed = below(ruin.stream, choice.option.size)
    length = 1 + below(ruin.stream, 10)
    for at in range(ruin.neighbour.shape[1]):
        shipment = ruin.neighbour[seed, at]
        option = choice.option[shipment]
        if option == NONE:
            continue
        job = world.options.first_job[option]
        if job == NONE or (world.options.last_job[option] != NONE and random(ruin.stream) < 0.5):
            job = world.options.last_job[option]
        if job == NONE:
            saved += take_out(world, choice, rounds, ruin, shipment)
            removed += 1
        else:
            row = rounds.row_of_job[job]
            if ruin.is_ruined[row] != 0:
                continue
            ruin.is_ruined[row] = 1
            place = 0
            for k in range(rounds.size[row]):
                if rounds.task[row, k] >> 1 == job:
                    place = k
                    break
            start = max(0, place - below(ruin.stream, length))
            for k in range(start, min(rounds.size[row], start + length)):
                other = world.jobs.shipment[rounds.task[row, k] >> 1]
                if choice.option[other] != NONE:
                    saved += take_out(world, choice, rounds, ruin, other)
                    removed += 1
        if removed >= most:
            break
    return saved


@njit(cache=True, nogil=True)
def remove_sharers(world: World, choice: Choice, rounds: Rounds, ruin: Ruin, most: int) -> float:
    """Take out shipments on one bay, or in one round; returns line cost saved."""
    saved, removed = 0.0, 0
    n = choice.option.size
    seed = below(ruin.stream, n)
    for _ in range(8):
        if choice.option[seed] != NONE:
            break
        seed = below(ruin.stream, n)
    option = choice.option[seed]
    if option == NONE:
        return saved
    options = world.options
    bay, row = NONE, NONE
    if options.first_hop_of_option[option] < options.first_hop_of_option[option + 1]:
        bay = world.bay_of_call[options.hop[options.first_hop_of_option[option]]]
    if bay == NONE or random(ruin.stream) < 0.3:
        job = options.first_job[option]
        if job == NONE:
            job = options.last_job[option]
        if job != NONE:
            row, bay = rounds.row_of_job[job], NONE
    begin = below(ruin.stream, n)
    for step in range(n):
        shipment = (begin + step) % n
        option = choice.option[shipment]
        if option == NONE:
            continue
        shares = False
        if bay != NONE:
            for at in range(
                options.first_hop_of_option[option], options.first_hop_of_option[option + 1]
            ):
                shares = shares or world.bay_of_call[options.hop[at]] == bay
        else:
            for job in (options.first_job[option], options.last_job[option]):
                shares = shares or (job != NONE and rounds.row_of_job[job] == row)
        if shares or shipment == seed:
            saved += take_out(world, choice, rounds, ruin, shipment)
            removed += 1
            if removed >= most:
                break
    return saved


@njit(cache=True, nogil=True)
def _used_round(rounds: Rounds, ruin: Ruin) -> int:
    """Random round in use, dear ones for their tasks more often; `NONE` if there is none."""
    n, found = rounds.size.size, NONE
    for _ in range(3):
        row = below(ruin.stream, n)
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
        if random(ruin.stream) < 0.4:
            break
    return found


@njit(cache=True, nogil=True)
def remove_rounds(world: World, choice: Choice, rounds: Rounds, ruin: Ruin) -> float:
    """Take out all of one to three rounds, and close one half of the time; returns cost saved."""
    saved, left = 0.0, MOST_IN_ROUNDS
    if rounds.size.size == 0:
        return saved
    for turn in range(1 + below(ruin.stream, 3)):
        row = _used_round(rounds, ruin)
        if row == NONE or rounds.size[row] > 2 * left:
            break
        for k in range(rounds.size[row]):
            shipment = world.jobs.shipment[rounds.task[row, k] >> 1]
            if choice.option[shipment] != NONE:
                saved += take_out(world, choice, rounds, ruin, shipment)
                left -= 1
        if turn == 0 and random(ruin.stream) < 0.5:
            ruin.closed[0] = row
    return saved
