"""Random damage to bytes."""

from __future__ import annotations

import random


def changed_bytes(data: bytes, rng: random.Random, most: int = 4) -> bytes:
    """One to ``most`` places changed, removed or repeated; often by what means something in JSON."""
    out = bytearray(data)
    for _ in range(rng.randint(1, most)):
        if not out:
            break
        place = rng.randrange(len(out))
        action = rng.random()
        if action < 0.5:
            out[place] = rng.choice(b'0123456789[]{}",:FUBI ') if rng.random() < 0.7 else rng.randrange(256)
        elif action < 0.75:
            del out[place : place + rng.randint(1, 20)]
        else:
            out[place:place] = out[place : place + rng.randint(1, 20)]
    return bytes(out)
