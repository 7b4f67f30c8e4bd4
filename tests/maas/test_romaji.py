import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.romaji import key, to_romaji


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("札幌", "札幌駅"),
        ("さっぽろ", "Sapporo"),
        ("帯広駅", "帯広駅バスターミナル"),
        ("帯広駅", "帯広駅ＢＴ"),
        ("陸別", "陸別ターミナル"),
        ("Obihiro", "Obihiro Station Bus Terminal"),
        ("サッポロ", "sapporo station"),
        ("ｻｯﾎﾟﾛ", "SAPPORO"),
        ("しんとく", "Shintoku Sta."),
        ("ちとせくうこう", "Chitose Kuko"),
        ("Chitose Kūkō", "ちとせ・くうこう"),
        ("おしゃまんべ", "Oshamambe"),
        ("星が浦", "星ヶ浦"),
        ("まっちゃ", "matcha"),
        ("New Chitose Airport", "new-chitose airport"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("びえい", "ひえい"), ("北見", "北広島"), ("か", "が")])
def test_different_names_keep_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_small_tsu_doubles_the_consonant() -> None:
    assert to_romaji("ほっかいどう") == "hokkaidou"
    assert to_romaji("まっちゃ") == "matcha"


@given(st.text(max_size=30))
def test_any_text_has_a_key_and_the_key_is_its_own(text: str) -> None:
    once = key(text)
    assert key(once) == key(key(once))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_narrow_letters_have_the_key_of_wide_ones(text: str) -> None:
    wide = "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) for c in text)
    assert key(text) == key(wide)
