"""Numeric kernels of air fields, compiled by numba: import them where they are used, for it takes long."""
