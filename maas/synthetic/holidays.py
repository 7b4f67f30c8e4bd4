"""National holidays of Japan by rule.

Act on National Holidays (Act No. 178 of 1948, as amended to 2020): fixed days, "happy Mondays",
equinoxes, substitute holidays (section 3.2) and days between two holidays (section 3.3). Equinox
days follow the usual approximation of the almanac, right for 1980 to 2099.
"""

from datetime import date, timedelta
from functools import cache

_FIXED = (
    (1, 1),  # 元日
    (2, 11),  # 建国記念の日
    (2, 23),  # 天皇誕生日
    (4, 29),  # 昭和の日
    (5, 3),  # 憲法記念日
    (5, 4),  # みどりの日
    (5, 5),  # こどもの日
    (8, 11),  # 山の日
    (11, 3),  # 文化の日
    (11, 23),  # 勤労感謝の日
)
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))  # (month, which Monday): 成人, 海, 敬老, スポーツ
_DAY = timedelta(days=1)


def _equinox(year: int, month: int) -> date:
    base = {3: 20.8431, 9: 23.2488}[month]
    since = year - 1980
    return date(year, month, int(base + 0.242194 * since - since // 4))


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (which - 1))


@cache
def national_holidays(year: int) -> frozenset[date]:
    """All days off by the act in a year from 2022 on, substitute and sandwiched days included."""
    named = {date(year, month, day) for month, day in _FIXED}
    named |= {_monday(year, month, which) for month, which in _MONDAYS}
    named |= {_equinox(year, 3), _equinox(year, 9)}
    off = set(named)
    for day in sorted(named):
        if day.weekday() == 6:
            substitute = day + _DAY
            while substitute in named:
                substitute += _DAY
            off.add(substitute)
    between = {day + _DAY for day in named if day + 2 * _DAY in named and day + _DAY not in off}
    return frozenset(off | between)


def is_holiday(day: date) -> bool:
    """Whether a day is a national holiday."""
    return day in national_holidays(day.year)
