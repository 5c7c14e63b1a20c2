"""OGC API Processes over HTTP: look at processes, execute, follow, dismiss, fetch results."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.actors import Actor, actor_of
from gis_core.errors import CasaGISError, Gone, InvalidInput, NotAllowed, NotFound
from gis_core.jobs import documents
from gis_core.jobs.files import files_of
from gis_core.jobs.models import Job
from gis_core.jobs.process import Process, is_finishable, is_pausable, is_quick
from gis_core.jobs.registry import get_offered_process, offered_processes, parse_text, processes
from gis_core.jobs.run import (
    create_job,
    dismiss_job,
    finish_job,
    get_job,
    pause_job,
    resume_job,
    run_job,
    workspace_of,
)
from gis_core.jobs.tasks import enqueue, look_after_jobs
from gis_core.negotiation import respond, self_links, wants_html
from gis_core.permissions import Role, Scope, require_role
from gis_core.problems import problem_response
from gis_core.ranges import file_response

LISTED_JOBS = 100


@require_safe
def process_list(request: HttpRequest) -> HttpResponse:
    offered = list(offered_processes().values())
    document = {"processes": [documents.summary(request, p) for p in offered], "links": self_links(request)}
    return respond(request, "jobs/processes.html", document, {"processes": offered})


@require_safe
def process_detail(request: HttpRequest, process_id: str) -> HttpResponse:
    process = get_offered_process(process_id)
    document = {**documents.description(request, process), "links": self_links(request)}
    may_run = actor_of(request).has(Role(process.role))
    return respond(request, "jobs/process.html", document, {"process": process, "may_run": may_run})


@require_http_methods(["POST"])
def execution(request: HttpRequest, process_id: str) -> HttpResponse:
    """A quick process answers with its outputs, unless the client prefers respond-async (RFC 7240); any other with 201
    and Location (a form's answer: a redirect to the job's page)."""
    process = get_offered_process(process_id)
    actor = actor_of(request)
    require_role(actor, Role(process.role))
    _require_scope(actor)
    if is_quick(process) and not _prefers_later(request):
        return _executed(request, create_job(process.id, _json_inputs(request, process), actor=actor.name))
    uploads = uuid4()
    try:
        job = _enqueue(process, _inputs(request, process, workspace_of(uploads)), actor.name, uploads)
    except CasaGISError:
        shutil.rmtree(workspace_of(uploads), ignore_errors=True)
        raise
    location = request.build_absolute_uri(reverse("job", args=[job.id]))
    if wants_html(request):
        return HttpResponseRedirect(location)
    return JsonResponse(documents.status_info(request, job), status=201, headers={"Location": location})


def _require_scope(actor: Actor) -> None:
    if Scope.WRITE not in actor.scopes:
        raise NotAllowed("This token may only read; make one with the scope write.")


def _prefers_later(request: HttpRequest) -> bool:
    """Forms and uploads always wait in the queue."""
    told = request.content_type != "application/json" or wants_html(request)
    return told or "respond-async" in request.headers.get("Prefer", "").lower()


def _executed(request: HttpRequest, job: Job) -> HttpResponse:
    """Run here and now: the outputs, or the problem with its own status."""
    job = run_job(job)
    if job.outputs is None:
        return problem_response(request, job.problem or {})
    monitor = request.build_absolute_uri(reverse("job", args=[job.id]))
    return JsonResponse(
        job.outputs,
        headers={"Link": f'<{monitor}>; rel="monitor"', "Cache-Control": "no-store"},
        json_dumps_params={"ensure_ascii": False},
    )


def _enqueue(process: Process, inputs: dict[str, Any], actor: str, job_id: UUID) -> Job:
    with transaction.atomic():
        job = create_job(process.id, inputs, actor=actor, job_id=job_id)
        enqueue(job)
    return job


def _inputs(request: HttpRequest, process: Process, folder: Path) -> dict[str, Any]:
    if request.content_type == "application/json":
        return _json_inputs(request, process)
    typed = {item.name: item for item in process.inputs if not item.is_file}
    inputs = {
        name: parse_text(typed[name], str(text))
        for name, text in request.POST.items()
        if name in typed and text != ""
    }
    files = {item.name for item in process.inputs if item.is_file}
    return inputs | {name: _store(upload, folder) for name, upload in request.FILES.items() if name in files}


def _json_inputs(request: HttpRequest, process: Process) -> dict[str, Any]:
    try:
        inputs = json.loads(request.body)["inputs"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput('The body must be JSON: {"inputs": {…}}.') from error
    if not isinstance(inputs, dict):
        raise InvalidInput("inputs must be an object of input names and values.")
    if named := [item.name for item in process.inputs if item.is_file and item.name in inputs]:
        raise InvalidInput(
            f"Send {', '.join(named)} as an uploaded file (multipart/form-data), not as a path."
        )
    return inputs


def _store(upload: Any, folder: Path) -> str:
    """Keep an UploadedFile under a safe form of its own name. Raises InvalidInput when it is too large."""
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise InvalidInput(f"{upload.name} is larger than {settings.UPLOAD_MAX_BYTES // 2**20} MB.")
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.\-]", "_", Path(upload.name or "upload").name).lstrip(".") or "upload"
    path = folder / name
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return str(path)


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The newest; of the processes that `processID` names, where it does."""
    require_role(actor_of(request), Role.PLANNER)
    look_after_jobs()
    asked = request.GET.getlist("processID")
    of_process = {"process_id__in": asked} if asked else {}
    jobs = list(Job.objects.filter(parent=None, **of_process)[:LISTED_JOBS])
    document = {"jobs": [documents.status_info(request, job) for job in jobs], "links": self_links(request)}
    return respond(request, "jobs/jobs.html", document, {"jobs": jobs})


