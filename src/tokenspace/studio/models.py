"""Models by one string: an embedded name, a hub id in the cache, ``file:<file id>``, ``job:<job id>``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..encoders.at_hand import models_at_hand
from ..errors import ArgumentError, TokenspaceError, message
from ..hub import HubRepo, is_hub_id
from ..tokenizers.formats import detect
from ..tokenizers.source import known_pattern
from ..tokenizers.tiktoken_names import ENCODINGS, FAMILIES
from .desk.contracts import ModelTask, ModelView
from .faults import StudioError

if TYPE_CHECKING:
    from ..encoders.contextual import ContextualEncoder
    from ..encoders.text import TextEncoder
    from ..encoders.token_embeddings import TokenEmbeddings
    from ..tokenizers.tokenizer import Tokenizer
    from .shelf import ShelfFile
    from .state import Studio

__all__ = ["Models"]

T = TypeVar("T")
_PATTERN = "?pattern="  # behind the name of a .tiktoken file: how text is split
_MOST_VOCABULARY = 64 << 20  # bytes of a file that is looked at for its pattern
_SMALL = 8 << 20  # about what a tokenizer takes
_ORIGINS: dict[str, Literal["embedded", "built in", "tiktoken", "hub"]] = {
    "embedded": "embedded", "built in": "built in", "tiktoken": "tiktoken", "hub cache": "hub",
}  # fmt: skip
_FILE_KINDS: dict[str, tuple[str, ...]] = {
    "tokenizer": ("tokenizer",),
    "vectors": ("vectors",),
    "matrix": ("model",),
    "encoder": ("model",),
    "contextual": ("model",),
    "sessions": ("sessions",),
    "recommender": (),
}


@dataclass(frozen=True, slots=True)
class _Trained:
    """What a job has written."""

    name: str
    path: Path
    tasks: tuple[ModelTask, ...]
    title: str
    detail: str


class Models:
    """Opens models by name and keeps them. The network is never asked."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._trained: dict[str, _Trained] = {}

    def tokenizer(self, name: str) -> Tokenizer:
        """The tokenizer of that name.

        Raises:
            StudioError: 404, not on this machine. ArgumentError: a .tiktoken file of which nobody knows how text is split,
            and the name does not say it. Errors of `Tokenizer.from_pretrained`.
        """
        from ..tokenizers.loading import BUILTIN, EMBEDDED
        from ..tokenizers.tokenizer import Tokenizer

        def load() -> Tokenizer:
            if name in EMBEDDED or name in BUILTIN or name in ENCODINGS:
                return Tokenizer.from_pretrained(name, local_files_only=True)
            file, _, pattern = name.partition(_PATTERN)
            if pattern:
                return Tokenizer.from_file(self._place(file), pattern=pattern)
            if name.startswith("file:") and self._wants_pattern(self._studio.shelf.file(name.removeprefix("file:"))):
                raise ArgumentError(
                    message(
                        "open",
                        "how text is split, which a .tiktoken file does not say",
                        "none",
                        "choosing it in the list of tokenizers, where the file stands once for each pattern",
                    )
                )
            return Tokenizer.from_pretrained(self._place(name))

        return self._studio.keep.get("tokenizer", name, load, self._size_of(name), self.stamp(name))

    def vectors(self, name: str) -> Any:
        """The word vectors of that name: a KeyedVectors, or a model of fastText.

        Raises:
            StudioError: 404. Errors of `load_vectors`.
        """
        from ..vectors.formats.open import load_vectors

        return self._get("vectors", name, lambda place: load_vectors(place, local_files_only=True))

    def matrix(self, name: str) -> TokenEmbeddings:
        """The token matrix of the model of that name.

        Raises:
            StudioError: 404. Errors of `TokenEmbeddings.from_pretrained`.
        """
        from ..encoders.token_embeddings import TokenEmbeddings

        return self._get("matrix", name, lambda place: TokenEmbeddings.from_pretrained(place, local_files_only=True))

    def encoder(self, name: str) -> TextEncoder:
        """The text encoder of that name.

        Raises:
            StudioError: 404. Errors of `TextEncoder.from_pretrained`.
        """
        from ..encoders.text import TextEncoder

        return self._get("encoder", name, lambda place: TextEncoder.from_pretrained(place, local_files_only=True))

    def contextual(self, name: str) -> ContextualEncoder:
        """The contextual encoder of that name.

        Raises:
            StudioError: 404. Errors of `ContextualEncoder`.
        """
        from ..encoders.contextual import ContextualEncoder

        return self._get("contextual", name, lambda place: ContextualEncoder(place, local_files_only=True))

    def listed(self, task: ModelTask) -> list[ModelView]:
        """What can do the task: embedded, in the caches, on the shelf, trained here."""
        found = [] if task in ("sessions", "recommender") else self._at_hand(task)
        kinds = _FILE_KINDS[task]
        for file in self._studio.shelf.files()[0]:
            if file.kind == "model" and "model" in kinds:
                # A model is a folder; it goes by the file that describes it.
                folder = file.path.parent
                if task != "contextual" or not _is_static(folder):
                    title = folder.name
                    detail = f"{file.folder}/{file.name}" if file.folder else file.name
                    found.append(ModelView(name=f"file:{file.id}", title=title, origin="file", detail=detail))
            elif file.kind in kinds:
                title = f"{file.folder}/{file.name}" if file.folder else file.name
                detail = f"{file.bytes:,} bytes"
                found.append(ModelView(name=f"file:{file.id}", title=title, origin="file", detail=detail))
                if task == "tokenizer" and self._wants_pattern(file):
                    found += [
                        ModelView(
                            name=f"file:{file.id}{_PATTERN}{family}",
                            title=f"{title} · {family}",
                            origin="file",
                            detail=detail,
                        )
                        for family in FAMILIES
                    ]
        for trained in list(self._trained.values()):  # jobs add to it meanwhile
            if task in trained.tasks:
                found.append(ModelView(name=trained.name, title=trained.title, origin="job", detail=trained.detail))
        return _told_apart(found)

    def _at_hand(self, task: ModelTask) -> list[ModelView]:
        wanted = "tokenizer" if task == "tokenizer" else "weights"
        if task == "vectors":
            return []
        return [
            ModelView(
                name=model.name,
                title=model.name,
                origin=_ORIGINS[model.kind],
                detail=f"{model.bytes:,} bytes" if model.bytes else "",
            )
            for model in models_at_hand()
            if wanted in model.holds
            and model.bytes is not None
            and not (task == "contextual" and model.path is not None and _is_static(model.path))
        ]

    def trained(self, job_id: str, path: Path, tasks: Sequence[ModelTask], title: str, detail: str = "") -> str:
        """Make what a job has written (a file or folder) known as ``job:<job id>``; returns that name.

        Args:
            job_id: the id of the job.
            path: what it has written, below ``studio.folder``.
            tasks: what it can do.
            title, detail: what a person reads.
        """
        name = f"job:{job_id}"
        self._trained[job_id] = _Trained(name, path, tuple(tasks), title, detail)
        return name

    def place(self, name: str) -> Path:
        """The file or folder of a model.

        Raises:
            StudioError: 404.
        """
        return self._place(name)

    def _wants_pattern(self, file: ShelfFile) -> bool:
        """Whether a file is a .tiktoken file that does not say how text is split."""

        def look() -> bool:
            with suppress(OSError, TokenspaceError):
                data = file.path.read_bytes()
                return detect(data, file.name) == "tiktoken" and known_pattern(data, file.path.name) is None
            return False

        if file.kind != "tokenizer" or file.bytes > _MOST_VOCABULARY:
            return False
        return self._studio.keep.get("pattern", file.id, look, lambda _: 100, (file.modified, file.bytes))

    def _get(self, kind: str, name: str, load: Callable[[Path], T]) -> T:
        stamp = self.stamp(name)
        return self._studio.keep.get(kind, name, lambda: load(self._place(name)), self._size_of(name), stamp)

    def stamp(self, name: str) -> object:
        """What changes when the file behind a name does."""
        if not name.startswith("file:"):
            return None
        status = self._place(name).stat()
        return status.st_mtime_ns, status.st_size

    def _size_of(self, name: str) -> Callable[[object], int]:
        """Bytes of what was loaded: of its numbers, or what its files take (a vocabulary is several times its file)."""

        def size(value: object) -> int:
            known = getattr(getattr(value, "vectors", value), "nbytes", None)
            if isinstance(known, int):
                return known
            try:
                place = self._place(name)
            except StudioError:
                return _SMALL
            files = place.iterdir() if place.is_dir() else [place]
            weights = [file.stat().st_size for file in files if file.suffix == ".safetensors"]
            return sum(weights) or _SMALL + 4 * (0 if place.is_dir() else place.stat().st_size)

        return size

    def _place(self, name: str) -> Path:
        kind, _, rest = name.partition(":")
        if kind == "file":
            file = self._studio.shelf.file(rest.partition("?")[0])
            return file.path.parent if file.kind == "model" else file.path
        if kind == "job" and rest in self._trained:
            return self._trained[rest].path
        if name.startswith("tokenspace/") and is_hub_id(name):
            folder = Path(__file__).parent.parent / "assets" / name.removeprefix("tokenspace/")
            if (folder / "config.json").is_file():
                return folder
        elif is_hub_id(name):
            # The folder of the cache, not the name: a name could mean a folder of the current one.
            found = HubRepo(name, local_files_only=True).snapshot()
            if found is not None:
                return found
        raise StudioError(
            404, f"[model] expected a model on this machine, received {name[:200]!r}; try one of the list"
        )


def _told_apart(models: list[ModelView]) -> list[ModelView]:
    """The same, no two of a title: every second file is called tokenizer.json."""
    times: Counter[str] = Counter()
    out = []
    for model in models:
        times[model.title] += 1
        again = times[model.title]
        out.append(model if again == 1 else model.model_copy(update={"title": f"{model.title} ({again})"}))
    return out


def _is_static(folder: Path) -> bool:
    """Whether a model is a table of token rows, whose tokens have one vector in every context."""
    from ..encoders.model_files import open_model
    from ..encoders.static.files import is_static

    try:
        return is_static(open_model(folder))
    except TokenspaceError:
        return False
