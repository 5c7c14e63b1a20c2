"""The one policy: what an actor may do with a collection, as conditions for every query, tile, export and edit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from psycopg import sql

from gis_core.actors import PUBLIC, Actor
from gis_core.errors import NotAllowed, NotAuthenticated
from gis_core.permissions import Role, Scope
from layers.definitions import Collection, Extent, Field, Right
from layers.models import CollectionRight
from layers.registry import COLLECTIONS

Condition = tuple[sql.Composable, list[Any]]
RIGHTS_HOLD_S = 1.0  # a changed right holds in every process after this long
_ORDER = (Extent.NONE, Extent.AREA, Extent.CITY)
_NO_DRAFTS = frozenset({Role.PUBLIC, Role.CREW})  # who has no other role sees what is published
# The point on the surface decides, so that a feature on a border belongs to one area.
_IN_AREAS = (
    "EXISTS (SELECT FROM layers_district AS area WHERE area.external_id = ANY (%s)"
    " AND ST_Intersects(area.geom, ST_PointOnSurface({geometry})))"
)


@dataclass(frozen=True)
class Access:
    """What one actor may do with one collection. `hidden` and `locked` name fields; `where` as in Right."""

    collection: Collection
    actor: Actor
    read: Extent
    write: Extent
    hidden: frozenset[str]
    locked: frozenset[str]
    where: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The ones that may be shown, asked for, filtered and sorted by, in the order of the model."""
        return tuple(f for f in self.collection.fields if f.name not in self.hidden)

    @cached_property
    def shown(self) -> tuple[Field, ...]:
        """The ones that are in an answer where the request names none."""
        return tuple(f for f in self.fields if not f.on_request)

    @cached_property
    def writable(self) -> tuple[str, ...]:
        """The columns that the actor may set, geometry apart."""
        unseen = self.hidden | self.locked
        return tuple(n for n in self.collection.writable if n not in unseen) if self.may_write else ()

    @property
    def may_write(self) -> bool:
        return self.write is not Extent.NONE

    @cached_property
    def key(self) -> str:
        """Equal keys show equal data: for ETags and caches."""
        areas = self.actor.areas if self.read is Extent.AREA else ()
        told = f"{self.collection.id} {self.read} {areas} {sorted(self.hidden)} {self.drafts}"
        return sha256(told.encode()).hexdigest()[:8]

    @cached_property
    def drafts(self) -> bool:
        """Whether the actor sees what is not published, where the collection makes that difference."""
        return self.collection.published is not None and not _NO_DRAFTS.issuperset(self.actor.roles)

    @cached_property
    def restricted(self) -> bool:
        """Shows more than, or other than, the public sees: not for a shared cache."""
        return self.key != _access(PUBLIC, self.collection).key

    def rows(self, alias: str = "t") -> Condition:
        """The rows that may be read, of the table or of its history: both have the columns this speaks of."""
        within, params = self._within(self.read, alias)
        if self.collection.published is None or self.drafts:
            return within, params
        published = sql.Identifier(alias, self.collection.published)
        return sql.SQL("{} AND {}").format(published, within), params

    def writable_rows(self, alias: str = "t") -> Condition:
        condition, params = self._within(self.write, alias)
        for name, value in self.where.items():
            condition = sql.SQL("{} AND {} = %s").format(condition, sql.Identifier(alias, name))
            params = [*params, value]
        return condition, params

    def _within(self, extent: Extent, alias: str) -> Condition:
        if extent is Extent.CITY:
            return sql.SQL("true"), []
        if extent is Extent.NONE or self.collection.geometry_type is None:
            return sql.SQL("false"), []
        geometry = sql.Identifier(alias, "geom")
        return sql.SQL(_IN_AREAS).format(geometry=geometry), [list(self.actor.areas)]


def access_to(actor: Actor, collection: Collection) -> Access:
    """Raises NotAuthenticated or NotAllowed when the actor may not read any of it."""
    access = _access(actor, collection)
    if access.read is not Extent.NONE:
        return access
    if not actor.signed_in:
        raise NotAuthenticated(f"{collection.id} is not public; sign in to see it.")
    raise NotAllowed(f"{collection.id} is not open to you; ask an administrator for the right to read it.")


def readable(actor: Actor) -> list[Access]:
    """The collections that the actor may read, in the order of the catalogue."""
    found = (_access(actor, collection) for collection in COLLECTIONS.values())
    return [access for access in found if access.read is not Extent.NONE]


def require_write(access: Access) -> None:
    """Raises NotAuthenticated or NotAllowed."""
    if access.may_write:
        return
    if not access.actor.signed_in:
        raise NotAuthenticated(f"Sign in to change {access.collection.id}.")
    if Scope.WRITE not in access.actor.scopes:
        raise NotAllowed("This token may only read; make one with the scope write.")
    raise NotAllowed(
        f"You may not change {access.collection.id}; ask an administrator for the right to write."
    )


def _access(actor: Actor, collection: Collection) -> Access:
    rights = [right_of(collection, role) for role in actor.roles]
    read = _farthest([_reach(right.read, actor) for right in rights])
    write = _farthest([_reach(right.write, actor) for right in rights])
    reading = [right.hidden for right in rights if _reach(right.read, actor) is read]
    writing = [right for right in rights if _reach(right.write, actor) is write]
    scopes = actor.scopes
    return Access(
        collection,
        actor,
        read=read if Scope.READ in scopes else Extent.NONE,
        write=write if Scope.WRITE in scopes else Extent.NONE,
        hidden=frozenset.intersection(*reading),
        locked=frozenset.intersection(*(right.locked for right in writing)),
        where=min((right.where for right in writing), key=len),
    )


def _reach(extent: Extent, actor: Actor) -> Extent:
    """Someone without work areas works in the whole city."""
    return Extent.CITY if extent is Extent.AREA and not actor.areas else extent


def _farthest(extents: list[Extent]) -> Extent:
    return max(extents, key=_ORDER.index)


def right_of(collection: Collection, role: Role) -> Right:
    """What this installation says, else what the catalogue says, else nothing."""
    said = collection.rights.get(role, Right())
    own = _own_rights().get((collection.id, role))
    return replace(own, where=said.where) if own else said


_kept: tuple[float, Mapping[tuple[str, str], Right]] | None = None


def _own_rights() -> Mapping[tuple[str, str], Right]:
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > RIGHTS_HOLD_S:
        rows = CollectionRight.objects.all()
        _kept = (now, {(row.collection, row.role): _right(row) for row in rows})
    return _kept[1]


def _right(row: CollectionRight) -> Right:
    return Right(Extent(row.read), Extent(row.write), frozenset(row.hidden), frozenset(row.locked))


def forget_rights() -> None:
    """Read the rights anew at the next question: after a change in this process, and between tests."""
    global _kept
    _kept = None
