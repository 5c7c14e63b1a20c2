"""What this room adds to the API beside its processes."""
