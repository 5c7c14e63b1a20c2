"""A job is a row: what was asked, by whom, how far it is, what came of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One run of a process; the words of `Status` are those of OGC API Processes, but for `paused` and `split`.

    `checkpoint` is where a paused job goes on, in its process's own words; `live` is what it shows while it runs. A
    split job has handed its work out to `parts`, jobs of their own with a `number`, and goes on when the last of them
    has ended.
    """

    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("Waiting")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        SPLIT = "split", _("Running")
        SUCCESSFUL = "successful", _("Done")
        FAILED = "failed", _("Failed")
        DISMISSED = "dismissed", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process_id = models.CharField(max_length=60)
    inputs = models.JSONField(default=dict)
    actor = models.CharField(max_length=150)
    language = models.CharField(max_length=5, default="en")
    status = models.CharField(max_length=12, choices=Status, default=Status.ACCEPTED)
    progress = models.FloatField(default=0)
    message = models.TextField(blank=True, default="")
    outputs = models.JSONField(null=True)
    problem = models.JSONField(null=True)
    cancel_requested = models.BooleanField(default=False)
    pause_requested = models.BooleanField(default=False)
    finish_requested = models.BooleanField(default=False)
    checkpoint = models.JSONField(null=True)
    live = models.JSONField(null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    number = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        app_label = "gis_core"
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.process_id} {self.id} {self.status}"

    @property
    def ended(self) -> bool:
        return self.status in {self.Status.SUCCESSFUL, self.Status.FAILED, self.Status.DISMISSED}
