"""Numeric kernels of green coverage, compiled by numba: import them where they are used, for it takes long."""
