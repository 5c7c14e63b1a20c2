"""The servers beside ours, each with its cache off, on the same EPSG:3857 column, with the attributes of our tiles."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks import peers
from tests.benchmarks.servers import Client, free_port, served
from tests.benchmarks.stage import Stage
from tests.benchmarks.tiles.subjects import COLUMN, Subject
from tiles.grids import BUFFER, EXTENT, TileId

ENDLESS = 1_000_000  # features of a tile, for peers that cut it off


@dataclass(frozen=True)
class TileServer:
    """A running server of tiles; `path` is where it has one."""

    name: str
    client: Client
    path: Callable[[Subject, TileId], str]

    def get(self, subject: Subject, tile: TileId) -> bytes:
        return self.client.get(self.path(subject, tile))


def ours(client: Client) -> TileServer:
    return TileServer("ours", client, lambda subject, tile: f"/tiles/{subject.layer.id}{_zxy(tile)}")


@contextmanager
def started(scene: Stage, subjects: Sequence[Subject]) -> Iterator[list[TileServer]]:
    """Every peer that is installed; of the others, what to install."""
    with ExitStack() as running:
        servers = [_tipg(scene), running.enter_context(_vectortiles(scene.home, subjects))]
        for start, programs, cure in (
            (_martin, ["martin"], "cargo install martin --locked --no-default-features --features postgres"),
            (_pg_tileserv, ["pg_tileserv"], "go install github.com/CrunchyData/pg_tileserv@latest"),
            (_mapserver, ["mapserv", "lighttpd", "setpriv"], "apt-get install cgi-mapserver lighttpd"),
        ):
            if missing := [program for program in programs if not shutil.which(program)]:
                scene.say(f"without {start.__name__[1:]}: no {', '.join(missing)} on PATH ({cure})")
            else:
                servers.append(running.enter_context(start(scene, subjects)))
        yield servers


def _zxy(tile: TileId) -> str:
    return f"/{tile.z}/{tile.x}/{tile.y}"


def _tipg(scene: Stage) -> TileServer:
    def path(subject: Subject, tile: TileId) -> str:
        wish = {"properties": ",".join(subject.names), "geom-column": COLUMN, "limit": ENDLESS}
        where = f"/collections/public.{subject.table}/tiles/WebMercatorQuad{_zxy(tile)}"
        return f"{where}?{urlencode(wish)}"

    return TileServer("tipg", scene.tipg, path)


@contextmanager
def _vectortiles(home: Path, subjects: Sequence[Subject]) -> Iterator[TileServer]:
    program = peers.install("vectortiles", home)
    sources = {
        subject.id: {
            "layer": subject.layer.id,
            "table": subject.table,
            "columns": {field.name: field.type for field in subject.fields},
        }
        for subject in subjects
    }
    env = {**peers.django_env("vectortiles"), "BENCH_SOURCES": json.dumps(sources)}
    env |= {"BENCH_EXTENT": str(EXTENT), "BENCH_BUFFER": str(BUFFER)}
    log = home / "vectortiles.log"
    with served(peers.wsgi(program), env=env, ready="/ready", log=log, cwd=home) as client:
        yield TileServer("django-vectortiles", client, lambda subject, tile: f"/{subject.id}{_zxy(tile)}")


@contextmanager
def _martin(scene: Stage, subjects: Sequence[Subject]) -> Iterator[TileServer]:
    tables = {
        subject.id: {
            "layer_id": subject.layer.id,
            "schema": "public",
            "table": subject.table,
            "srid": 3857,
            "geometry_column": COLUMN,
            "id_column": "id",
            "extent": EXTENT,
            "buffer": BUFFER,
            "properties": dict.fromkeys(subject.names, ""),
        }
        for subject in subjects
    }
    postgres = {"connection_string": scene.url, "auto_publish": False, "pool_size": 8, "tables": tables}
    config = scene.home / "martin.yaml"
    config.write_text(
        json.dumps({"cache": "disable", "postgres": postgres}), encoding="utf-8"
    )  # JSON is YAML
    command = ["martin", "--config", str(config), "--listen-addresses", "127.0.0.1:{port}"]
    log = scene.home / "martin.log"
    with served(command, env={}, ready="/health", log=log, cwd=scene.home) as client:
        assert "caching is disabled" in log.read_text(encoding="utf-8"), "Martin keeps tiles"
        yield TileServer("Martin", client, lambda subject, tile: f"/{subject.id}{_zxy(tile)}")


@contextmanager
def _pg_tileserv(scene: Stage, _subjects: Sequence[Subject]) -> Iterator[TileServer]:
    def path(subject: Subject, tile: TileId) -> str:
        wish = {
            "properties": ",".join(subject.names),
            "resolution": EXTENT,
            "buffer": BUFFER,
            "limit": ENDLESS,
        }
        return f"/public.{subject.table}{_zxy(tile)}.pbf?{urlencode(wish)}"

    port = free_port()
    env = {"DATABASE_URL": scene.url, "TS_HTTPHOST": "127.0.0.1", "TS_HTTPPORT": str(port)}
    env |= {"TS_MAXFEATURESPERTILE": str(ENDLESS), "TS_CACHETTL": "0"}
    log = scene.home / "pg_tileserv.log"
    with served(["pg_tileserv"], env=env, ready="/index.json", log=log, cwd=scene.home, port=port) as client:
        yield TileServer("pg_tileserv", client, path)


@contextmanager
def _mapserver(scene: Stage, subjects: Sequence[Subject]) -> Iterator[TileServer]:
    """mapserv as one FastCGI process under lighttpd."""
    port, home = free_port(), scene.home / "mapserver"
    # lighttpd starts it anew when it is ended before lighttpd itself.
    mapserv = f"{shutil.which('setpriv')} --pdeathsig TERM {shutil.which('mapserv')}"
    home.mkdir(exist_ok=True)
    (home / "bench.map").write_text(_mapfile(subjects), encoding="utf-8")
    (home / "mapserver.conf").write_text(
        f'CONFIG ENV MS_MAPFILE "{home}/bench.map" END END\n', encoding="utf-8"
    )
    (home / "lighttpd.conf").write_text(
        f'server.port = {port}\nserver.bind = "127.0.0.1"\nserver.document-root = "{home}"\n'
        'server.modules = ("mod_fastcgi")\n'
        f'fastcgi.server = ("/" => (("bin-path" => "{mapserv}", "max-procs" => 1,'
        f' "socket" => "{home}/mapserv", "check-local" => "disable",'
        f' "bin-environment" => ("MAPSERVER_CONFIG_FILE" => "{home}/mapserver.conf"))))\n',
        encoding="utf-8",
    )

    def path(subject: Subject, tile: TileId) -> str:
        return f"/?mode=tile&tilemode=gmap&tile={tile.x}+{tile.y}+{tile.z}&layers={subject.id}"

    command = ["lighttpd", "-D", "-f", str(home / "lighttpd.conf")]
    ready = path(subjects[0], TileId(0, 0, 0))
    with served(command, env={}, ready=ready, log=home / "log", cwd=home, port=port) as client:
        yield TileServer("MapServer", client, path)


def _mapfile(subjects: Sequence[Subject]) -> str:
    edge = BUFFER * 256 // EXTENT  # in pixels of a tile of 256
    return f"""MAP
  NAME "bench"
  SIZE 256 256
  EXTENT -20037508 -20037508 20037508 20037508
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER MVT
    IMAGEMODE FEATURE
    FORMATOPTION "EXTENT={EXTENT}"
    FORMATOPTION "EDGE_BUFFER={edge}"
  END
  IMAGETYPE "mvt"
{"".join(map(_map_layer, subjects))}END
"""


def _map_layer(subject: Subject) -> str:
    named = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    found = peers.database()
    where = " ".join(f"{key}={found[name]}" for key, name in named.items() if found[name])
    kinds = {"MultiPolygon": "POLYGON", "LineString": "LINE", "Point": "POINT"}
    numbers = {"integer": "Integer", "number": "Real"}
    told = [("gml_include_items", ",".join(subject.names))]
    told += [
        (f"gml_{field.name}_type", numbers[field.type]) for field in subject.fields if field.type in numbers
    ]
    metadata = " ".join(f'"{key}" "{value}"' for key, value in told)
    columns = ", ".join(["id", *subject.names, COLUMN])
    return f"""  LAYER
    NAME "{subject.id}"
    TYPE {kinds[str(subject.layer.collection.geometry_type)]}
    CONNECTIONTYPE POSTGIS
    CONNECTION "{where}"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "{COLUMN} FROM (SELECT {columns} FROM {subject.table}) AS t USING UNIQUE id USING SRID=3857"
    PROJECTION "init=epsg:3857" END
    METADATA {metadata} END
  END
"""
