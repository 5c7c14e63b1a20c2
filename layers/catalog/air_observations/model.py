"""What the air stations measured: a table."""

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from layers.base import FeatureModel


class Pollutant(models.TextChoices):
    NO2 = "no2", _("Nitrogen dioxide (NO₂)")
    PM10 = "pm10", _("Particulate matter PM10")
    PM25 = "pm25", _("Fine particulate matter PM2.5")
    O3 = "o3", _("Ozone (O₃)")
    SO2 = "so2", _("Sulphur dioxide (SO₂)")


class AirObservation(FeatureModel):
    class Flag(models.TextChoices):
        VALID = "valid", _("Valid")
        SUSPECT = "suspect", _("Suspect")
        INVALID = "invalid", _("Invalid")

    station = models.CharField(_("Station (identifier)"), max_length=100)
    pollutant = models.CharField(_("Pollutant"), max_length=10, choices=Pollutant)
    observed_at = models.DateTimeField(_("Observed"))
    value_ug_m3 = models.FloatField(_("Concentration"))
    flag = models.CharField(_("Quality"), max_length=10, choices=Flag, default=Flag.VALID, db_default="valid")
    fault = models.CharField(_("Fault found"), max_length=40, blank=True, default="", db_default="")
    longitude = models.FloatField(
        _("Longitude, if the sensor moves"),
        null=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    latitude = models.FloatField(
        _("Latitude, if the sensor moves"),
        null=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )

    class Meta(FeatureModel.Meta):
        verbose_name = _("Air observation")
        indexes = [models.Index(fields=["pollutant", "observed_at"], name="airobservation_time")]
