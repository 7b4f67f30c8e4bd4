"""The figures that a scenario reports: what each is called, its unit, and which way is better."""

from typing import Literal, NamedTuple

Better = Literal["less", "more", ""]


class Measure(NamedTuple):
    """One row of the table of figures."""

    key: str
    group: str  # whole | freight | passengers
    en: str
    ja: str
    unit: str  # `money` stands for the region's currency
    digits: int = 0
    better: Better = ""


GROUPS = {
    "whole": ("All together", "全体"),
    "freight": ("Freight", "貨物"),
    "passengers": ("Passengers", "旅客"),
}

MODES = {
    "walk": ("on foot", "徒歩"),
    "taxi": ("taxi", "タクシー"),
    "van": ("van", "配送車"),
    "truck": ("truck", "トラック"),
    "drt": ("on demand", "デマンド交通"),
    "bus": ("bus", "バス"),
    "coach": ("coach", "高速バス"),
    "tram": ("tram", "路面電車"),
    "subway": ("subway", "地下鉄"),
    "rail": ("rail", "鉄道"),
    "ferry": ("ferry", "フェリー"),
    "cable": ("cable car", "ケーブルカー"),
    "funicular": ("funicular", "ケーブルカー"),
    "air": ("air", "航空"),
    "bike": ("bicycle", "自転車"),
    "shared_bike": ("shared bicycle", "シェアサイクル"),
}

MEASURES = (
    Measure("vehicle_km", "whole", "Vehicle-km", "走行距離", "km", 1, "less"),
    Measure("driver_hours", "whole", "Driver hours", "運転者の労働時間", "h", 1, "less"),
    Measure("cost", "whole", "Operating cost", "運行費用", "money", 0, "less"),
    Measure("co2_kg", "whole", "CO₂", "排出量", "kg", 1, "less"),
    Measure("shipments", "freight", "Shipments", "荷物", "", 0),
    Measure("delivered", "freight", "Delivered", "配達", "", 0, "more"),
    Measure("refused", "freight", "Refused", "引受不可", "", 0, "less"),
    Measure("freight_km", "freight", "Vehicle-km", "走行距離", "km", 1, "less"),
    Measure("van_km", "freight", "… by vans and trucks", "… 配送車・トラック", "km", 1, "less"),
    Measure(
        "taxi_freight_km",
        "freight",
        "… by taxis and buses on demand",
        "… タクシー・デマンド交通",
        "km",
        1,
    ),
    Measure("freight_hours", "freight", "Driver hours", "運転者の労働時間", "h", 1, "less"),
    Measure("freight_cost", "freight", "Cost", "費用", "money", 0, "less"),
    Measure("line_cost", "freight", "… paid to the lines", "… 路線への支払い", "money", 0),
    Measure("freight_co2_kg", "freight", "CO₂", "排出量", "kg", 1, "less"),
    Measure("rounds", "freight", "Vehicle rounds", "車両の出動回数", "", 0, "less"),
    Measure("trips_used", "freight", "Trips that carry parcels", "荷物を運ぶ便", "", 0),
    Measure("line_load", "freight", "Load of bays on those trips", "その便の積載率", "%", 1),
    Measure("vehicle_load", "freight", "Load of road vehicles", "道路車両の積載率", "%", 1, "more"),
    Measure("travellers", "passengers", "Trips wanted", "移動の希望", "", 0),
    Measure("served", "passengers", "Trips made", "実現した移動", "", 0, "more"),
    Measure("unserved", "passengers", "No way found", "手段なし", "", 0, "less"),
    Measure("ride_min", "passengers", "Mean travel time", "平均所要時間", "min", 1, "less"),
    Measure("wait_min", "passengers", "Mean wait at stops", "停留所での平均待ち", "min", 1, "less"),
    Measure("before_min", "passengers", "Mean wait before", "出発前の平均待ち", "min", 1, "less"),
    Measure("walk_m", "passengers", "Mean walk", "平均徒歩距離", "m", 0, "less"),
    Measure("transfers", "passengers", "Mean transfers", "平均乗換回数", "", 2, "less"),
    Measure(
        "fare", "passengers", "Mean price for a party", "一組あたりの平均運賃", "money", 0, "less"
    ),
    Measure("taxi_km", "passengers", "Taxi-km with passengers", "タクシー等の実車距離", "km", 1),
    Measure(
        "taxi_empty_km", "passengers", "Taxi-km empty", "タクシー等の空車距離", "km", 1, "less"
    ),
    Measure("own_co2_kg", "passengers", "CO₂ of the trips", "移動のCO₂", "kg", 1, "less"),
)


def of_mode(side: str, mode: str) -> Measure:
    """Count of shipments or passengers that use a mode."""
    en, ja = MODES.get(mode, (mode, mode))
    if side == "freight":
        return Measure(f"rides_{mode}", side, f"Shipments by {en}", f"荷物：{ja}", "")
    return Measure(f"mainly_{mode}", side, f"Trips mainly {en}", f"主に{ja}", "")
