"""Tables and searches: roads, timetables, Pareto sets. Arrays in, arrays out."""
