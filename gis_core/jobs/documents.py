"""Processes and jobs as the documents of OGC API Processes Part 1."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.jobs.models import Job
from gis_core.jobs.parts import told
from gis_core.jobs.process import Process, is_quick


def summary(request: HttpRequest, process: Process) -> dict[str, Any]:
    href = request.build_absolute_uri(reverse("process", args=[process.id]))
    return {
        "id": process.id,
        "title": str(process.title),
        "description": str(process.description),
        "version": "1.0.0",
        "jobControlOptions": [*(["sync-execute"] if is_quick(process) else []), "async-execute", "dismiss"],
        "links": [{"rel": "self", "type": "application/json", "href": href}],
    }


def description(request: HttpRequest, process: Process) -> dict[str, Any]:
    return {
        **summary(request, process),
        "inputs": {
            item.name: {
                "title": str(item.title),
                "description": str(item.description),
                "schema": dict(item.schema),
                "minOccurs": int(item.required),
            }
            for item in process.inputs
        },
        "outputs": {
            item.name: {"title": str(item.title), "schema": dict(item.schema)} for item in process.outputs
        },
    }


def status_info(request: HttpRequest, job: Job) -> dict[str, Any]:
    """statusInfo; `progress` in whole percent; `problem` when it failed.

    OGC API Processes has no word for a paused job: it is `accepted`, as it will wait for a worker again, and `paused`;
    nor for one whose parts run: it is `running`.
    """
    paused = job.status == Job.Status.PAUSED
    progress, live = told(job) if job.status == Job.Status.SPLIT else (job.progress, job.live)
    href = request.build_absolute_uri(reverse("job", args=[job.id]))
    document: dict[str, Any] = {
        "jobID": str(job.id),
        "processID": job.process_id,
        "type": "process",
        "status": {Job.Status.PAUSED: Job.Status.ACCEPTED, Job.Status.SPLIT: Job.Status.RUNNING}.get(
            Job.Status(job.status), job.status
        ),
        "progress": int(progress),
        "message": _paused(job) if paused else job.message,
        "created": job.created.isoformat(),
        "links": [{"rel": "self", "type": "application/json", "href": href}],
    }
    if paused:
        document["paused"] = True
    for name in ("started", "finished"):
        moment = getattr(job, name)
        if moment:
            document[name] = moment.isoformat()
    if live is not None:
        document["live"] = live
    if job.problem:
        document["problem"] = job.problem
    if job.outputs is not None:
        rel = "http://www.opengis.net/def/rel/ogc/1.0/results"
        document["links"].append({"rel": rel, "type": "application/json", "href": f"{href}/results"})
    return document


def _paused(job: Job) -> str:
    """In the language of the job, as its messages are."""
    with override(job.language):
        return _("Paused. %(message)s") % {"message": job.message}
