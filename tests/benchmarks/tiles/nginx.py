"""nginx as the deployment has it (docker/nginx.conf) in front of our server, beside itself answering from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.servers import Client, free_port, served
from tests.benchmarks.stage import ROOT

WORKERS = 2
_MAIN = """daemon off;
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


@contextmanager
def in_front_of(server: Client, home: Path, answer: bytes) -> Iterator[tuple[Client, Client]]:
    """Two doors of one nginx: what passes requests on and keeps answers, and what reads `answer` from a file."""
    home = home / "nginx"
    (home / "files").mkdir(parents=True, exist_ok=True)
    (home / "files" / "answer").write_bytes(answer)
    port, file_port = free_port(), free_port()
    config = home / "nginx.conf"
    config.write_text(
        _MAIN.format(
            home=home,
            workers=WORKERS,
            folders=" ".join(f"{name}_temp_path {home}/{name};" for name in _FOLDERS),
            site=site(home, port, server.port),
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
    """The deployment's file with this machine's places instead of the containers'."""
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"listen 80\b[^;]*;", f"listen 127.0.0.1:{port};", text)
    text = text.replace("web:8000", f"127.0.0.1:{ours}")
    return re.sub(r"(proxy_cache_path|alias|root)(\s+)/", rf"\1\2{home}/", text)
