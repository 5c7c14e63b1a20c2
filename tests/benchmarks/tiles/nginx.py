"""nginx as the deployment has it in front of our server, beside itself answering from a file."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.servers import Client, free_port, served
from tests.benchmarks.stage import ROOT

WORKERS = 2
SITE = ROOT / "docker" / "nginx.conf.template"
# The service takes tiles out of nginx's cache: both must be one user.
_MAIN = """daemon off;
user {user};
pid {home}/nginx.pid;
error_log stderr;
worker_processes {workers};
events {{}}
http {{
  access_log off;
  default_type application/octet-stream;
  {folders}
  {site}
  server {{
    listen 127.0.0.1:{file_port};
    location / {{ root {home}/files; try_files /answer =404; }}
  }}
}}
"""
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def cache(home: Path) -> Path:
    """Where nginx keeps tiles; our server must know it."""
    return home / "nginx" / "cache"


@contextmanager
def in_front_of(server: Client, home: Path, answer: bytes) -> Iterator[tuple[Client, Client]]:
    """Two doors of one nginx: what passes requests on and keeps answers, and what reads `answer` from a file."""
    port, file_port = free_port(), free_port()
    text = site(home, port, server.port)
    home = home / "nginx"
    (home / "files").mkdir(parents=True, exist_ok=True)
    (home / "files" / "answer").write_bytes(answer)
    folders = " ".join(f"{name}_temp_path {home}/{name};" for name in _FOLDERS)
    config = home / "nginx.conf"
    config.write_text(
        _MAIN.format(
            home=home,
            user=getpass.getuser(),
            workers=WORKERS,
            folders=folders,
            site=text,
            file_port=file_port,
        ),
        encoding="utf-8",
    )
    command = ["nginx", "-e", "stderr", "-p", str(home), "-c", str(config)]
    ready = "/collections?f=json"
    with served(command, env={}, ready=ready, log=home / "log", cwd=home, port=port) as client:
        file = Client(file_port)
        yield client, file
        file.close()


def site(home: Path, port: int, ours: int) -> str:
    """The deployment's file, filled in as its container does it."""
    values = {
        "CASAGIS_UPSTREAM": f"127.0.0.1:{ours}",
        "CASAGIS_LISTEN": f"127.0.0.1:{port}",
        "CASAGIS_FILES": str(home),
        "CASAGIS_NGINX_CACHE": str(cache(home)),
    }
    return re.sub(r"\$\{(CASAGIS_\w+)\}", lambda name: values[name[1]], SITE.read_text(encoding="utf-8"))
