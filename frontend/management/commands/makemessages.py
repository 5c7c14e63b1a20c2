"""Django's makemessages, which also collects what a process says at once: gettext as _t, beside gettext_lazy as _."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_t"]
