"""Refusals in the words of the asked service: ServiceException of WMS, ExceptionReport of WMTS."""

from __future__ import annotations

from django.utils.html import format_html

from gis_core.errors import CasaGISError, InvalidInput, NotFound, TooLarge
from tiles.http import Request, Response
from tiles.raster.asked import parameter

_TOLD = (InvalidInput, NotFound, TooLarge)
_WMS_130 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ServiceExceptionReport version="1.3.0" xmlns="http://www.opengis.net/ogc">'
    "<ServiceException{}>{}</ServiceException></ServiceExceptionReport>"
)
_WMS_111 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ServiceExceptionReport version="1.1.1"><ServiceException{}>{}</ServiceException></ServiceExceptionReport>'
)
_WMTS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0">'
    "<Exception{}><ExceptionText>{}</ExceptionText></Exception></ExceptionReport>"
)


def service_exception(request: Request, error: CasaGISError, code: str = "") -> Response:
    """Raises the error itself where the service or the error has no such words."""
    service = parameter(request, "service").upper()
    if not isinstance(error, _TOLD) or service not in {"WMS", "WMTS"}:
        raise error
    if service == "WMTS":
        form, name, media_type = _WMTS, "exceptionCode", "text/xml"
    elif parameter(request, "version").startswith("1.1"):
        form, name, media_type = _WMS_111, "code", "application/vnd.ogc.se_xml"
    else:
        form, name, media_type = _WMS_130, "code", "text/xml"
    attribute = format_html(' {}="{}"', name, code) if code else ""
    body = format_html(form, attribute, error.detail)
    return Response(error.status, body.encode(), f"{media_type}; charset=utf-8")
