"""Settings of the command line: flags > ``TOKENSPACE_*`` > project file > user file > defaults.

The project file is ``./tokenspace.toml``, or the table ``[tool.tokenspace]`` of ``./pyproject.toml``; the user file is
``config.toml`` in the user's configuration folder (`user_config_path`). Every value knows where it came from.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ArgumentError, FormatError, UnsupportedError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key in files, its variable ``TOKENSPACE_<KEY>``, its type and what it means."""

    key: str
    kind: type
    default: Any
    help: str
    choices: tuple[str, ...] = ()

    @property
    def env(self) -> str:
        """Name of the environment variable."""
        return "TOKENSPACE_" + self.key.upper()


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting("tokenizer", list, ["tokenspace/bpe"], "tokenizers used when -t is not given (a,b in the environment)"),
        Setting("threads", int, 0, "worker threads; 0 means one per core"),
        Setting("progress", str, "auto", "progress on stderr", ("auto", "bar", "plain", "json", "none")),
        Setting("color", str, "auto", "colour on the terminal", ("auto", "always", "never")),
        Setting("errors", str, "strict", "bytes that are not valid text", ("strict", "replace", "skip")),
        Setting("special", str, "auto", "special tokens written in the text", ("auto", "allow", "as-text", "error")),
        Setting("column", str, "text", "column holding the text in JSONL, CSV and Parquet input"),
        Setting("offline", bool, False, "never ask the network for a model"),
        Setting("studio_host", str, "127.0.0.1", "address Studio listens on"),
        Setting("studio_port", int, 7878, "port of Studio; the next free one when it is taken"),
    )
}


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and its origin: ``default``, ``environment TOKENSPACE_X`` or the path of a file."""

    value: Any
    origin: str


def user_config_path() -> Path:
    """Where the user file is looked for; ``TOKENSPACE_CONFIG`` names another file."""
    named = os.environ.get("TOKENSPACE_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_dir

    return Path(user_config_dir("tokenspace", appauthor=False)) / "config.toml"


def _read_toml(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]
        except ModuleNotFoundError as error:
            raise UnsupportedError(f"[config] reading {path} needs Python 3.11 or the package tomli") from error
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return table
    except UnicodeDecodeError as error:
        raise FormatError(f"[config] {path}: expected UTF-8, received an invalid byte at {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"[config] {path}: expected TOML, received: {error}") from error


def _project_table(folder: Path) -> tuple[dict[str, Any], Path] | None:
    own = folder / "tokenspace.toml"
    if own.is_file():
        return _read_toml(own), own
    shared = folder / "pyproject.toml"
    # The text test spares projects without our table the cost, and the errors, of a file that is not ours.
    if shared.is_file() and b"tool.tokenspace" in shared.read_bytes():
        table = _read_toml(shared).get("tool", {}).get("tokenspace")
        if isinstance(table, dict):
            return table, shared
    return None


def _from_text(setting: Setting, text: str, origin: str) -> Any:
    if setting.kind is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.kind is bool:
        lowered = text.strip().lower()
        if lowered in ("1", "true", "yes", "on"):
            return True
        if lowered in ("0", "false", "no", "off", ""):
            return False
        raise ArgumentError(f"[config] {origin}: expected true or false for {setting.key}, received {text!r}")
    if setting.kind is int:
        try:
            return int(text)
        except ValueError:
            raise ArgumentError(f"[config] {origin}: expected a number for {setting.key}, received {text!r}") from None
    return text


def _checked(setting: Setting, value: Any, origin: str) -> Any:
    if setting.kind is list and isinstance(value, str):
        value = [value]
    right = isinstance(value, setting.kind) and not (setting.kind is int and isinstance(value, bool))
    if right and setting.kind is list:
        right = all(isinstance(item, str) for item in value)
    if not right:
        raise ArgumentError(
            f"[config] {origin}: expected {setting.kind.__name__} for {setting.key}, received {value!r}"
        )
    if setting.choices and value not in setting.choices:
        raise ArgumentError(
            f"[config] {origin}: expected one of {', '.join(setting.choices)} for {setting.key}, received {value!r}"
        )
    if setting.kind is int and value < 0:
        raise ArgumentError(f"[config] {origin}: expected {setting.key} >= 0, received {value}")
    return value


class Config:
    """Resolved settings. ``config["threads"]`` is the value, ``config.origin("threads")`` where it came from."""

    def __init__(self, values: dict[str, Value], unknown: list[tuple[str, str]]) -> None:
        self._values = values
        self.unknown = unknown  # (key, file) of keys nobody reads: shown by `config show`, most often a typing error

    def __getitem__(self, key: str) -> Any:
        return self._values[key].value

    def origin(self, key: str) -> str:
        """Where the value came from."""
        return self._values[key].origin

    def items(self) -> list[tuple[str, Value]]:
        """All settings in their documented order."""
        return list(self._values.items())


def load_config(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings as they hold in ``folder`` (default: the current one).

    Raises:
        ArgumentError: a value of the wrong type or outside its choices, naming its origin.
        FormatError: a configuration file that is not TOML.
    """
    environment = os.environ if environ is None else environ
    values = {key: Value(setting.default, "default") for key, setting in SETTINGS.items()}
    unknown: list[tuple[str, str]] = []
    user = user_config_path()
    tables = [(_read_toml(user), user)] if user.is_file() else []
    project = _project_table(Path.cwd() if folder is None else folder)
    if project is not None:
        tables.append(project)
    for table, path in tables:
        for key, value in table.items():
            setting = SETTINGS.get(key.replace("-", "_"))
            if setting is None:
                unknown.append((key, str(path)))
            else:
                values[setting.key] = Value(_checked(setting, value, str(path)), str(path))
    for key, setting in SETTINGS.items():
        text = environment.get(setting.env)
        if text is not None:
            origin = f"environment {setting.env}"
            values[key] = Value(_checked(setting, _from_text(setting, text, origin), origin), origin)
    return Config(values, unknown)
