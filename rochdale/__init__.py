"""Rochdale: an operating system for digital co-operatives."""

__version__ = "0.1.0"
