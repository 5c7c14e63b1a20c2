"""What every feature has, whatever its layer; the database itself keeps version, times, areas and map geometry."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

GEOM_SRID = 4326
TILE_SRID = 3857


class Source(models.TextChoices):
    """Where a row comes from; it is shown on screens and stands in every export."""

    CITY = "city", _("The city")
    CENSUS = "census", _("Census 2024")
    OPENSTREETMAP = "openstreetmap", _("OpenStreetMap")
    MIXED = "mixed", _("Real place, synthetic attributes")
    SYNTHETIC = "synthetic", _("Synthetic (demo)")
    COMPUTED = "computed", _("Computed")


def made_up(sources: Iterable[str]) -> bool:
    """Whether any of the sources is synthetic, wholly or in its attributes; what is computed from it is, too."""
    return not {Source.SYNTHETIC, Source.MIXED}.isdisjoint(sources)


class FeatureModel(models.Model):
    """One row of a collection. Trigger `casagis_touch` raises `version` and sets `updated_at` on every update."""

    external_id = models.CharField(_("Identifier"), max_length=100, null=True, unique=True)
    source = models.CharField(
        _("Source"), max_length=20, choices=Source, default=Source.CITY, db_default=Source.CITY
    )
    version = models.PositiveIntegerField(_("Version"), db_default=1, editable=False)
    created_at = models.DateTimeField(_("Created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("Updated"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
        app_label = "layers"

    def __str__(self) -> str:
        return str(getattr(self, "name_fr", "") or self.external_id or self.pk)


class NamedModel(models.Model):
    """Names in three languages and the folded key that search uses (SQL function casagis_search_key)."""

    name_fr = models.CharField(_("Name (French)"), max_length=200, blank=True, default="", db_default="")
    name_ar = models.CharField(_("Name (Arabic)"), max_length=200, blank=True, default="", db_default="")
    name_en = models.CharField(_("Name (English)"), max_length=200, blank=True, default="", db_default="")
    search_key = models.GeneratedField(
        expression=models.Func("name_fr", "name_ar", "name_en", function="casagis_search_key"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
        indexes = [GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="%(class)s_search")]


def tile_geometry() -> models.GeneratedField:
    """The geometry in EPSG:3857, kept by the database, so that tiles need no transformation."""
    return models.GeneratedField(
        expression=models.Func("geom", models.Value(TILE_SRID), function="ST_Transform"),
        output_field=models.GeometryField(srid=TILE_SRID, spatial_index=False),
        db_persist=True,
    )


def geodesic(function: str, title: str) -> models.GeneratedField:
    """ST_Area (m²) or ST_Length (m) on the WGS 84 ellipsoid, kept by the database; the same in every CRS."""
    return models.GeneratedField(
        verbose_name=title,
        expression=models.Func(
            "geom", function=function, template="%(function)s((%(expressions)s)::geography)"
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )


class _Spatial(models.Model):
    geom_3857 = tile_geometry()

    class Meta:
        abstract = True
        indexes = [GistIndex(fields=["geom_3857"], name="%(class)s_tile")]
        constraints = [
            models.CheckConstraint(
                condition=models.Func("geom", function="ST_IsValid", output_field=models.BooleanField()),
                name="%(class)s_geom_valid",
            )
        ]


class PointFeature(_Spatial, FeatureModel):
    geom = models.PointField(_("Place"), srid=GEOM_SRID)

    class Meta(_Spatial.Meta, FeatureModel.Meta):
        abstract = True


class LineFeature(_Spatial, FeatureModel):
    geom = models.LineStringField(_("Course"), srid=GEOM_SRID)
    length_m = geodesic("ST_Length", _("Length"))

    class Meta(_Spatial.Meta, FeatureModel.Meta):
        abstract = True


class PolygonFeature(_Spatial, FeatureModel):
    geom = models.MultiPolygonField(_("Area"), srid=GEOM_SRID)
    area_m2 = geodesic("ST_Area", _("Area"))

    class Meta(_Spatial.Meta, FeatureModel.Meta):
        abstract = True
