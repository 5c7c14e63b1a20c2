"""The commands and addresses in README and docs/ exist; a document that lies fails here."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from gis_core.jobs.registry import get_process, parse_text
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMANDS = [
    (page.relative_to(ROOT).as_posix(), line)
    for page in PAGES
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
    for line in block.splitlines()
    if line.strip()
]
URLS = {url for _page, line in COMMANDS for url in re.findall(r"http://127\.0\.0\.1:8000([^\s']*)", line)}
LINKS = [
    (page, target)
    for page in PAGES
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    if not target.startswith("http")
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_command_exists(page, line):
    words = shlex.split(line, comments=True)
    if words[0].startswith("script/"):
        assert (ROOT / words[0]).is_file(), f"{page}: {words[0]} is missing"
    if words[0] == "script/manage":
        assert words[1] in get_commands()
    if words[:2] == ["script/manage", "process"] and len(words) > 2:
        inputs = {item.name: item for item in get_process(words[2]).inputs}
        for pair in (word for word in words[3:] if "=" in word):
            name, text = pair.split("=", 1)
            parse_text(inputs[name], text)


@pytest.mark.parametrize("url", sorted(URLS))
def test_address_is_served(url, settings):
    path = urlsplit(url).path or "/"
    if not any(re.match(begin, path) for begin in settings.ASGI_MOUNTS):
        try:
            resolve(path)
        except Resolver404:
            pytest.fail(f"{path} is in the docs but not in the urls")


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_link_leads_somewhere(page, target):
    assert (page.parent / target).exists(), f"{page.name} links to {target}"