@require_http_methods(["GET", "HEAD", "DELETE"])
def job_detail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _visible_job(request, job_id)
    if request.method == "DELETE":
        _require_scope(actor_of(request))
        return JsonResponse(documents.status_info(request, dismiss_job(job)))
    if job.status in {Job.Status.RUNNING, Job.Status.SPLIT}:
        look_after_jobs()
        job.refresh_from_db()
    process = processes().get(job.process_id)
    context = {
        "job": job,
        "pausable": process is not None and is_pausable(process),
        "finishable": process is not None and is_finishable(process),
    }
    return respond(request, "jobs/job.html", documents.status_info(request, job), context)


@require_http_methods(["POST"])
def job_pause(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _visible_job(request, job_id)
    _require_scope(actor_of(request))
    return JsonResponse(documents.status_info(request, pause_job(job)))


@require_http_methods(["POST"])
def job_finish(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _visible_job(request, job_id)
    _require_scope(actor_of(request))
    return JsonResponse(documents.status_info(request, finish_job(job)))


@require_http_methods(["POST"])
def job_resume(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _visible_job(request, job_id)
    _require_scope(actor_of(request))
    with transaction.atomic():
        job = resume_job(job)
        enqueue(job)
    return JsonResponse(documents.status_info(request, job))


@require_safe
def job_file(request: HttpRequest, job_id: UUID, name: str) -> HttpResponseBase:
    """A file that the job left: for its starter, whose rights it shows, and for administrators."""
    job, actor = _visible_job(request, job_id), actor_of(request)
    if actor.name != job.actor:
        require_role(actor, Role.ADMIN)
    if Scope.READ not in actor.scopes:
        raise NotAllowed("This token may not read; make one with the scope read.")
    outputs = (job.outputs or {}).values()
    links = [value for value in outputs if isinstance(value, dict) and value.get("rel") == "enclosure"]
    link = next((link for link in links if link["title"] == name), None)
    if link is None:
        raise NotFound(f"Job {job_id} left no file {name!r}.")
    try:
        return file_response(request, files_of(job.id) / name, link["type"])
    except FileNotFoundError as error:
        kept = f"The file was kept for {settings.EXPORT_DAYS} days; run {job.process_id} again."
        raise Gone(kept) from error


@require_safe
def job_results(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _visible_job(request, job_id)
    if job.outputs is None:
        raise NotFound(f"Job {job_id} has no results: it is {job.status}.", type=_RESULT_NOT_READY)
    return JsonResponse(job.outputs, json_dumps_params={"ensure_ascii": False})


_RESULT_NOT_READY = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready"


def _visible_job(request: HttpRequest, job_id: UUID) -> Job:
    """A job is seen by who started it, and by planners; not by those whose rights end at their work areas, because its
    results may tell more."""
    job = get_job(job_id)
    if job.parent is not None:
        raise NotFound(f"There is no job {job_id}.")
    actor = actor_of(request)
    if actor.signed_in and actor.name == job.actor:
        return job
    require_role(actor, Role.PLANNER)
    if actor.areas and not actor.has(Role.STEWARD, Role.AUDITOR):
        raise NotAllowed("This job is somebody else's, and may tell of places outside your work areas.")
    return job
