"""History begins: what stands now enters it, and from then on it only grows."""

from django.db import migrations

from layers.triggers import begin_history, keep_history, run_sql_file

MODELS = (
    "AirObservation", "AirStation", "Building", "CollectionRoute", "Depot", "DisposalSite", "District", "GreenSpace",
    "Parcel", "PollutionGrid", "PopulationCell", "RouteStop", "Street", "StreetFurniture", "Tree", "TurnRestriction",
    "Vehicle", "WasteContainer", "Water",
)


class Migration(migrations.Migration):
    dependencies = [("layers", "0004_history")]
    operations = [
        *(begin_history(model) for model in MODELS),
        *(keep_history(f"layers_{model.lower()}") for model in MODELS),
        run_sql_file("batches.sql"),
    ]
