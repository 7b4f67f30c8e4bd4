"""Why a cargo rule that could connect two doors is not among the offers of a quote."""

from collections.abc import Callable, Sequence

from cargo.documents import Document
from cargo.problem import Problem, admits, holds
from cargo.quote import SHIPMENT, Offer, Quotes, in_time, rules_used
from cargo.reason import reason
from cargo.reasons_blocks import ALL_BLOCKS, BLOCKS, lifts, size_of
from routing.layout import UNREACHED


def why_not_rules(problem: Problem, quotes: Quotes, kept: Sequence[Offer]) -> list[Document]:
    """One reason for each cargo rule that could connect the doors but is in no kept offer."""
    network, shipment = problem.network, problem.shipments[SHIPMENT]
    free = quotes.on(network.boundless)
    every = free.offers(ignored=ALL_BLOCKS, most=UNREACHED, at_any_price=True)
    missing = rules_used(problem, every) - rules_used(problem, kept)
    codes = _codes_of_rules(problem, quotes, missing)
    found = []
    for rule in sorted(missing):
        bays = network.trips_of_rule[rule]
        code = codes[rule]
        if not any(shipment.document.temperature in bay.temperatures for bay in bays):
            code = "temperature"
        elif not any(admits(bay, shipment) for bay in bays):
            code = "terms"
        elif not any(holds(bay, shipment) for bay in bays):
            code = "too_large"
        remedy: Document = {"rule": rule}
        if code == "hours" and (block := binding_block(problem, rule, every)) is not None:
            code, message, message_ja, rows = block
            remedy |= {"lift": code, "at": rows}
        else:
            message, message_ja = RULE_TEXTS[code]
        found.append(reason(code, f"{rule}: {message}", f"{rule}: {message_ja}", remedy))
    return found


def binding_block(
    problem: Problem, rule: str, every: Sequence[Offer]
) -> tuple[str, str, str, list[Document]] | None:
    """The first hours, stop or licence that keeps a rule, on the way where the least has to give.

    `every` are the ways without any condition. None where nothing but several conditions together
    keeps it.
    """
    network = problem.network
    found = []
    for rides in dict.fromkeys(offer.rides for offer in every):
        if all(network.trips[ride.bay].rule_id != rule for ride in rides):
            continue
        rows = {block: lifts(network, block, rides) for block in BLOCKS}
        found.append((size_of([row for some in rows.values() for row in some]), rows))
    _, rows = min(found, key=lambda one: one[0])
    block = next((block for block in BLOCKS if rows[block]), None)
    return None if block is None else (*BLOCKS[block], rows[block])


def _codes_of_rules(problem: Problem, quotes: Quotes, missing: set[str]) -> dict[str, str]:
    """The first change of conditions under which each rule carries, one asked after another."""
    codes: dict[str, str] = {}
    offers = quotes.offers() if missing else []
    shipment, network = problem.shipments[SHIPMENT], problem.network
    unlimited = {
        code
        for code, is_free in (
            ("apart", network.carriers is quotes.carriers),
            ("full", network.emptied is quotes.carriers),
            ("seats", network.without_passengers is network.emptied),
            ("too_long", shipment.most >= UNREACHED),
            ("too_dear", shipment.document.max_price is None),
        )
        if is_free
    }
    stages: tuple[tuple[str, Callable[[], list[Offer]]], ...] = (
        ("dominated", lambda: in_time(problem, offers)),
        ("too_dear", lambda: in_time(problem, quotes.offers(at_any_price=True))),
        ("too_late", lambda: offers),
        ("too_long", lambda: quotes.offers(most=UNREACHED)),
        ("apart", lambda: quotes.on(network.carriers).offers()),
        ("full", lambda: quotes.on(network.emptied).offers()),
        ("seats", lambda: quotes.on(network.without_passengers).offers()),
    )
    for code, ask in stages:
        if code in unlimited:
            continue
        if len(codes) < len(missing):
            used = rules_used(problem, ask())
            codes |= {rule: code for rule in missing & used if rule not in codes}
    return {rule: codes.get(rule, "hours") for rule in missing}


RULE_TEXTS = {
    "temperature": ("does not carry this temperature class", "この温度帯は運べません。"),
    "terms": (
        "does not take such goods, boxes of this size, worth that much, or without company",
        "この種類・大きさ・申告価格、または付き添いの必要な荷物は受け付けていません。",
    ),
    "too_large": ("the bay is too small", "荷室に入りません。"),
    "dominated": ("later, dearer or dirtier than the offers", "ほかの案より遅いか高いです。"),
    "too_dear": ("costs more than it may", "費用の上限を超えます。"),
    "too_late": ("arrives after the due time", "期限に間に合いません。"),
    "too_long": ("takes longer than it may be on the way", "輸送時間の上限を超えます。"),
    "apart": (
        "carries goods that it must be kept apart from",
        "一緒に積めない荷物が載っています。",
    ),
    "full": ("has too little room left", "空きがありません。"),
    "seats": ("keeps its seats for passengers", "座席は旅客のために空けてあります。"),
    "hours": (
        "hub hours, hours of staff, cargo hours, a licence or short stops forbid it",
        "拠点・係員・取扱の時間外か、事業区域外、または停車時間が足りません。",
    ),
}
