"""The page of route plans: planners make, compare, change and publish them; its facts come by the API alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.route_texts import route_texts
from frontend.views import data_extent
from gis_core.actors import actor_of
from gis_core.errors import NotAllowed, NotAuthenticated
from gis_core.permissions import Role


@never_cache
@require_safe
def routes_page(request: HttpRequest) -> HttpResponse:
    """Raises NotAuthenticated for a visitor, NotAllowed for who is no planner."""
    if not request.user.is_authenticated:
        raise NotAuthenticated(_("Sign in to plan routes."))
    if not actor_of(request).has(Role.PLANNER):
        raise NotAllowed(_("Only planners plan routes; ask an administrator for the role."))
    return render(request, "routes.html", {"extent": data_extent(), "route_texts": route_texts})
