"""Version and revision triggers of every table; a later layer adds its own with layers.triggers.add_triggers."""

from django.db import migrations

from layers.triggers import add_triggers

TABLES = {
    "layers_airobservation": "air-observations", "layers_airstation": "air-stations", "layers_building": "buildings",
    "layers_collectionroute": "collection-routes", "layers_depot": "depots", "layers_disposalsite": "disposal-sites",
    "layers_district": "districts", "layers_greenspace": "green-spaces", "layers_parcel": "parcels",
    "layers_pollutiongrid": "pollution-grids", "layers_populationcell": "population-grid",
    "layers_routestop": "route-stops", "layers_street": "streets", "layers_streetfurniture": "street-furniture",
    "layers_tree": "trees", "layers_turnrestriction": "turn-restrictions", "layers_vehicle": "vehicles",
    "layers_wastecontainer": "waste-containers", "layers_water": "water",
}


class Migration(migrations.Migration):
    dependencies = [("layers", "0002_tables")]
    operations = [add_triggers(table, collection) for table, collection in TABLES.items()]
