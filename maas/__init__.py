"""The region, the trip planner, bookings, scenarios and the command line."""
