"""The search itself, compiled. Import it only where a search begins: numba takes long to load."""
