"""Tables of road networks: struct of arrays, one NamedTuple per table.

A *cost* is one int64 that holds a duration and a length: ms * 2**32 + cm. Sums and comparisons of
costs are those of the pairs in lexicographic order, so every search finds the same quickest way,
and the shortest one among ways that are equally quick.

A *segment* is a stretch of a way between two junctions of a profile; an *arc* is a segment in one
direction. Searches run over *vertices* joined by *links*. For foot and bike a vertex is a junction
and a link is an arc. For motor vehicles a vertex is an arc about to be driven and a link drives it
and turns into the next one, so turn costs and turn restrictions are part of the graph.
"""

from typing import NamedTuple

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

MS = 1 << 32  # one millisecond in a cost
CM_MASK = MS - 1
FAR = (1 << 62) - 1  # cost of what cannot be reached; FAR + FAR still fits in int64
LONGEST_MS = 1 << 29  # of one arc, six days


class Pins(NamedTuple):
    """Places put onto the segments of one profile, once; `NONE` where no road is near."""

    lon: Float64Array  # (n_pins,) degrees, of the place itself
    lat: Float64Array  # (n_pins,) degrees
    segment: Int32Array  # (n_pins,) segment or NONE
    along_cm: Int32Array  # (n_pins,) from the start of the segment
    off_road_cm: Int32Array  # (n_pins,) between place and road


class Ends(NamedTuple):
    """Pins as searches start from them and end at them; row 2 * pin + 1 is the backward arc."""

    arc: Int32Array  # (2 * n_pins,) arc or NONE
    passed: Int64Array  # (2 * n_pins,) cost from the start of the arc to the pin
    off_road: Int64Array  # (n_pins,) cost between place and road


class Pairs(NamedTuple):
    """Pins between which ways are sought, `here` where the search starts and `there`."""

    here: Pins
    here_ends: Ends
    there: Pins
    there_ends: Ends
    off_road_kmh: float  # 0 where vehicles stay on the road
    bound: int  # cost; ways that cost as much or more are not wanted


class Table(NamedTuple):
    """Where searches write what they find, one row for each pin `here`."""

    duration: Int32Array  # (n_here, n_there) s or UNREACHED
    distance: Int32Array  # (n_here, n_there) m or UNREACHED
    cost: Int64Array  # (n_there,) scratch: costs of the present row


class Points(NamedTuple):
    """Points of all ways, in way order; shared by all profiles."""

    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees
    chainage_cm: Int32Array  # (n_points,) from the start of the way
    way: Int32Array  # (n_points,) way


class Segments(NamedTuple):
    """Stretches of ways between the junctions of one profile."""

    first_point: Int32Array  # (n_segments,) point
    last_point: Int32Array  # (n_segments,) point of the same way
    forward_arc: Int32Array  # (n_segments,) arc or NONE
    backward_arc: Int32Array  # (n_segments,) arc or NONE
    is_pinnable: UInt8Array  # (n_segments,) 1 where one can come from and go to other roads
    may_be_pinnable: UInt8Array  # (n_segments,) the same with everything open that ever is
    is_ferry: UInt8Array  # (n_segments,)
    of_piece: Int32Array  # (n_points,) segment of the piece from this point to the next, or NONE


class Arcs(NamedTuple):
    """Segments with a direction."""

    segment: Int32Array  # (n_arcs,) segment
    cost: Int64Array  # (n_arcs,) cost without turns; FAR where closed
    first_exit: Int32Array  # (n_arcs,) first link that leaves the arc at its end
    end_exit: Int32Array  # (n_arcs,) past the last such link
    entry: Int32Array  # (n_arcs,) vertex from which the arc is entered
    last_entry: Int32Array  # (n_arcs,) a second such vertex, where only the end of a trip may be


class Links(NamedTuple):
    """Links of the search graph in one direction, sorted by the vertex they leave."""

    first_of_vertex: Int32Array  # (n_vertices + 1,) link
    head: Int32Array  # (n_links,) vertex
    cost: Int64Array  # (n_links,) cost; FAR where closed


UP, DOWN = 0, 1  # sides of a vertex in a hierarchy


class Hierarchy(NamedTuple):
    """Links and shortcuts between vertices of rising importance; the top vertex is number 0.

    Rows on the UP side of vertex `v` lead to more important vertices, those on its DOWN side come
    from them; they are `first_of_side[2 * v + side]:first_of_side[2 * v + side + 1]`, sorted by the
    other vertex. A search reads both sides of a vertex, so they lie together.
    """

    place: Int32Array  # (n_vertices,) number of a vertex by importance
    first_of_side: Int32Array  # (2 * n_vertices + 1,) row
    row: Int64Array  # (n_rows, 2) other vertex, cost
    via: Int32Array  # (n_rows,) vertex that a shortcut leads over, or ~link for a link of the graph


class Shape(NamedTuple):
    """Rows of a hierarchy whose costs may be anything; the top vertex is number 0.

    Its order of importance, and with it every row, comes from the map alone.
    """

    place: Int32Array  # (n_vertices,) number of a vertex by importance
    first_of_vertex: Int32Array  # (n_vertices + 1,) row
    above: Int32Array  # (n_rows,) more important vertex, rising within a vertex
    cell_of_link: Int32Array  # (n_links,) 2 * row + side of each link of the graph; NONE for a loop


class Bans(NamedTuple):
    """Links that some rule shuts in some situation."""

    link: Int32Array  # (n_bans,) link
    rule: Int32Array  # (n_bans,) rule of the profile


OPEN_ROADS, LAST_STRETCH, TO_THE_END = 0, 1, 2  # kinds of links by what a trip may still do


class Phases(NamedTuple):
    """Links from or to arcs that are open to through traffic in some situations only."""

    link: Int32Array  # (n_phases,) link
    came: Int32Array  # (n_phases,) arc that it drives
    goes: Int32Array  # (n_phases,) arc that comes next
    kind: UInt8Array  # (n_phases,) OPEN_ROADS, LAST_STRETCH (on to it) or TO_THE_END (along it)


class Grid(NamedTuple):
    """Pieces of ways by the cells of a regular grid that they may touch."""

    first_of_cell: Int32Array  # (n_rows * n_columns + 1,) entry
    piece: Int32Array  # (n_entries,) point at which the piece starts
    shape: Int32Array  # (2,) n_rows, n_columns
    frame: Float64Array  # (4,) west, south, cell width, cell height, degrees


class ProfileRoads(NamedTuple):
    """All that searches for one profile read."""

    segments: Segments
    arcs: Arcs
    links: Links
    back_links: Links  # the same links turned round
    arc_of_link: Int32Array  # (n_links,) arc that the link drives; NONE: none, at no cost
    turn: Int32Array  # (n_links,) ms of the turn at the end of that arc
    bans: Bans
    phases: Phases
