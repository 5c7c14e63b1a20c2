"""Where procrastinate looks for tasks."""

from procrastinate.contrib.django import app

from gis_core.jobs.tasks import run_queued_job, sweep, tidy
from gis_core.mail import send_waiting

__all__ = ["run_queued_job", "send_mail", "sweep", "tidy"]


@app.periodic(cron="* * * * *")
@app.task(name="send_mail", queue="jobs", queueing_lock="send_mail", lock="send_mail")
def send_mail(timestamp: int) -> None:
    """What the mail server does not take is tried again a minute later."""
    send_waiting()
