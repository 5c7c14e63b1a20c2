"""Idempotency-Key: the same request sent again gets the first answer, and creates nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gis_core.actors import actor_of
from gis_core.errors import Conflict, InvalidInput
from layers.models import Receipt

KEPT = timedelta(days=7)
_HEADERS = ("Location", "ETag", "Last-Modified", "Content-Type", "Preference-Applied", "Content-Crs")


def answer_once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Without a key: the answer. With one: the first answer to it by the same actor, kept with the change in one
    transaction. Two at once: the second waits. Raises Conflict for a key that came with another request."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return answer()
    if len(key) > 200 or not key.isprintable():
        raise InvalidInput("Idempotency-Key: at most 200 printable characters.")
    actor, digest = actor_of(request).name, _digest(request)
    try:
        with transaction.atomic():
            Receipt.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
            receipt = Receipt.objects.create(actor=actor, key=key, request_digest=digest, status=0)
            response = answer()
            _keep(receipt, response)
            return response
    except IntegrityError:
        first = Receipt.objects.filter(actor=actor, key=key).first()
        if first is None:  # it was not the key that stood in the way
            raise
        return _repeated(first, digest)


def _digest(request: HttpRequest) -> str:
    told = f"{request.method} {request.get_full_path()} {request.headers.get('Content-Crs', '')}\n".encode()
    return sha256(told + request.body).hexdigest()


def _keep(receipt: Receipt, response: HttpResponse) -> None:
    receipt.status = response.status_code
    receipt.headers = {name: response[name] for name in _HEADERS if name in response}
    receipt.body = response.content.decode()
    receipt.save()


def _repeated(receipt: Receipt, digest: str) -> HttpResponse:
    if receipt.request_digest != digest:
        raise Conflict("This Idempotency-Key came with another request; use a new key for a new change.")
    return HttpResponse(
        receipt.body, status=receipt.status, headers={**receipt.headers, "Idempotent-Replay": "true"}
    )
