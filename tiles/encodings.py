"""Content codings: which ones a client takes (RFC 9110, 12.5.3), and bytes in each of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache

import brotli
import zstandard

IDENTITY = "identity"
FROM_BYTES = 1024  # a smaller body fits in the packets of its headers


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


# The best for us first. The levels are measured in docs/decisions/0013-fresh-tiles.md.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "br": lambda body: brotli.compress(body, quality=2),
    "gzip": _gzip,
}


@lru_cache(maxsize=256)
def coding_for(accept_encoding: str) -> str:
    """The coding that the client likes best; of those that it likes as much, the best for us."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    rest = weights.get("*", 0.0)
    liked = {coding: weights.get(coding, rest) for coding in CODINGS}
    best = max(liked, key=lambda coding: liked[coding])
    return best if liked[best] > 0 and liked[best] >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def encoded(body: bytes, coding: str) -> bytes:
    return body if coding == IDENTITY else CODINGS[coding](body)
