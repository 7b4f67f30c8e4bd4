"""The region, the trip planner, bookings, scenarios and the command line."""

__version__ = "0.1.0"
