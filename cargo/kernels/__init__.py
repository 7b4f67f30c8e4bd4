"""Compiled searches of the cargo package; their cache folder is the one of `routing.kernels`."""

import routing.kernels  # noqa: F401  (chooses the cache folder before a kernel is loaded)
