"""Makes docs/images/map.png, the README's picture: python -m tests.e2e.screenshots [--url URL] [--city SLUG] [OUT].

Without --url, loads and serves the city by itself.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
from pathlib import Path

import django
from PIL import Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")

from tests.conftest import ROOT
from tests.e2e.browser import chromium, open_map
from tests.e2e.running_city import serve_city

SIZE = {"width": 1440, "height": 900}
LARGEST_BYTES = 450_000


def take(url: str, address: str, out: Path) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport=SIZE, locale="fr")
        open_map(page, f"{url}/{address}")
        page.wait_for_timeout(1000)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(packed(page.screenshot()))


def packed(png: bytes) -> bytes:
    """The picture with as many colours as a README may carry."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64):
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST_BYTES:
            return out.getvalue()
    raise SystemExit(f"The picture has {out.tell()} bytes, more than {LARGEST_BYTES}; zoom in.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--url", help="a running service; without it the city is loaded and served for this picture"
    )
    parser.add_argument("--city", default="casablanca")
    parser.add_argument(
        "--address",
        default="?lang=fr#16/33.5915/-7.6190",
        help="language, place and layers, as the map writes them",
    )
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "docs" / "images" / "map.png")
    options = parser.parse_args()
    if options.url:
        return take(options.url.rstrip("/"), options.address, options.out)
    django.setup()
    from django.conf import settings  # noqa: PLC0415  after Django is set up

    with (
        tempfile.TemporaryDirectory() as var,
        serve_city(options.city, settings.DATABASES["default"], Path(var)) as city,
    ):
        take(city.url, options.address, options.out)
    return None


if __name__ == "__main__":
    main()
