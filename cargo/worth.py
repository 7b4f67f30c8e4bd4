"""What an operation costs, and the stated objective."""

from cargo.schedule import Operation
from routing.layout import NONE


def worth(operation: Operation) -> tuple[float, ...]:
    """The stated objective as a tuple; less is better. Cost in whole units of the currency."""
    problem = operation.problem
    levels = sorted({shipment.document.priority for shipment in problem.shipments}, reverse=True)
    left = [
        shipment.document.priority
        for shipment, option in zip(problem.shipments, operation.assignment.option, strict=False)
        if option == NONE
    ]
    waiting = len(problem.parties) - sum(1 for _ in operation.carried())
    cost = round(road_cost(operation) + line_cost(operation))
    return (
        float(waiting),
        *(float(left.count(level)) for level in levels),
        float(cost),
        float(round(co2_g(operation))),
    )


def road_cost(operation: Operation) -> float:
    """What vehicles cost, in the currency."""
    return sum(row.cost for row in operation.driven)


def line_cost(operation: Operation) -> float:
    """What lines are paid, in the currency."""
    return sum(option.line_cost for _, option in operation.chosen()) / 1000


def co2_g(operation: Operation) -> float:
    """CO2 of vehicles and of goods on lines, g."""
    return sum(row.co2_g for row in operation.driven) + line_co2_g(operation)


def line_co2_g(operation: Operation) -> float:
    """CO2 of goods on lines, g."""
    return sum(option.line_co2 for _, option in operation.chosen()) / 1000
