"""How a scenario is reckoned, in words of both languages; the report prints them."""

from typing import NamedTuple

from maas.scenario.file import ScenarioFile


class Text(NamedTuple):
    """The same in English and Japanese."""

    en: str
    ja: str


POLICIES = {
    "separate": Text("Separate", "分離"),
    "mixed": Text("Mixed", "混載"),
}

WEEKDAYS = (
    Text("Monday", "月曜日"),
    Text("Tuesday", "火曜日"),
    Text("Wednesday", "水曜日"),
    Text("Thursday", "木曜日"),
    Text("Friday", "金曜日"),
    Text("Saturday", "土曜日"),
    Text("Sunday", "日曜日"),
)


def rules(scenario: ScenarioFile, currency: str, *, is_beeline: bool) -> list[Text]:
    """State every rule that the figures depend on."""
    choice = scenario.choice
    stated = [
        Text(
            "Separate: every shipment goes by van from door to door. Mixed: shipments may also "
            "ride scheduled trips that take parcels, with taxis or vans for the first and the last "
            "mile. Both are planned by the same solver with the same effort under the same "
            "objective: hard rules, shipments served by priority, cost, CO₂. Mixed may fall back "
            "on separate.",
            "分離：すべての荷物を配送車で戸口から戸口へ運びます。混載：荷物を受け付ける定期便にも載せ、"
            "前後はタクシーまたは配送車で運びます。どちらも同じ最適化を同じ計算量で行い、目的は順に、"
            "制約の遵守、優先度別の引受数、費用、CO₂です。混載は分離の計画に戻ることもできます。",
        ),
        Text(
            "Passengers come first: they are planned one after another in order of their wanted "
            "departure, each on the seats that are left, and each takes the itinerary of least "
            f"generalised cost: price + {choice.value_of_time_per_hour:g} {currency} an hour and "
            f"person × (riding + {choice.walk_weight:g} × walking + {choice.wait_weight:g} × "
            f"waiting at stops + {choice.early_weight:g} × waiting before leaving + "
            f"{choice.transfer_minutes:g} min a transfer). Parcels get the space that is left.",
            "旅客優先：希望時刻の順に一人ずつ、残席の中で、一般化費用（運賃＋時間価値"
            f"{choice.value_of_time_per_hour:g}{currency}/時×（乗車＋徒歩×{choice.walk_weight:g}＋"
            f"停留所での待ち×{choice.wait_weight:g}＋出発前の待ち×{choice.early_weight:g}＋"
            f"乗換1回{choice.transfer_minutes:g}分））が最小の経路を選びます。荷物は残りの空間に載ります。",
        ),
        Text(
            "A passenger's taxi starts at its base, drives empty to the door, and returns empty; "
            "taxis do not wait for a next passenger, and their number is not limited here.",
            "旅客のタクシーは車庫から空車で迎えに行き、降車後は空車で戻ります。次の客を待たず、"
            "台数の上限はここでは考えません。",
        ),
        Text(
            "Scheduled trips run anyway: their kilometres, drivers and fuel are not counted, but "
            "the fees that lines are paid for parcels and the CO₂ of the extra weight are.",
            "定期便はいずれにせよ走るため、その走行距離・乗務・燃料は数えません。荷物の運賃として"
            "路線に払う額と、重量増による CO₂ は数えます。",
        ),
    ]
    if is_beeline:
        stated.append(
            Text(
                "This region has no road file: distances are straight lines times a detour factor.",
                "この地域には道路データがなく、距離は直線距離に迂回率を掛けた推定値です。",
            )
        )
    return stated
