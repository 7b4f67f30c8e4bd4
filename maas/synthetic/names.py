"""Names in Japanese, kana and English; kana to romaji by Hepburn's rules as stations write it."""

from typing import NamedTuple

_LETTERS = (
    "あいうえお"
    "かきくけこ"
    "さしすせそ"
    "たちつてと"
    "なにぬねの"
    "はひふへほ"
    "まみむめも"
    "やゆよ"
    "らりるれろ"
    "わをん"
    "がぎぐげご"
    "ざじずぜぞ"
    "だぢづでど"
    "ばびぶべぼ"
    "ぱぴぷぺぽ"
    "ゔ"
    "ぁぃぅぇぉ"
    "ゃゅょ"
)
_SOUNDS = (
    "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho "
    "ma mi mu me mo ya yu yo ra ri ru re ro wa o n ga gi gu ge go za ji zu ze zo da ji zu de do "
    "ba bi bu be bo pa pi pu pe po vu a i u e o ya yu yo"
)
_SINGLE = dict(zip(_LETTERS, _SOUNDS.split(), strict=True))
_SMALL = "ゃゅょぁぃぅぇぉ"
_KANA_SHIFT = ord("ア") - ord("あ")


class Name(NamedTuple):
    """One name in three scripts."""

    ja: str
    kana: str
    en: str

    def joined(self, tail: "Name", space: str = " ") -> "Name":
        """Append `tail`, with `space` between the English parts."""
        return Name(self.ja + tail.ja, self.kana + tail.kana, f"{self.en}{space}{tail.en}".strip())


def hiragana(text: str) -> str:
    """Katakana to hiragana, everything else as it is."""
    return "".join(
        chr(ord(letter) - _KANA_SHIFT) if "ァ" <= letter <= "ヴ" else letter for letter in text
    )


def _syllables(text: str) -> str:
    """Romaji of hiragana, long vowels still double."""
    out = ""
    for letter in text:
        if letter in _SMALL and out.endswith("i"):
            vowel = _SINGLE[letter][-1]
            glide = "" if out.endswith(("shi", "chi", "ji")) else "y"
            out = out[:-1] + (glide if letter in "ゃゅょ" else "") + vowel
        elif letter in _SMALL and out:
            out = out[:-1] + _SINGLE[letter]
        else:
            out += _SINGLE.get(letter, letter)
    return out


def romaji(kana: str) -> str:
    """Romaji of a name whose parts are set off by hyphens: しん-さっぽろ gives Shin-Sapporo."""
    parts = [_part(part) for part in hiragana(kana).split("-")]
    return "-".join(part[:1].upper() + part[1:] for part in parts if part)


def _part(kana: str) -> str:
    """Romaji of one part, long vowels shortened, double consonants written out."""
    text = _syllables(kana.replace("ー", ""))
    while (at := text.find("っ")) >= 0:
        following = text[at + 1 : at + 2]
        text = text[:at] + ("t" if following == "c" else following) + text[at + 1 :]
    for long_vowel, vowel in (("ou", "o"), ("oo", "o"), ("uu", "u")):
        text = text.replace(long_vowel, vowel)
    for lip in "bmp":
        text = text.replace("n" + lip, "m" + lip)
    return text


def named(ja: str, kana: str, en: str = "") -> Name:
    """Make a name; English is the romaji of the hyphenated kana unless given."""
    return Name(ja, hiragana(kana).replace("-", ""), en or romaji(kana))


def slug(text: str) -> str:
    """An id made of a name: lower case, words joined by hyphens."""
    kept = "".join(letter.lower() if letter.isalnum() else " " for letter in text)
    return "-".join(kept.split())
