"""Urls of OGC API Processes."""

from django.urls import path

from gis_core.jobs import views

urlpatterns = [
    path("processes", views.process_list, name="processes"),
    path("processes/<str:process_id>", views.process_detail, name="process"),
    path("processes/<str:process_id>/execution", views.execution, name="execution"),
    path("jobs", views.job_list, name="jobs"),
    path("jobs/<uuid:job_id>", views.job_detail, name="job"),
    path("jobs/<uuid:job_id>/pause", views.job_pause, name="job-pause"),
    path("jobs/<uuid:job_id>/finish", views.job_finish, name="job-finish"),
    path("jobs/<uuid:job_id>/resume", views.job_resume, name="job-resume"),
    path("jobs/<uuid:job_id>/files/<str:name>", views.job_file, name="job-file"),
    path("jobs/<uuid:job_id>/results", views.job_results, name="job-results"),
]
