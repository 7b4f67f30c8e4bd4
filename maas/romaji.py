"""One spelling for a name that people write in kanji, kana, romaji or English.

Two texts that a person would take for the same name get the same key: width and case are folded
(NFKC), katakana becomes hiragana, small and large ヶ are が, long vowels are dropped in romaji
("Ōsaka", "Oosaka" and "Osaka" are one), and 駅, バスターミナル or "Station" at the end do not
count.
"""

import re
import unicodedata
from functools import lru_cache

_DIGRAPHS = {
    "きゃ": "kya", "きゅ": "kyu", "きょ": "kyo", "しゃ": "sha", "しゅ": "shu", "しょ": "sho",
    "ちゃ": "cha", "ちゅ": "chu", "ちょ": "cho", "にゃ": "nya", "にゅ": "nyu", "にょ": "nyo",
    "ひゃ": "hya", "ひゅ": "hyu", "ひょ": "hyo", "みゃ": "mya", "みゅ": "myu", "みょ": "myo",
    "りゃ": "rya", "りゅ": "ryu", "りょ": "ryo", "ぎゃ": "gya", "ぎゅ": "gyu", "ぎょ": "gyo",
    "じゃ": "ja", "じゅ": "ju", "じょ": "jo", "ぢゃ": "ja", "ぢゅ": "ju", "ぢょ": "jo",
    "びゃ": "bya", "びゅ": "byu", "びょ": "byo", "ぴゃ": "pya", "ぴゅ": "pyu", "ぴょ": "pyo",
    "ふぁ": "fa", "ふぃ": "fi", "ふぇ": "fe", "ふぉ": "fo", "てぃ": "ti", "でぃ": "di",
    "とぅ": "tu", "どぅ": "du", "うぃ": "wi", "うぇ": "we", "うぉ": "wo", "しぇ": "she",
    "じぇ": "je", "ちぇ": "che", "つぁ": "tsa", "ゔぁ": "va", "ゔぃ": "vi", "ゔぇ": "ve",
}  # fmt: skip
_SYLLABLES = dict(
    zip(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
        "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽぁぃぅぇぉゃゅょゎゔゐゑ",
        [
            *"a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no".split(),
            *"ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa o n".split(),
            *"ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po".split(),
            *"a i u e o ya yu yo wa vu i e".split(),
        ],
        strict=True,
    )
)
_NOISE = re.compile(r"[\s\-‐-―~〜・･.,'’\"()（）「」【】/＿_]+")
_SUFFIX = re.compile(
    r"(?<=.)(駅前|駅|えき|停留所|バス停| station| stn\.?| sta\.?)?"
    r"( ?(バスターミナル|ターミナル|(?<![a-z])bt|bus terminal|terminal))?$"
)
_LONG = (("ou", "o"), ("oo", "o"), ("oh", "o"), ("uu", "u"), ("aa", "a"), ("ii", "i"), ("ee", "e"))


def to_hiragana(text: str) -> str:
    """Fold katakana into hiragana; other characters stay."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def to_romaji(kana: str) -> str:
    """Hepburn romaji of hiragana or katakana, without marks for long vowels.

    Characters that are no kana stay as they are.
    """
    text = to_hiragana(kana)
    out: list[str] = []
    doubled = False
    i = 0
    while i < len(text):
        syllable = _DIGRAPHS.get(text[i : i + 2])
        step = 2 if syllable else 1
        syllable = syllable or _SYLLABLES.get(text[i], text[i])
        i += step
        if syllable == "っ":
            doubled = True
            continue
        if syllable == "ー":
            continue
        out.append(
            ("t" if syllable.startswith("ch") else syllable[0]) + syllable if doubled else syllable
        )
        doubled = False
    return "".join(out)


def _without_marks(text: str) -> str:
    """Drop macrons and other marks of Latin letters; voiced kana keep theirs."""
    letters = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in letters if not ("\u0300" <= c <= "\u036f"))
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """Key under which equal names meet; see the module's first lines."""
    if text.isascii():  # nothing of what follows changes such letters but the long vowels
        return _with_short_vowels(_NOISE.sub("", _SUFFIX.sub("", text.casefold().strip())))
    folded = _without_marks(unicodedata.normalize("NFKC", text).casefold().strip())
    folded = _SUFFIX.sub("", folded)
    folded = to_hiragana(
        folded.replace("ヶ", "が").replace("ケ", "が") if _has_kanji(folded) else folded
    )
    folded = _NOISE.sub("", folded)
    if all(c in _SYLLABLES or c in "ーっ" or c.isascii() for c in folded):
        folded = _with_short_vowels(to_romaji(folded))
    return folded


def _with_short_vowels(text: str) -> str:
    """Fold the ways to write long vowels and n before b, m and p in Latin letters."""
    for long, short in _LONG:
        text = text.replace(long, short)
    return text.replace("mb", "nb").replace("mp", "np").replace("mm", "nm")


def _has_kanji(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)
