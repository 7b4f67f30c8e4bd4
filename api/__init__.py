"""The HTTP interface: journeys, quotes, loads and bookings over one region."""
