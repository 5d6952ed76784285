"""Modules whose names come from elsewhere in this package and are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from operator import attrgetter
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    module: str, homes: Mapping[str, str], submodules: tuple[str, ...] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """(``__getattr__``, ``__dir__``, ``__all__``) of ``module``.

    Args:
        homes: name -> the module of ``tokenspace`` that has it, such as ``vectors.word2vec``; "module:other" where it
            is called otherwise there ("module:Class.method" for a method).
        submodules: names of modules within this one.
    """
    names = sorted([*homes, *submodules])

    def get(name: str) -> Any:
        if name in submodules:
            return import_module(f"{module}.{name}")
        if name not in homes:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        home, _, other = homes[name].partition(":")
        return attrgetter(other or name)(import_module(f"tokenspace.{home}"))

    return get, lambda: names, names
