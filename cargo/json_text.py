"""JSON as people write it, read with one kind of fault."""

import json
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says.

    Raises
    ------
    ValueError
        If it is none: where and why.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"byte {error.start}: not UTF-8"
        raise ValueError(msg) from error
    except RecursionError as error:
        msg = "its brackets are nested too deeply"
        raise ValueError(msg) from error
    except ValueError as error:  # the interpreter reads no longer integers
        msg = "it holds a number of thousands of digits"
        raise ValueError(msg) from error
