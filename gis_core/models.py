"""Where Django looks for the models of gis_core: jobs, mail, and who may knock as whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.jobs.models import Job

__all__ = ["Job", "Mail", "Token", "TokenFailure", "WorkArea"]


class Token(models.Model):
    """A personal token: only the digest of the secret is kept, so that the table gives nobody the way in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=20, unique=True)
    digest = models.CharField(max_length=64)
    scopes: ClassVar = ArrayField(models.CharField(max_length=10), verbose_name=_("scopes"))
    unconditional = models.BooleanField(_("unconditional"), default=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def live(self) -> bool:
        return self.revoked_at is None and not self.expired


class WorkArea(models.Model):
    """A district that a person works in, by its external id; a person without any works in the whole city."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="work_areas")
    area = models.CharField(_("district"), max_length=100)

    class Meta:
        ordering = ["area"]
        verbose_name = _("work area")
        verbose_name_plural = _("work areas")
        constraints = [models.UniqueConstraint(fields=["user", "area"], name="gis_core_workarea_once")]

    def __str__(self) -> str:
        return self.area


class TokenFailure(models.Model):
    """How often an address has lately sent a token that is none (gis_core.throttle)."""

    address = models.CharField(max_length=45, primary_key=True)
    failures = models.PositiveIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.address}: {self.failures}"


class Mail(models.Model):
    """A mail to the city's staff, sent or waiting (gis_core.mail). Who gets it stands in the city file, not here."""

    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["created", "id"]

    def __str__(self) -> str:
        return self.key
