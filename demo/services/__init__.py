"""Bringing De Linde to life: its people, its files through the real import, its story through the services."""

from demo.services.load import load

__all__ = ["load"]
