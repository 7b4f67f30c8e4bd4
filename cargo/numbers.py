"""Numbers and flags of documents: no `true` for 1, no "5" for 5, no 1 for `true`."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Strict


def _digits(value: Any) -> Any:
    if isinstance(value, bool):
        msg = "true and false are no numbers; write it in digits"
        raise ValueError(msg)  # noqa: TRY004  (pydantic passes TypeError on)
    if isinstance(value, str):
        msg = "a text is no number; write it without quotes"
        raise ValueError(msg)  # noqa: TRY004  (pydantic passes TypeError on)
    return value


Number = Annotated[float, BeforeValidator(_digits)]
Whole = Annotated[int, BeforeValidator(_digits)]
Flag = Annotated[bool, Strict()]
