"""Reasons as documents, and those that need no search."""

from cargo.documents import Document


def reason(code: str, message: str, message_ja: str, remedy: Document | None = None) -> Document:
    """Put a reason into its document."""
    return {"code": code, "message": message, "message_ja": message_ja, "remedy": remedy}


CANCELLED = reason(
    "cancelled",
    "planning was cancelled before it had a place; plan again",
    "計画が途中で中止されました。もう一度計画してください。",
)

INCOMPATIBLE = reason(
    "incompatible",
    "what could carry it is busy, or carries goods that it must be kept apart from; one more "
    "vehicle would admit it",
    "運べる車両や便は使われているか、混載できない荷物を積んでいます。車両を1台増やせば運べます。",
    {"vehicles": 1},
)
