"""Compiled searches; importing the package chooses where their machine code is cached."""

from routing.kernel_cache import choose_folder

choose_folder()
