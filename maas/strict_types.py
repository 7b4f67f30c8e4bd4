"""Types of fields of questions that take nothing for something else: no `true` for 1, no "5" for 5.

JSON knows no times; they are ISO 8601 text. A date alone means its midnight.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Strict

_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d*)?\s*")


def _text(example: str) -> BeforeValidator:
    """Refuse times counted since 1970, which pydantic would take: they are mostly slips."""

    def check(value: Any) -> Any:
        if isinstance(value, (int, float)) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
            msg = f"write {example}"
            raise ValueError(msg)
        return value

    return BeforeValidator(check)


Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]
Moment = Annotated[datetime, _text("a time such as 2026-10-07T08:00 or 2026-10-07T08:00:00+09:00")]
Day = Annotated[date, _text("a date such as 2026-10-07")]
