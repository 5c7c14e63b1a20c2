"""OpenStreetMap extracts: mapping.py says what becomes what, frames.py is the door, extract.py reads the file."""
