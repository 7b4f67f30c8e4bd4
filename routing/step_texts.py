"""Sentences for the steps of a path, in English and Japanese; the only place that has them."""

from collections.abc import Callable, Mapping

from routing.road_steps import Step

LANGUAGES = ("en", "ja")

_TURNS_EN = {
    "left": "Turn left", "right": "Turn right", "slight left": "Bear left",
    "slight right": "Bear right", "sharp left": "Turn sharp left",
    "sharp right": "Turn sharp right", "uturn": "Make a U-turn", "straight": "Go straight on",
}  # fmt: skip
_TURNS_JA = {
    "left": "左折", "right": "右折", "slight left": "斜め左に進行", "slight right": "斜め右に進行",
    "sharp left": "大きく左折", "sharp right": "大きく右折", "uturn": "Uターン", "straight": "直進",
}  # fmt: skip
_COMPASS_JA = {
    "north": "北", "northeast": "北東", "east": "東", "southeast": "南東", "south": "南",
    "southwest": "南西", "west": "西", "northwest": "北西",
}  # fmt: skip
_SIDES_JA = {"slight left": "左", "slight right": "右"}


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _onto(step: Step) -> str:
    return f" onto {step.name}" if step.name else ""


def _into(step: Step) -> str:
    return f"して{step.name}に入る" if step.name else "する"


def _roundabout_en(step: Step) -> str:
    if step.exit == 0:
        return "Enter the roundabout"
    return f"At the roundabout take the {_ordinal(step.exit)} exit{_onto(step)}"


def _roundabout_ja(step: Step) -> str:
    if step.exit == 0:
        return "環状交差点に入る"
    onto = f"{step.name}に" if step.name else ""
    return f"環状交差点で{step.exit}番目の出口から{onto}出る"


_ENGLISH: Mapping[str, Callable[[Step], str]] = {
    "depart": lambda s: f"Head {s.modifier}" + (f" on {s.name}" if s.name else ""),
    "turn": lambda s: _TURNS_EN[s.modifier] + _onto(s),
    "fork": lambda s: f"Keep {s.modifier.removeprefix('slight ')} at the fork{_onto(s)}",
    "continue": lambda s: f"Continue{_onto(s)}",
    "roundabout": _roundabout_en,
    "ferry": lambda s: "Take the ferry" + (f" {s.name}" if s.name else ""),
    "stairs": lambda _: "Take the stairs",
    "elevator": lambda _: "Take the lift",
    "arrive": lambda _: "Arrive at the destination",
}
_JAPANESE: Mapping[str, Callable[[Step], str]] = {
    "depart": lambda s: (f"{s.name}を" if s.name else "") + f"{_COMPASS_JA[s.modifier]}へ進む",
    "turn": lambda s: _TURNS_JA[s.modifier] + _into(s),
    "fork": lambda s: f"分岐で{_SIDES_JA[s.modifier]}方向に進行{_into(s)}",
    "continue": lambda s: f"そのまま{s.name}へ進む",
    "roundabout": _roundabout_ja,
    "ferry": lambda s: f"フェリー{f'「{s.name}」' if s.name else ''}に乗る",
    "stairs": lambda _: "階段を進む",
    "elevator": lambda _: "エレベーターに乗る",
    "arrive": lambda _: "目的地に到着",
}


def sentence(step: Step, language: str = "en") -> str:
    """Return what to do, in English (`en`) or Japanese (`ja`)."""
    return (_JAPANESE if language == "ja" else _ENGLISH)[step.kind](step)
