"""Plans one way of operation: ruin and recreate over whole chains, rounds by the core.

Mixed operation plans in rounds: column generation chooses lines at what their road ends are
thought to cost, ruin and recreate places whole chains (both road ends and the lines together),
and what the ends cost there goes back into the choice of lines.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from cargo.effort import ENDLESS, Effort
from cargo.fleet_rounds import FleetRound
from cargo.line_choice import Lesson, LineChoice
from cargo.line_plan import LineEffort, LinePlan
from cargo.loading import Assignment, Limits, Loader, make_world
from cargo.options import Catalogue, GoOn, LineOptions, Option, catalogue_of, way_along
from cargo.ortools_loads import MOST_SOLUTIONS, rounds_by_ortools
from cargo.ortools_rounds import Budget
from cargo.pdp.plan import make_plan
from cargo.pdp.tables import Ways
from cargo.price_limits import too_dear
from cargo.problem import Problem
from cargo.returns import leaders, without, without_orphans
from cargo.road_jobs import road_problem
from cargo.schedule import Operation, schedule
from cargo.storage import surplus_of
from cargo.worth import worth
from routing.layout import NONE

LINE_PART = 0.5  # of the CPU time: lines are chosen again and again; then chains alone
LINE_ROUNDS = 3
LINE_SHARE = 0.25  # of the time of such a round
MOST_REPAIRS = 20
MOST_TRIES = 300  # ways for what storage left behind
OTHERWISE = 20.0  # CPU s of OR-Tools at most, where nothing but iterations limits the work
ITERATIONS, ITERATIONS_PER_DEMAND = 2_000, 1_000  # that a plan is worth


class OperationPlanner:
    """Plans one way of operation; `ways` are the matrices of the problem, laid out."""

    is_mixed = False

    def __init__(
        self,
        problem: Problem,
        catalogue: Catalogue,
        rounds: Sequence[FleetRound],
        ways: Ways,
        effort: Effort,
    ) -> None:
        self._problem, self._rounds, self._effort = problem, list(rounds), effort
        self._ways, self._leader = ways, leaders(problem)
        self._use(catalogue, effort.go_on)

    def _use(self, catalogue: Catalogue, go_on: GoOn = lambda: None) -> None:
        """Search over these options from now on."""
        self._catalogue = catalogue
        go_on()
        self._road = road_problem(self._problem, catalogue, self._rounds, is_mixed=self.is_mixed)
        go_on()
        self._world = make_world(self._problem, catalogue, self._road, self._ways)
        self._loader = Loader(self._problem, self._world, self._effort.seed)

    def plan(self, start: Operation | None = None) -> Operation:
        """Plan within the limits, from nothing or from another operation if that is better."""
        if not self._problem.demands or not self._catalogue.options:
            return self._on_the_clock(self._nothing())
        return self._within_limits(self._improve_all(self._first(start)))

    def _first(self, start: Operation | None) -> Assignment:
        """The plan to begin with."""
        if start is not None and self._effort.is_cancelled():
            return self._adopted(start)
        found = self._filled()
        return found if start is None else self._better(found, self._adopted(start))

    def _improve_all(self, best: Assignment) -> Assignment:
        """Use all the time there is."""
        return self._improved(best, 1.0)

    def _filled(self) -> Assignment:
        """A first plan: each demand where it costs least, one after the other."""
        self._loader.start()
        return self._loader.fill(self._effort.is_cancelled)

    def _improved(self, plan: Assignment, share: float) -> Assignment:
        if self._effort.is_cancelled():
            return plan
        if self._effort.engine == "ortools":
            return self._better(plan, self._by_ortools(plan, share))
        self._loader.start(plan)
        most = self._effort.iterations
        if most is None:
            most = ITERATIONS + ITERATIONS_PER_DEMAND * len(self._problem.demands)
        limits = Limits(
            self._effort.seconds * share, max(1, round(most * share)), self._effort.is_cancelled
        )
        return self._better(plan, self._loader.run(limits))

    def _by_ortools(self, plan: Assignment, share: float) -> Assignment:
        """Rounds by OR-Tools, then a place for what waits; iterations are its solutions."""
        effort = self._effort
        seconds = effort.seconds if effort.is_by_clock else OTHERWISE
        most = MOST_SOLUTIONS if effort.iterations is None else effort.iterations
        found = rounds_by_ortools(
            self._road, self._ways, self._world, self._catalogue, plan,
            Budget(seconds * share, max(1, round(most * share)), effort.seed), effort.is_cancelled,
        )  # fmt: skip
        self._loader.start(found)
        return self._loader.fill(effort.is_cancelled)

    def _better(self, one: Assignment, other: Assignment) -> Assignment:
        """The better of two plans under the stated objective."""
        is_better = worth(self._on_the_clock(other)) < worth(self._on_the_clock(one))
        return other if is_better else one

    def _on_the_clock(self, plan: Assignment) -> Operation:
        plan = without_orphans(plan, self._catalogue, self._leader)
        driven = make_plan(self._road, self._world.road, plan.tasks)
        return schedule(self._problem, self._catalogue, self._rounds, plan, driven)

    def _nothing(self) -> Assignment:
        return Assignment((NONE,) * len(self._problem.demands), ((),) * len(self._rounds))

    def _within_limits(self, plan: Assignment) -> Operation:
        """Keep within storage, then leave behind what costs more than it may."""
        operation = self._within_storage(plan)
        while dear := set(too_dear(operation)):
            operation = self._on_the_clock(without(operation.assignment, self._catalogue, dear))
        return operation

    def _within_storage(self, plan: Assignment) -> Operation:
        """Give shipments that overfill hubs another chain or none."""
        operation, out = self._on_the_clock(plan), set[int]()
        for _ in range(MOST_REPAIRS):
            surplus = set(surplus_of(operation))
            out |= surplus
            if not surplus or self._effort.is_cancelled():
                break
            rest = without(operation.assignment, self._catalogue, surplus)
            self._loader.ban([operation.assignment.option[at] for at in surplus])
            self._loader.start(rest)
            self._loader.fill()
            operation = self._on_the_clock(
                self._loader.run(Limits(self._effort.seconds * 0.02, 50))
            )
        while surplus := set(surplus_of(operation)):
            out |= surplus
            operation = self._on_the_clock(without(operation.assignment, self._catalogue, surplus))
        return self._put_back(operation, out)

    def _put_back(self, operation: Operation, out: set[int]) -> Operation:
        """Give ways to shipments that storage left behind, one by one, where no hub overflows."""
        ways: dict[int, list[int]] = {demand: [] for demand in sorted(out)}
        for at, option in enumerate(self._catalogue.options):
            if option.demand in out:
                ways[option.demand].append(at)
        tries = (
            (demand, way)
            for demand in sorted(ways, key=lambda at: -self._problem.shipments[at].rank)
            for way in ways[demand]
        )
        for demand, way in islice(tries, MOST_TRIES):
            if self._effort.is_cancelled():
                break
            if operation.assignment.option[demand] != NONE:
                continue
            found = self._on_the_clock(
                self._loader.fill_only([way], self._effort.is_cancelled, operation.assignment)
            )
            if found.assignment.option[demand] != NONE and not set(surplus_of(found)):
                operation = found
        return operation

    def _renumbered(self, taken: Sequence[Option | None], plan: Assignment) -> Assignment:
        """A plan in the numbers of the present catalogue, as far as its ways are there."""
        number = {
            (option.demand, option.rides): at for at, option in enumerate(self._catalogue.options)
        }
        chosen = [
            NONE if option is None else number.get((option.demand, option.rides), NONE)
            for option in taken
        ]
        job_of: dict[int, int] = {}
        for option, at in zip(taken, chosen, strict=True):
            if option is not None and at != NONE:
                now = self._catalogue.options[at]
                job_of[option.first_job], job_of[option.last_job] = now.first_job, now.last_job
        tasks = tuple(
            tuple(2 * job_of[task // 2] + task % 2 for task in row if task // 2 in job_of)
            for row in plan.tasks
        )
        return Assignment(tuple(chosen), tasks)

    def _adopted(self, start: Operation) -> Assignment:
        """A plan of other rounds, in the numbers of these rounds and this catalogue."""
        options = start.catalogue.options
        taken = [None if at == NONE else options[at] for at in start.assignment.option]
        plan = self._renumbered(taken, start.assignment)
        tasks = dict(zip(start.rounds, plan.tasks, strict=True))
        return replace(plan, tasks=tuple(tasks.get(row, ()) for row in self._rounds))


class MixedPlanner(OperationPlanner):
    """Plans lines and roads together."""

    is_mixed = True

    def __init__(
        self, problem: Problem, rounds: Sequence[FleetRound], ways: Ways, effort: Effort
    ) -> None:
        self.lines: LinePlan | None = None
        self._options = LineOptions(problem, effort.go_on)
        has_lines = bool(problem.network.trips and problem.shipments)
        self._choice = LineChoice(problem, effort.go_on) if has_lines else None
        catalogue = catalogue_of(problem, self._options, effort.go_on)
        super().__init__(problem, catalogue, rounds, ways, effort)

    def _first(self, start: Operation | None) -> Assignment:
        rows = [] if start is None else [row for row in start.chosen() if row[1].rides]
        added = [
            self._options.add(at, way_along(self._problem, at, option.rides)) for at, option in rows
        ]
        if any(added):
            self._use(catalogue_of(self._problem, self._options))
        return super()._first(start)

    def _improve_all(self, best: Assignment) -> Assignment:
        if self._choice is None:
            return self._improved(best, 1.0)
        for turn in range(LINE_ROUNDS):
            if self._effort.is_cancelled():
                break
            self._effort.tell(f"lines, round {turn + 1}", LINE_PART * turn / LINE_ROUNDS)
            best = self._with_lines(self._choice, best)
            best = self._improved(best, LINE_PART * (1 - LINE_SHARE) / LINE_ROUNDS)
            if self._effort.is_cancelled():
                break
            self._choice.learn(self._lessons(best))
        self._effort.tell("chains", LINE_PART)
        return self._improved(best, 1 - LINE_PART)

    def _with_lines(self, choice: LineChoice, best: Assignment) -> Assignment:
        """Choose lines anew; the better of the plan so far and one that rides as chosen."""
        effort = self._effort
        share = LINE_PART * LINE_SHARE / LINE_ROUNDS
        most = None if effort.iterations is None else max(1, round(effort.iterations * share))
        limits = LineEffort(
            min(effort.seconds, ENDLESS) * share, most, effort.seed, effort.is_cancelled
        )
        self.lines = plan = choice.plan(limits)
        if effort.is_cancelled():
            return best
        paths = choice.paths(plan)
        kept = self._operation_by_rides(best)
        for shipment, ways in paths.items():
            for path in ways:
                self._options.add(shipment, path)
        self._use(catalogue_of(self._problem, self._options))
        best = self._renumbered(*kept)
        riding = {at: ways[0].rides for at, ways in paths.items() if plan.paths.n_rides[at]}
        some = [
            at
            for at, option in enumerate(self._catalogue.options)
            if not option.rides or riding.get(option.demand) == option.rides
        ]
        return self._better(best, self._loader.fill_only(some, self._effort.is_cancelled))

    def _operation_by_rides(self, plan: Assignment) -> tuple[list[Option | None], Assignment]:
        """A plan with the options that its numbers mean."""
        options = self._catalogue.options
        return [None if at == NONE else options[at] for at in plan.option], plan

    def _lessons(self, plan: Assignment) -> list[Lesson]:
        """What the road parts of a plan cost in its rounds."""
        saving = self._loader.savings(plan)
        found = []
        for at in plan.option[: len(self._problem.shipments)]:
            if at == NONE:
                continue
            option = self._catalogue.options[at]
            for job, is_pickup in ((option.first_job, True), (option.last_job, False)):
                if job != NONE:
                    hub = self._hub_of(option, is_pickup=is_pickup)
                    found.append(Lesson(option.demand, hub, is_pickup, float(saving[job])))
        return found

    def _hub_of(self, option: Option, *, is_pickup: bool) -> int:
        """Hub where a chain begins or ends; `NONE` for the direct road."""
        if not option.rides:
            return NONE
        call = option.rides[0].load_call if is_pickup else option.rides[-1].unload_call
        return self._problem.network.call(call)[1].hub
