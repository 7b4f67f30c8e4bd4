"""Tags of languages, as feeds and those who ask write them."""


def tag_of(lang: str) -> str:
    """Language tag as tables have it: in small letters, with hyphens."""
    return lang.lower().replace("_", "-")


def primary(tag: str) -> str:
    """Language of a tag, without script and region."""
    return tag.partition("-")[0]


def is_japanese(lang: str) -> bool:
    """Whether a language is Japanese, in which texts of two languages are told first."""
    return primary(tag_of(lang)) == "ja"
