"""Code 128 (ISO/IEC 15417), code set B, as SVG: bars that any hand scanner reads."""

from html import escape

# Widths of three bars and three spaces of each symbol value; the last is the stop pattern.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
).split()
_START_B, _STOP = 104, 106
_CHECK = 103  # modulus of the check symbol
QUIET = 10  # modules of white on both sides
FIRST, LAST = 32, 126  # characters of code set B


def can_encode(text: str) -> bool:
    """Whether a text can be written in code set B."""
    return bool(text) and all(FIRST <= ord(letter) <= LAST for letter in text)


def symbols(text: str) -> list[int]:
    """Values of start, characters, check symbol and stop.

    Raises
    ------
    ValueError
        If a character is not in code set B.
    """
    if not can_encode(text):
        msg = f"'{text}' cannot be written in Code 128 B; use ASCII letters, digits and signs"
        raise ValueError(msg)
    values = [ord(letter) - FIRST for letter in text]
    check = (_START_B + sum(at * value for at, value in enumerate(values, 1))) % _CHECK
    return [_START_B, *values, check, _STOP]


def svg(text: str, height: int = 34) -> str:
    """Bars of a text, one user unit a module: 1 px or 0.26 mm, not to be scaled by fractions."""
    x, bars = QUIET, []
    for value in symbols(text):
        for at, width in enumerate(map(int, _WIDTHS[value])):
            if at % 2 == 0:
                bars.append(f"M{x} 0h{width}v{height}h-{width}z")
            x += width
    return (
        f'<svg class="code" role="img" aria-label="{escape(text)}" viewBox="0 0 {x + QUIET} '
        f'{height}" width="{x + QUIET}" height="{height}" shape-rendering="crispEdges">'
        f'<path d="{"".join(bars)}"/></svg>'
    )
