"""Where procrastinate looks for tasks: history is sealed by the clock."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from gis_core.errors import Unavailable
from layers.services.seals import seal_history

logger = logging.getLogger(__name__)


@app.periodic(cron="17 * * * *")
@app.task(name="seal_history", queue="jobs", queueing_lock="seal_history")
def seal_by_the_clock(timestamp: int) -> None:
    """What cannot be sealed because a transaction still runs is sealed an hour later."""
    try:
        seal_history()
    except Unavailable as error:
        logger.warning("%s", error.detail)
