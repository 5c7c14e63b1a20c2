"""The quick path: an answer that went out before and is still true, with next to no work for each request."""

from __future__ import annotations

from functools import lru_cache
from time import monotonic

from django.conf import settings

from tiles import listener
from tiles.cache import NOT_MODIFIED, Kept
from tiles.encodings import coding_for
from tiles.http import Messages, Scope
from tiles.readers import public
from tiles.vector import public_tiles

_SESSION = f"{settings.SESSION_COOKIE_NAME}=".encode()


def quick_answer(scope: Scope) -> Messages | None:
    """None for whatever is not plain: the longer way answers it."""
    if (tiles := public_tiles.here.tiles) is None or (
        kept := tiles.memory.by_path.get(scope["path"])
    ) is None:
        return None
    if scope["query_string"] or scope["method"] != "GET" or not _stands(kept):
        return None
    accepted = known = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            known = value
        elif name == b"authorization" or (name == b"cookie" and _SESSION in value):
            return None
    tiles.memory.used(kept)
    if not known:
        return kept.answers.get(kept.coding(_coding(accepted)))
    return kept.answers[NOT_MODIFIED] if known == kept.etag.encode() else None


def _stands(kept: Kept) -> bool:
    """By the rights of the moment and with all that was committed before this moment."""
    here = listener.here.now
    return (
        here is not None
        and here.seen == here.pulse[0]
        and kept.rights == public.number
        and monotonic() < public.until
        and (kept.checked == here.ledger.number or public_tiles.holds(kept))
    )


@lru_cache(maxsize=256)
def _coding(accept_encoding: bytes) -> str:
    return coding_for(accept_encoding.decode("latin-1"))
