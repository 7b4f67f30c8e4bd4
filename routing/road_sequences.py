"""Turn restrictions over ways, and those that hold at times, as copies of vertices.

A restriction over ways forbids a sequence of arcs: from, via …, to. A copy of a vertex remembers
which sequences the trip has begun; it has the links of its original but for the forbidden ones, and
leads back to originals as soon as no sequence can be completed. This is the product of the graph
with an automaton that recognises the sequences [1]_.

.. [1] Villeneuve, Desaulniers: The shortest path problem with forbidden paths, EJOR 2005.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.layout import NONE, Int32Array, Int64Array, first_of
from routing.osm import TurnRule
from routing.road_draft import Draft
from routing.road_rules import Rule

if TYPE_CHECKING:
    from routing.road_turns import LinkDraft, WayNumbers

_LONGEST_VIA = 64  # arcs


class Followed(NamedTuple):
    """Links after restrictions have been worked in."""

    links: "LinkDraft"
    bans: list[tuple[int, int]]  # (link, rule)
    last_entry: Int32Array  # (n_arcs,) vertex
    n_vertices: int


class Sequence(NamedTuple):
    """Arcs from the first to the last before the turn, and the arcs that may come next."""

    arcs: tuple[int, ...]
    goes: frozenset[int]
    is_only: bool
    rule: int  # row of the rules, or NONE for one that always holds


_State = frozenset[tuple[int, int]]  # (sequence, arcs of it that are driven, less one)


class _Arcs:
    """Arcs by node and by way."""

    def __init__(self, draft: Draft, number: "WayNumbers") -> None:
        self.draft = draft
        self.way = number.of_arc
        self._first_of_node = first_of(draft.tail, draft.osm_node.size)
        self._by_way = np.argsort(self.way, kind="stable")
        self._sorted_way = self.way[self._by_way]

    def out_of(self, node: int) -> range:
        """Arcs that leave a node."""
        return range(int(self._first_of_node[node]), int(self._first_of_node[node + 1]))

    def along(self, way: int) -> Int64Array:
        """Arcs of a way."""
        first, end = np.searchsorted(self._sorted_way, [way, way + 1])
        found: Int64Array = self._by_way[first:end]
        return found

    def onward(self, arc: int, way: int) -> frozenset[int]:
        """Arcs of a way that leave the end of an arc, without turning back."""
        head, segment = int(self.draft.head[arc]), self.draft.segment[arc]
        return frozenset(
            other
            for other in self.out_of(head)
            if self.way[other] == way and self.draft.segment[other] != segment
        )

    def back(self, arc: int) -> frozenset[int]:
        """Arcs that turn back at the end of an arc."""
        return frozenset(
            other
            for other in self.out_of(int(self.draft.head[arc]))
            if self.draft.segment[other] == self.draft.segment[arc]
        )

    def way_over(self, start: int, via: set[int], to_way: int) -> tuple[int, ...] | None:
        """Fewest arcs along via ways from the end of an arc to a turn into the last way."""
        waiting: deque[tuple[int, ...]] = deque([(start,)])
        seen = {start}
        while waiting:
            chain = waiting.popleft()
            if len(chain) > 1 and self.onward(chain[-1], to_way):
                return chain
            for way in via if len(chain) < _LONGEST_VIA else ():
                for arc in sorted(self.onward(chain[-1], way) - seen):
                    seen.add(arc)
                    waiting.append((*chain, arc))
        return None


def _over_node(rule: TurnRule, arcs: _Arcs, row: int, ways: "WayNumbers") -> Iterator[Sequence]:
    came, to_way = ways(rule.from_way), ways(rule.to_way)
    if came is None or to_way is None:
        return
    for arc in arcs.along(came).tolist():
        if arcs.draft.osm_node[arcs.draft.head[arc]] != rule.via_node:
            continue
        is_back = came == to_way
        goes = arcs.back(arc) if is_back and not rule.is_only else arcs.onward(arc, to_way)
        if goes and not (is_back and rule.is_only):
            yield Sequence((arc,), goes, rule.is_only, row)


def _over_ways(rule: TurnRule, arcs: _Arcs, row: int, ways: "WayNumbers") -> Iterator[Sequence]:
    came, to_way = ways(rule.from_way), ways(rule.to_way)
    via = {number for way in rule.via_ways if (number := ways(way)) is not None}
    if came is None or to_way is None or len(via) < len(set(rule.via_ways)):
        return
    for arc in arcs.along(came).tolist():
        chain = arcs.way_over(arc, via, to_way)
        if chain is not None:
            yield Sequence(chain, arcs.onward(chain[-1], to_way), rule.is_only, row)


def sequences_of(
    turn_rules: list[TurnRule], draft: Draft, ways: "WayNumbers", rules: list[Rule]
) -> list[Sequence]:
    """Return what restrictions over ways and conditional ones forbid; `rules` grows."""
    arcs = _Arcs(draft, ways)
    found: list[Sequence] = []
    for rule in turn_rules:
        if rule.via_node != NONE and not rule.condition:
            continue  # these are in the links already
        row = len(rules) if rule.condition else NONE
        expand = _over_ways if rule.via_ways else _over_node
        sequences = list(expand(rule, arcs, row, ways))
        if sequences and rule.condition:
            rules.append(Rule(rule.condition))
        found.extend(sequences)
    return found


class _Product:
    """Links of the product of graph and automaton, found from its beginnings on."""

    def __init__(
        self, links: "LinkDraft", bans: list[tuple[int, int]], sequences: list[Sequence], n: int
    ) -> None:
        self._links, self._sequences = links, sequences
        self._order = np.argsort(links.tail, kind="stable")
        self._first = first_of(links.tail[self._order], n)
        self._starts: dict[int, list[int]] = defaultdict(list)
        for row, sequence in enumerate(sequences):
            self._starts[sequence.arcs[0]].append(row)
        self._bans: dict[int, list[int]] = defaultdict(list)
        for link, rule in bans:
            self._bans[link].append(rule)
        self._copies: dict[tuple[int, _State], int] = {}
        self._waiting: deque[tuple[int, int, _State]] = deque()
        self.n_vertices = n
        self.rows: list[tuple[int, int, int, int, int, int]] = []
        self.row_bans: list[tuple[int, int]] = []
        self.dropped: set[int] = set()
        self.copies_of_arc: dict[int, set[int]] = defaultdict(set)

    def run(self) -> None:
        """Rewrite the links of all vertices at which a sequence starts, and follow them."""
        for link in np.flatnonzero(np.isin(self._links.came, list(self._starts))).tolist():
            self.dropped.add(link)
            self._add(link, int(self._links.tail[link]), frozenset())
        while self._waiting:
            vertex, copy, state = self._waiting.popleft()
            for at in range(int(self._first[vertex]), int(self._first[vertex + 1])):
                self._add(int(self._order[at]), copy, state)

    def _add(self, link: int, tail: int, state: _State) -> None:
        """Add a link out of a vertex at which sequences are under way."""
        links = self._links
        came, goes = int(links.came[link]), int(links.goes[link])
        state |= {(row, 0) for row in self._starts.get(came, ())}
        banned, after = list(self._bans[link]), set()
        for row, at in state:
            sequence = self._sequences[row]
            is_forbidden, is_advanced = _step(sequence, at, goes)
            if is_advanced:
                after.add((row, at + 1))
            elif is_forbidden and sequence.rule == NONE:
                return
            elif is_forbidden:
                banned.append(sequence.rule)
        head = self._vertex(int(links.head[link]), goes, frozenset(after))
        self.row_bans.extend((len(self.rows), rule) for rule in banned)
        self.rows.append((tail, head, came, goes, int(links.turn[link]), int(links.kind[link])))

    def _vertex(self, vertex: int, arc: int, state: _State) -> int:
        """Return the copy of a vertex that is in a state; the vertex itself in none."""
        if not state:
            return vertex
        copy = self._copies.get((vertex, state))
        if copy is None:
            copy = self._copies[vertex, state] = self.n_vertices
            self.n_vertices += 1
            self.copies_of_arc[arc].add(copy)
            self._waiting.append((vertex, copy, state))
        return copy

    def end_at_copies(self, last_entry: Int32Array) -> Int32Array:
        """Give arcs with copies one vertex at which trips end, reached from the copies for free."""
        ends = last_entry.copy()
        for arc, copies in self.copies_of_arc.items():
            ends[arc] = self.n_vertices
            self.n_vertices += 1
            sources = copies | ({int(last_entry[arc])} if last_entry[arc] != arc else set())
            self.rows.extend((copy, int(ends[arc]), NONE, arc, 0, 0) for copy in sorted(sources))
        return ends


def _step(sequence: Sequence, at: int, goes: int) -> tuple[bool, bool]:
    """Whether a sequence forbids the next arc, and whether it goes on with it."""
    if at == len(sequence.arcs) - 1:
        return (goes in sequence.goes) != sequence.is_only, False
    is_advanced = goes == sequence.arcs[at + 1]
    return sequence.is_only and not is_advanced, is_advanced


def _columns(links: "LinkDraft") -> tuple[npt.NDArray[Any], ...]:
    return tuple(links)


def follow_sequences(
    links: "LinkDraft",
    bans: list[tuple[int, int]],
    sequences: list[Sequence],
    last_entry: Int32Array,
    n_vertices: int,
) -> Followed:
    """Work sequences of arcs into the links."""
    if not sequences:
        return Followed(links, bans, last_entry, n_vertices)
    product = _Product(links, bans, sequences, n_vertices)
    product.run()
    ends = product.end_at_copies(last_entry)
    keep = np.ones(links.tail.size, np.bool_)
    keep[list(product.dropped)] = False
    place = np.cumsum(keep) - 1
    n_kept = int(keep.sum())
    rows = np.array(product.rows, np.int64).reshape(-1, 6)
    columns: list[npt.NDArray[Any]] = [
        np.concatenate([column[keep], rows[:, index].astype(column.dtype)])
        for index, column in enumerate(_columns(links))
    ]
    all_bans = [(int(place[link]), rule) for link, rule in bans if keep[link]]
    all_bans += [(n_kept + row, rule) for row, rule in product.row_bans]
    return Followed(type(links)(*columns), all_bans, ends, product.n_vertices)
