"""Chance that is the same whoever asks and in whatever order: keyed by seed, what is drawn, and whom it is about.

Every policy meets the same people, openings, moods and answers (common random numbers): a draw belongs to (worker,
opening) or (worker, day), not to the moment somebody happens to draw it.
"""

from __future__ import annotations

import random
from hashlib import blake2b
from statistics import NormalDist
from struct import Struct

_KEY = Struct("<qqqq").pack
_FOUR = Struct("<4Q").unpack
_SCALE = 2.0**-64
# Values of the normal distribution at the middles of 1,024 equal slices: a look-up instead of an inverse each time.
_SLICES = 1024
_NORMAL = tuple(NormalDist().inv_cdf((i + 0.5) / _SLICES) for i in range(_SLICES))

Four = tuple[float, float, float, float]


def four(seed: int, what: int, one: int, other: int) -> Four:
    """Four independent numbers in [0, 1) for this key."""
    a, b, c, d = _FOUR(blake2b(_KEY(seed, what, one, other), digest_size=32).digest())
    return a * _SCALE, b * _SCALE, c * _SCALE, d * _SCALE


def normal(u: float) -> float:
    """The value of the normal distribution that a share `u` of draws stays below, to a thousandth; within ±3.3."""
    return _NORMAL[int(u * _SLICES) % _SLICES]


def stream(seed: int, name: str) -> random.Random:
    """A stream of its own for building one part of the world: a change in one part moves no other."""
    return random.Random(f"{seed}:{name}")
