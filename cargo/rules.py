"""Rules that hold everywhere: what planning obeys and the checker verifies."""

DOOR_SERVICE = 120  # s that a vehicle stands at a door
BOARDING = 30  # s that passengers need to get in or out
HAND_IN_M = 100  # a door this near to a hub needs no vehicle: people carry it over
KG_WITHOUT_PERMIT = 350  # on one vehicle of a passenger line, by Japanese law
TAXI_SHARE = 0.5  # of taxis and of a zone's buses may carry parcels at once; riders keep the rest
GOODS_ONLY = ("van", "truck")  # kinds of vehicles that carry no passengers

# g a tonne km that goods add to a scheduled trip, which runs anyway: for rail and sea the means of
# freight by rail and ship that MLIT publishes, for the rest an estimate of added fuel.
CO2_G_PER_TONNE_KM = {"rail": 20, "subway": 20, "tram": 20, "ferry": 40}
CO2_G_PER_TONNE_KM_ELSE = 70

RIDE_FACTOR, RIDE_EXTRA = 1.5, 300  # of the direct drive, and s more: longest ride of passengers

OBJECTIVE = (  # of a load plan: what comes first decides, the rest only among equals
    "hard rules",
    "parties of passengers carried",
    "shipments served, higher priority first",
    "cost of vehicles and lines",
    "CO2",
)


def mode_of(kind: str) -> str:
    """Mode that goods ride in a kind of vehicle; a bus without a timetable runs on demand."""
    return "drt" if kind == "bus" else kind
