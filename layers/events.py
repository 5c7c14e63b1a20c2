"""The one signal that tells the rooms above that features changed. Sent on commit."""

from django.dispatch import Signal

# arguments: collection (id), bbox (gis_core.geometry.BBox of old and new geometry, or None), revision (int)
features_changed = Signal()
