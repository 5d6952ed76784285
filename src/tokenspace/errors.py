"""Every failure tokenspace reports. Messages read "[operation] expected X, received Y; try Z".

Each class has ``exit_code``, the status the command line ends with: 2 wrong usage, 3 wrong data, 4 not found or
offline, 1 anything else.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "CancelledError",
    "ChatTemplateError",
    "CheckpointError",
    "FileError",
    "FormatError",
    "KeyEncodingError",
    "LimitError",
    "NotFoundError",
    "SpecialTokenError",
    "TokenspaceError",
    "TruncatedFileError",
    "UnsupportedError",
]


class TokenspaceError(Exception):
    """Base of all errors of this package."""

    exit_code = 1


class ArgumentError(TokenspaceError, ValueError):
    """An argument contradicts what the function accepts."""

    exit_code = 2


class CancelledError(TokenspaceError):
    """A long call was ended from another thread, by `RunSwitch.cancel`."""

    exit_code = 130


class ChatTemplateError(ArgumentError):
    """A chat template is no valid Jinja, or refuses the messages. ``line`` counts from 1; None where it is not known."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class CheckpointError(TokenspaceError, ValueError):
    """A stored intermediate result was made with other settings than those it should continue."""

    exit_code = 2


class FormatError(TokenspaceError, ValueError):
    """A file or buffer is not what its format promises; the message says where."""

    exit_code = 3


class TruncatedFileError(FormatError, EOFError):
    """A file ends before it has given what its own header says it holds."""


class KeyEncodingError(FormatError, UnicodeDecodeError):
    """The bytes of a key are not text in the encoding they were read in."""

    def __init__(self, text: str, cause: UnicodeDecodeError) -> None:
        UnicodeDecodeError.__init__(self, cause.encoding, cause.object, cause.start, cause.end, cause.reason)
        self._text = text

    def __str__(self) -> str:
        return self._text


class UnsupportedError(TokenspaceError, ValueError):
    """Well-formed, but asks for something its format page refuses."""

    exit_code = 3


class LimitError(TokenspaceError, ValueError):
    """A stated bound would be exceeded."""

    exit_code = 3


class SpecialTokenError(TokenspaceError, ValueError):
    """A text holds a special token and the policy is ``special_tokens="error"``."""

    exit_code = 3


class FileError(TokenspaceError, OSError):
    """The operating system refused to read or write."""

    exit_code = 3


class NotFoundError(FileError):
    """No such model, file or revision, or it is not here and the network is not available."""

    exit_code = 4


def message(operation: str, expected: str, received: str, remedy: str = "") -> str:
    """The house form of an error message."""
    text = f"[{operation}] expected {expected}, received {received}"
    return f"{text}; try {remedy}" if remedy else text
