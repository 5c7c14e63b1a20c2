"""script/manage set_roles USER [--role ROLE …] [--area DISTRICT …]: what a person may do, and where."""

from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from frontend.people import district_names
from gis_core.accounts import random_password
from gis_core.management.people import user_named
from gis_core.models import WorkArea
from gis_core.permissions import Role

CITY = "city"
GIVEN = [role.value for role in Role if role != Role.PUBLIC]


class Command(BaseCommand):
    help = "Give a person these roles and work areas instead of those held until now; without options, show them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--create", action="store_true", help="make the account and print its password")
        parser.add_argument("--role", action="append", choices=[*GIVEN, "public"], dest="roles")
        parser.add_argument(
            "--area",
            action="append",
            metavar="DISTRICT",
            dest="areas",
            help=f"external id of a district; {CITY} is the whole city",
        )

    @transaction.atomic
    def handle(self, *args: object, **options: Any) -> None:
        if options["create"]:
            self.stdout.write(f"password: {_create(options['user'])}")
        user = user_named(options["user"])
        if options["roles"]:
            _set_roles(user, set(options["roles"]))
        if options["areas"]:
            _set_areas(user, set(options["areas"]) - {CITY})
        roles = user.groups.filter(name__in=GIVEN).order_by("name").values_list("name", flat=True)
        areas = user.work_areas.values_list("area", flat=True)
        self.stdout.write(
            f"roles: {', '.join(roles) or 'public'}\nareas: {', '.join(areas) or 'the whole city'}"
        )


def _create(name: str) -> str:
    users = get_user_model().objects
    if users.filter(username=name).exists():
        raise CommandError(f"There is a user {name!r} already; leave --create out.")
    password = random_password()
    user = users.create_user(name, password=password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password


def _set_roles(user: Any, roles: set[str]) -> None:
    """Other groups of the person stay."""
    user.groups.remove(*user.groups.filter(name__in=GIVEN))
    user.groups.add(*(Group.objects.get_or_create(name=role)[0] for role in roles - {"public"}))


def _set_areas(user: Any, areas: set[str]) -> None:
    known = district_names()
    if unknown := sorted(areas - set(known)):
        there = (
            ", ".join(f"{area} ({name})" for area, name in known.items()) or "none, load the districts first"
        )
        raise CommandError(f"No district {', '.join(unknown)}; there are: {there}.")
    user.work_areas.exclude(area__in=areas).delete()
    for area in areas:
        WorkArea.objects.get_or_create(user=user, area=area)
