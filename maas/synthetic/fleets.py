"""Taxis, vans and demand-responsive zones of the towns; all invented."""

from typing import Any

from maas.synthetic.geometry import Place, offset, rounded
from maas.synthetic.towns import Town, towns

_CITY_METER = {"base_fare": 670, "base_distance_m": 1270, "step_fare": 80, "step_distance_m": 275}
_TOWN_METER = {"base_fare": 640, "base_distance_m": 1400, "step_fare": 80, "step_distance_m": 260}
_PICKUP_FEE = 100
_TAXI_TOWNS = (
    "札幌", "札幌北区", "札幌東区", "札幌白石区", "札幌厚別区", "札幌南区", "札幌西区", "札幌手稲区", "小樽", "余市", "倶知安", "岩内", "千歳", "恵庭", "江別",
    "北広島", "石狩", "苫小牧", "東室蘭", "登別", "伊達", "洞爺湖温泉", "静内", "浦河", "岩見沢", "滝川", "深川", "芦別", "旭川", "旭川永山", "富良野",
    "美瑛", "上富良野", "士別", "名寄", "美深", "音威子府", "幌延", "豊富", "稚内", "鴛泊", "香深", "留萌", "羽幌", "枝幸", "浜頓別", "紋別", "遠軽", "北見", "美幌",
    "網走", "斜里", "ウトロ", "羅臼", "中標津", "別海", "根室", "厚岸", "釧路", "釧路大楽毛", "標茶", "弟子屈", "阿寒湖畔", "帯広", "音更", "芽室", "池田", "本別",
    "足寄", "陸別", "上士幌", "新得", "広尾", "占冠", "トマム", "函館", "函館五稜郭", "函館湯の川", "新函館北斗", "七飯", "森", "八雲", "長万部", "木古内", "江差", "松前", "奥尻",
)  # fmt: skip
_NO_BAY = {
    "札幌",
    "札幌北区",
    "札幌東区",
    "札幌白石区",
    "函館湯の川",
}  # taxis there carry people only
_VANS = {
    "札幌厚別区": 8, "札幌手稲区": 6, "小樽": 2, "倶知安": 2, "苫小牧": 4, "東室蘭": 3, "静内": 2, "岩見沢": 3, "滝川": 3, "旭川": 6, "富良野": 2,
    "名寄": 2, "稚内": 2, "留萌": 2, "遠軽": 2, "紋別": 1, "北見": 4, "網走": 2, "中標津": 2, "釧路": 4, "弟子屈": 1, "帯広": 5, "足寄": 1, "函館五稜郭": 5, "八雲": 2,
    "江差": 1,
}  # fmt: skip


def _point(at: Place) -> dict[str, float]:
    at = rounded(at)
    return {"lat": at.lat, "lon": at.lon}


def _taxi(town: Town) -> dict[str, Any]:
    is_city = town.people >= 100_000 or town.grid == "sapporo"
    fleet: dict[str, Any] = {
        "id": f"taxi-{town.id}",
        "name": f"{town.name.ja}タクシー（架空）",
        "name_en": f"{town.name.en} Taxi (fictional)",
        "base": _point(town.at),
        "radius_m": 12_000 if is_city else 18_000,
        "vehicles": max(2, min(40, town.people // 5_000)),
        "hours": ["00:00", "28:00"] if is_city else ["06:30", "24:00"],
        "pickup_wait": 300 if is_city else 480,
        "meter": {**(_CITY_METER if is_city else _TOWN_METER), "pickup_fee": _PICKUP_FEE},
    }
    if town.name.ja not in _NO_BAY:
        fleet["bay"] = {"kg": 100, "litres": 450, "pieces": 12}
    if town.name.ja in {"旭川", "幌延", "占冠"}:  # box vans, in the manner of the real pilots
        fleet["bay"] = {
            "kg": 350,
            "litres": 2000,
            "pieces": 40,
            "temperatures": ["ambient", "cool"],
        }
    return fleet


def taxis() -> list[dict[str, Any]]:
    """One fleet a town."""
    return [_taxi(towns()[name]) for name in _TAXI_TOWNS]


def vans() -> list[dict[str, Any]]:
    """Delivery vans at depots at the edge of towns."""
    return [
        {
            "id": f"van-{towns()[name].id}",
            "name": f"{name}配送センター（架空）",
            "base": _point(offset(towns()[name].at, 520.0, -260.0)),
            "vehicles": count,
            "hours": ["07:30", "20:30"],
            "bay": {
                "kg": 800,
                "litres": 5000,
                "pieces": 120,
                "temperatures": ["ambient", "cool", "frozen"],
            },
        }
        for name, count in _VANS.items()
    ]


def _box(centre: Place, east_m: float, north_m: float) -> list[list[float]]:
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    places = (rounded(offset(centre, x * east_m, y * north_m)) for x, y in corners)
    return [[place.lat, place.lon] for place in places]


def demand_zones() -> list[dict[str, Any]]:
    """Shared rides on demand in thinly settled places."""
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    everyday = [*weekdays, "sat", "sun", "holiday"]
    specs: tuple[tuple[str, str, float, float, int, list[str], tuple[str, str]], ...] = (
        ("芽室", "Jagabus on demand", 5_000, 5_000, 300, [*weekdays, "sat"], ("08:00", "17:00")),
        ("富良野", "Furano on demand", 5_000, 4_500, 400, everyday, ("08:30", "18:30")),
        ("名寄", "Nayoro on demand", 4_500, 4_500, 300, weekdays, ("08:00", "17:30")),
        ("当別", "Tobetsu on demand", 4_500, 4_500, 300, weekdays, ("08:00", "18:00")),
        ("中標津", "Nakashibetsu on demand", 6_000, 6_000, 400, everyday, ("08:00", "18:00")),
        ("倶知安", "Kutchan-Hirafu on demand", 4_500, 4_500, 500, everyday, ("07:00", "23:00")),
    )
    return [
        {
            "id": f"drt-{towns()[name].id}",
            "name": f"{name}デマンド交通（架空）",
            "name_en": f"{english} (fictional)",
            "polygon": _box(towns()[name].at, east_m, north_m),
            "hours": list(hours),
            "days": days,
            "fare": fare,
            "vehicles": 2,
        }
        for name, english, east_m, north_m, fare, days, hours in specs
    ]
