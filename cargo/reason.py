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

TOO_LATE_FOR_RETURN = reason(
    "return_too_late",
    "the delivery comes after the return has to be back; a later `by`, or an earlier delivery "
    "would admit it",
    "配達が返送の期限に間に合いません。`by` を遅らせるか、配達を早めれば運べます。",
)


def not_delivered(first: str) -> Document:
    """A shipment stays since the one that it follows is left behind."""
    return reason(
        "not_delivered",
        f"it follows shipment '{first}', which is left behind; what admits that one admits it",
        f"先に配達する荷物「{first}」が運べないため、こちらも動きません。その理由を解消してください。",
        {"shipment": first},
    )
