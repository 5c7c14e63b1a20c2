"""The OGC's executable suite ets-ogcapi-features10: fetch or take its jar, run it, compare with the kept baseline.

The exit code of the suite says nothing; its results stand in testng-results.xml. A baseline may only improve.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ARTIFACT = "org.opengis.cite:ets-ogcapi-features10:1.9:jar:aio"
BASELINE = Path(__file__).with_name("baseline.json")
ROOT = Path(__file__).resolve().parents[2]
DOWNLOADS = ROOT / "var" / "conformance"
SOURCE = "https://github.com/opengeospatial/ets-ogcapi-features10"
_RANK = {"FAIL": 0, "SKIP": 1, "PASS": 2}
_GET_DEPENDENCY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"

Results = Mapping[str, str]  # test -> PASS, SKIP or FAIL


class CannotRun(Exception):
    """The suite is not at hand; says why and what to do."""


def find_jar(given: str | None) -> Path:
    """The jar that was named, one in var/conformance, or the one that Maven resolves. Raises CannotRun."""
    if given:
        if not Path(given).is_file():
            raise CannotRun(f"There is no {given}.")
        return Path(given)
    kept = sorted(DOWNLOADS.glob("ets-ogcapi-features10-*-aio.jar"))
    return kept[-1] if kept else _resolve()


def _resolve() -> Path:
    if not shutil.which("mvn"):
        raise CannotRun(f"No Maven, and no jar in {DOWNLOADS}: apt-get install maven, or --jar FILE.")
    where = DOWNLOADS / "repository"
    command = ["mvn", "-q", "-B", f"-Dmaven.repo.local={where}", _GET_DEPENDENCY, f"-Dartifact={ARTIFACT}"]
    done = subprocess.run([*command, "-Dtransitive=false"], capture_output=True, text=True, check=False)
    found = sorted(where.glob("org/opengis/cite/**/*-aio.jar"))
    if done.returncode == 0 and found:
        return found[-1]
    told = next((line for line in done.stdout.splitlines() if "ERROR" in line), done.stderr[-300:])
    raise CannotRun(
        f"Maven does not find {ARTIFACT}: {told}\n"
        f"Build it elsewhere (git clone {SOURCE}; mvn package) and give target/*-aio.jar by --jar."
    )


def run_suite(jar: Path, url: str, folder: Path) -> Results:
    """Raises CannotRun when the suite leaves no results."""
    entries = {"iut": url, "noofcollections": "-1"}
    lines = [f'<entry key="{key}">{escape(value)}</entry>' for key, value in entries.items()]
    doctype = '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">'
    properties = folder / "run.xml"
    properties.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}\n<properties>{"".join(lines)}</properties>\n',
        encoding="utf-8",
    )
    command = ["java", "-jar", str(jar), "-o", str(folder), "-h", "true", str(properties)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(folder.rglob("testng-results.xml"))
    if not found:
        raise CannotRun(f"The suite left no testng-results.xml: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return read_results(found[-1].read_text(encoding="utf-8"))


def read_results(text: str) -> Results:
    """Of testng-results.xml; a test that ran several times is as good as its worst run. Configuration is left out."""
    found: dict[str, str] = {}
    for group in ElementTree.fromstring(text).iter("class"):  # noqa: S314  written by the suite that we ran
        for method in group.iter("test-method"):
            if method.get("is-config") == "true":
                continue
            name = f"{(group.get('name') or '').rpartition('.')[2]}.{method.get('name')}"
            status = method.get("status") or "FAIL"
            found[name] = min(found.get(name, "PASS"), status, key=lambda s: _RANK.get(s, 0))
    return dict(sorted(found.items()))


def worse_than(baseline: Results, results: Results) -> list[str]:
    """Each test that is worse than it was, or is gone."""
    return [
        f"{name}: {before} before, now {results.get(name, 'not run')}"
        for name, before in baseline.items()
        if _RANK.get(results.get(name, "FAIL"), 0) < _RANK[before]
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/conformance", description=__doc__)
    parser.add_argument("url", help="of the landing page, without a slash at its end")
    parser.add_argument("--jar", help="ets-ogcapi-features10-…-aio.jar")
    parser.add_argument(
        "--keep", action="store_true", help="make these results the baseline, if none is worse"
    )
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            results = run_suite(find_jar(asked.jar), asked.url.rstrip("/"), Path(folder))
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 2
    return report(results, keep=asked.keep)


def report(results: Results, *, keep: bool, baseline: Path = BASELINE) -> int:
    counts = {status: list(results.values()).count(status) for status in ("PASS", "SKIP", "FAIL")}
    print(", ".join(f"{count} {status.lower()}" for status, count in counts.items()))
    for name, status in results.items():
        if status != "PASS":
            print(f"  {status} {name}")
    worse = worse_than(json.loads(baseline.read_text("utf-8")) if baseline.is_file() else {}, results)
    for line in worse:
        print(f"worse: {line}")
    if keep and not worse:
        baseline.write_text(json.dumps(dict(results), indent=1) + "\n", "utf-8")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
