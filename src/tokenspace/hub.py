"""Files of a model on the Hugging Face hub, through huggingface_hub: its cache, its environment variables, its token."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import ArgumentError, FileError, NotFoundError, message
from .hub_progress import download_bar
from .types import PathLike

__all__ = ["HubRepo", "is_hub_id"]

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(?:/[A-Za-z0-9][\w.\-]*)?")


def is_hub_id(name: str) -> bool:
    """True when ``name`` has the form of a repository id: ``name`` or ``owner/name``."""
    return len(name) <= 96 and "--" not in name and ".." not in name and _HUB_ID.fullmatch(name) is not None


def _hub_has_an_address() -> bool:
    """False when the hub's name cannot be resolved, so that there is no point in huggingface_hub's retries, and when
    HF_HUB_OFFLINE says not to ask."""
    import socket
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    host = urlsplit(constants.ENDPOINT).hostname
    # Behind a proxy it is the proxy that resolves names; "no" is the list of hosts that need none.
    if not host or set(getproxies()) - {"no"}:
        return True
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True


class HubRepo:
    """One revision of one repository.

    ``local_files_only``: True never asks the network; False asks for the newest commit of the revision; None (default)
    takes a file from the cache when it is there and asks the network only for files the cache knows nothing of: not for
    those that the listing snapshot_download keeps of a commit leaves out, nor after `settle`.
    """

    def __init__(
        self,
        repo_id: str,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
    ) -> None:
        if not is_hub_id(repo_id):
            raise ArgumentError(message("from_pretrained", "a hub id, folder or file", repr(repo_id)))
        self.repo_id = repo_id
        self._revision = revision
        self._token = token
        self._cache_dir = None if cache_dir is None else Path(cache_dir)
        self._local = local_files_only
        # Set by the first failure to reach the hub, so that optional files are not each waited for.
        self._unreachable: Exception | None = None
        self._folder: Path | None = None
        # Of the first file found: files of two commits must not be mixed when the hub moves on in between.
        self._commit: str | None = None
        self._settled = False
        self._listings: dict[str | None, frozenset[str] | None] = {}

    def settle(self) -> None:
        """Whoever knows that the snapshot in the cache is whole says so: what is not in it does not exist, and the network
        is not asked. Without effect where the newest commit was asked for."""
        self._settled = self._local is not False

    def snapshot(self) -> Path | None:
        """The folder in the cache with the files of the revision, whole or not; None without one. The network is not
        asked."""
        from huggingface_hub import constants

        revision = self._commit or self._revision or constants.DEFAULT_REVISION
        folder = self._cache_folder()
        with suppress(OSError, ValueError):
            revision = (folder / "refs" / revision).read_text(encoding="utf-8").strip()
        found = folder / "snapshots" / revision
        return found if found.is_dir() else None

    def knows(self, filename: str) -> bool:
        """Whether the cache knows if the revision has such a file."""
        return self._cached(filename) is not None

    def asked_singly(self) -> bool:
        """Whether files of the snapshot were asked for one by one, so that others may never have been: huggingface_hub
        then remembers those that do not exist."""
        found = self.snapshot()
        return found is not None and (self._cache_folder() / ".no_exist" / found.name).is_dir()

    def _cache_folder(self) -> Path:
        from huggingface_hub import constants

        return Path(self._cache_dir or constants.HF_HUB_CACHE) / f"models--{self.repo_id.replace('/', '--')}"

    def _listing(self) -> frozenset[str] | None:
        """All files of the commit, as snapshot_download has noted them; None when it has not."""
        revision = self._commit or self._revision
        if revision not in self._listings:
            self._listings[revision] = None
            try:
                from huggingface_hub import get_cached_repo_tree
                from huggingface_hub.errors import CachedRepoTreeNotFoundError
            except ImportError:  # older versions keep no listing
                return None
            with suppress(CachedRepoTreeNotFoundError, OSError, ValueError):
                tree = get_cached_repo_tree(self.repo_id, revision=revision, cache_dir=self._cache_dir)
                self._listings[revision] = frozenset(file.path for file in tree)
        return self._listings[revision]

    def _cached(self, filename: str) -> Path | bool | None:
        """The cached path; False when the cache knows that the file does not exist; None when it knows nothing."""
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(
            self.repo_id, filename, cache_dir=self._cache_dir, revision=self._commit or self._revision
        )
        if isinstance(found, str):
            return Path(found)
        if found is not None:
            return False
        listing = self._listing()
        return False if self._settled or (listing is not None and filename not in listing) else None

    def get(self, filename: str) -> Path | None:
        """The local path of a file; None when the repository has no such file.

        Raises NotFoundError when there is no such repository or revision, it is private, or the hub is out of reach and
        no file of the repository has come from the cache.
        """
        cached = self._cached(filename) if self._local is not False else None
        if cached is False:
            return None
        if cached is None and self._unreachable is None:
            cached = self._download(filename)
        elif cached is None and self._folder is None:
            raise self._not_found(self._unreachable) from self._unreachable
        if isinstance(cached, Path):
            self._folder = cached.parents[filename.count("/")]
            self._commit = self._folder.name
            return cached
        return None

    @property
    def commit(self) -> str | None:
        """The commit of the files found so far; None before the first."""
        return self._commit

    def cached(self, filename: str) -> Path | None:
        """The path of a file that is in the cache, without asking the network; None otherwise."""
        found = self._cached(filename)
        return found if isinstance(found, Path) else None

    def address(self, filename: str, revision: str | None = None) -> tuple[str, dict[str, str]]:
        """(URL of a file, the headers to ask for it with)."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils._headers import build_hf_headers

        url = hf_hub_url(self.repo_id, filename, revision=revision or self._commit or self._revision)
        return url, dict(build_hf_headers(token=self._token))

    def metadata(self, filename: str) -> Any:
        """What the hub tells of a file without sending it (``size``, ``etag``, ``commit_hash``); None when there is no such
        file.

        Raises:
            NotFoundError: no such repository or revision, the hub is out of reach, or it may not be asked.
        """
        from huggingface_hub import errors, get_hf_file_metadata

        if self._local is not False and self._cached(filename) is False:
            return None
        if self._local or self._unreachable is not None or not _hub_has_an_address():
            raise self._not_found(self._unreachable)
        try:
            return get_hf_file_metadata(self.address(filename)[0], token=self._token)
        except errors.EntryNotFoundError:
            return None
        except (errors.HfHubHTTPError, errors.OfflineModeIsEnabled, OSError, ValueError) as error:
            raise self._not_found(error) from error

    def exists(self, filename: str) -> bool:
        """Whether the repository has a file, without fetching it; False when neither cache nor hub can tell."""
        known = self._cached(filename) if self._local is not False else None
        if known is not None:
            return isinstance(known, Path)
        with suppress(NotFoundError):
            return self.metadata(filename) is not None
        return False

    def _download(self, filename: str) -> Path | None:
        from huggingface_hub import errors, hf_hub_download

        arguments: dict[str, Any] = {
            "revision": self._commit or self._revision,
            "token": self._token,
            "cache_dir": self._cache_dir,
            "local_files_only": bool(self._local) or not _hub_has_an_address(),
            **download_bar(),
        }
        try:
            return Path(hf_hub_download(self.repo_id, filename, **arguments))
        except errors.LocalEntryNotFoundError as error:
            # Offline, or out of reach: the cache was asked before.
            self._unreachable = error
            if self._folder is not None or self._has_snapshot():
                return None
            raise self._not_found(error) from error
        except errors.EntryNotFoundError:
            return None
        except (errors.HfHubHTTPError, errors.HFValidationError, OSError, ValueError) as error:
            raise self._not_found(error) from error

    def _has_snapshot(self) -> bool:
        with suppress(OSError):
            return any((self._cache_folder() / "snapshots").iterdir())
        return False

    def _not_found(self, error: Exception | None) -> FileError:
        from huggingface_hub import constants, errors

        what = f"load {self.repo_id!r}" + (f" at {self._revision!r}" if self._revision else "")
        cache = self._cache_dir or constants.HF_HUB_CACHE
        if isinstance(error, errors.GatedRepoError):
            return NotFoundError(
                message(
                    what,
                    "access to the repository",
                    "it is gated",
                    f"asking for access at {constants.ENDPOINT} and setting HF_TOKEN",
                )
            )
        if isinstance(error, errors.RevisionNotFoundError):
            return NotFoundError(message(what, "an existing revision", "the hub knows no such branch, tag or commit"))
        if isinstance(error, errors.RepositoryNotFoundError):
            return NotFoundError(
                message(
                    what,
                    "a folder, a file, a known name or a repository on the hub",
                    f"nothing by this name at {constants.ENDPOINT}",
                    "the spelling, or HF_TOKEN when the repository is private",
                )
            )
        if isinstance(error, OSError) and error.filename is not None:  # of a file, not of a connection
            expected = f"a cache that can be written to, {cache}"
            received = f"{error.filename}: {error.strerror}"
            return FileError(message(what, expected, received, "cache_dir= or HF_HUB_CACHE with another folder"))
        return NotFoundError(
            message(
                what,
                f"the repository in the cache {cache} or an answer from {constants.ENDPOINT}",
                "neither" if error is None else f"neither ({type(error).__name__})",
                "a connection, HF_ENDPOINT of a mirror, the path of a folder with tokenizer.json, or a name of "
                "'tokenspace models list'",
            )
        )

    def additional_templates(self) -> list[str]:
        """Names of files in additional_chat_templates/ of the snapshot at hand."""
        if self._folder is None:
            return []
        folder = self._folder / "additional_chat_templates"
        return sorted(f"additional_chat_templates/{p.name}" for p in folder.glob("*.jinja"))
