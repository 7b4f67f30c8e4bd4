"""Bytes damaged on purpose."""

import random

WORDS = [
    b'"', b"\n", b",", b"\0", b"\xff", b"\r", "あ".encode(), b"9" * 30, b"-", b"NaN", b"1e308",
    b"-1", b"25:61:00", b"999:00:00", b"20261301", b"NA", b"\xef\xbb\xbf", b"z" * 300_000,
    b"9" * 5000,
]  # fmt: skip


def damaged(raw: bytes, draw: random.Random) -> bytes:
    """Cut, flip, double, delete or replace some bytes."""
    data = bytearray(raw)
    for _ in range(draw.randint(1, 6)):
        if len(data) < 4:
            break
        at = draw.randrange(len(data))
        match draw.randrange(5):
            case 0:
                del data[at:]
            case 1:
                data[at] ^= 1 << draw.randrange(8)
            case 2:
                data[at:at] = data[at : at + draw.randint(1, 40)] * draw.randint(1, 40)
            case 3:
                del data[at : at + draw.randint(1, 30)]
            case 4:
                data[at : at + 1] = draw.choice(WORDS)
    return bytes(data)
