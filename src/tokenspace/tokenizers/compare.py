"""The same text through several tokenizers, every token visible (T13): ``ts.compare``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from .like import Choices, TokenizerLike, resolve, unknown_id
from .probe import Property, properties
from .visible import bytes_as_text, cut, is_partial, is_right_to_left, visible, width

PALETTE = ("102;194;165", "252;141;98", "141;160;203", "231;138;195", "166;216;84", "255;217;47")
_LEFT_TO_RIGHT, _ISOLATE, _POP = "\u200e", "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Piece:
    """One token as it is shown.

    Attributes:
        id: its number.
        token: the vocabulary's own spelling (``##ization``, ``Ġand``).
        text: the text it stands for, bytes of an unfinished character as U+DC80..U+DCFF; the spelling for special tokens.
        start, end: half-open code points in the source text; equal for tokens that are not in the text.
        kind: "text", "special", "unknown" or "partial" (not whole characters).
        completes: for the last token of a character spelled by several tokens, the text they make together.
        tokens_joined: how many tokens this piece shows (more than one only in a grouped view).
    """

    id: int
    token: str
    text: str
    start: int
    end: int
    kind: Literal["text", "special", "unknown", "partial"] = "text"
    completes: str = ""
    tokens_joined: int = 1


def _shown_text(token: str, data: bytes | None) -> str:
    if data is None:
        return token
    text = bytes_as_text(data)
    if len(token) == 6 and token.startswith("<0x") and len(data) == 1:
        return token  # byte fallback: its own spelling says more than the byte
    if text.lstrip(" ") == token:
        return token  # WordPiece: a space stands before whole words in text, but not in the token
    # "##ization" or "and</w>": the marks around the text are what the reader wants to see.
    return token if text and text in token and not text.isspace() else text


def pieces_of(tokenizer: TokenizerLike, encoding: Any) -> list[Piece]:
    """The tokens of an encoding of ``tokenizer`` as pieces."""
    unknown = unknown_id(tokenizer)
    special_ids = {int(token) for token in getattr(tokenizer, "all_special_ids", ())}
    mask = getattr(encoding, "special_tokens_mask", None) or [0] * len(encoding.ids)
    pieces: list[Piece] = []
    known: dict[int, tuple[bytes | None, bool, str]] = {}  # bytes, whether partial, text to show
    waiting = b""
    for raw_id, token, (start, end), special in zip(encoding.ids, encoding.tokens, encoding.offsets, mask, strict=True):
        number = int(raw_id)
        if number == unknown:
            pieces.append(Piece(number, tokenizer.id_to_token(number) or token, token, start, end, "unknown"))
            waiting = b""
            continue
        if special or number in special_ids:
            pieces.append(Piece(number, token, token, start, end, "special"))
            waiting = b""
            continue
        found = known.get(number)
        if found is None:
            data = tokenizer.id_to_bytes(number)
            found = known[number] = (data, data is not None and is_partial(data), _shown_text(token, data))
        data, partial, shown = found
        kind: Literal["text", "partial"] = "text"
        completes = ""
        if data is not None and partial:
            kind = "partial"
            waiting += data
            if not is_partial(waiting):
                completes, waiting = waiting.decode("utf-8"), b""
            elif len(waiting) > 64:  # never whole: bytes that are not text at all
                waiting = b""
        else:
            waiting = b""
        pieces.append(Piece(number, token, shown, start, end, kind, completes))
    return pieces


def grouped(pieces: list[Piece]) -> list[Piece]:
    """Pieces with the tokens of one character joined into one."""
    result: list[Piece] = []
    run: list[Piece] = []
    for piece in pieces:
        if piece.kind != "partial":
            result += run
            run = []
            result.append(piece)
            continue
        run.append(piece)
        if piece.completes:
            first = run[0]
            token = " ".join(part.token for part in run)
            result.append(Piece(first.id, token, piece.completes, first.start, piece.end, "text", "", len(run)))
            run = []
    return result + run


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One tokenizer's reading of the text."""

    name: str
    pieces: list[Piece]
    n_tokens: int
    bytes_per_token: float | None
    chars_per_token: float | None
    n_unknown: int
    properties: list[Property] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """All ids in order."""
        return [piece.id for piece in self.pieces]

    @property
    def tokens(self) -> list[str]:
        """All tokens in the vocabulary's spelling."""
        return [piece.token for piece in self.pieces]


class Comparison:
    """What `compare` found. Print it, show it in a notebook, or read ``rows``."""

    def __init__(self, text: str, rows: list[ComparisonRow]) -> None:
        self.text, self.rows = text, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[ComparisonRow]:
        return iter(self.rows)

    def __getitem__(self, key: int | str) -> ComparisonRow:
        if isinstance(key, str):
            for row in self.rows:
                if row.name == key:
                    return row
            raise KeyError(key)
        return self.rows[key]

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        counts = ", ".join(f"{row.name}: {row.n_tokens}" for row in self.rows)
        return f"Comparison({counts})"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values; the keys are the public JSON of ``tokenspace compare --json``."""
        return {
            "text": self.text,
            "chars": len(self.text),
            "bytes": len(self.text.encode("utf-8", "surrogatepass")),
            "tokenizers": [
                {
                    "name": row.name,
                    "n_tokens": row.n_tokens,
                    "bytes_per_token": row.bytes_per_token,
                    "chars_per_token": row.chars_per_token,
                    "n_unknown": row.n_unknown,
                    "ids": row.ids,
                    "tokens": row.tokens,
                    "offsets": [[piece.start, piece.end] for piece in row.pieces],
                    "kinds": [piece.kind for piece in row.pieces],
                    "properties": {one.key: one.value for one in row.properties},
                }
                for row in self.rows
            ],
        }

    def to_text(
        self,
        color: bool = False,
        width: int | None = None,
        ids: bool = False,
        one_per_line: bool = False,
        group: bool = False,
        properties: bool = True,
        limit: int = 1000,
    ) -> str:
        """The comparison as text.

        Args:
            color: each token on one of six cycling 24-bit background colours; without it, tokens stand between spaces and
                spaces inside them are shown as ``·``.
            width: columns to wrap at; None never wraps (one line a tokenizer).
            ids: add the ids.
            one_per_line: a token a line, with id, offsets and bytes.
            group: join the byte tokens of one character.
            properties: append the tables of counts and properties.
            limit: how many tokens of each tokenizer to show; 0 for all. Counts are always of everything.
        """
        parts = []
        for row in self.rows:
            lines = [_header(row, color)]
            pieces = grouped(row.pieces) if group else row.pieces
            shown = _limited(pieces, limit)
            if one_per_line:
                lines += token_table(shown, color)
            else:
                lines += _token_lines(shown, color, width)
                if ids:
                    lines.append(_wrap_plain(_limited([str(one) for one in row.ids], limit), width))
            hidden = sum(piece.tokens_joined for piece in pieces[len(shown) :])
            if hidden > 0:
                lines.append(f"… {hidden:,} more tokens not shown (limit 0 shows all)")
            parts.append("\n".join(lines))
        text = "\n\n".join(parts) + "\n"
        if properties:
            from .tables import comparison_tables

            text += "\n" + comparison_tables(self.rows, width)
        return text

    def to_html(self, group: bool = False, limit: int = 5000, full_page: bool = False) -> str:
        """A self-contained, escaped HTML view; ``full_page`` adds the document around it."""
        from .html import comparison_html

        return comparison_html(self, group=group, limit=limit, full_page=full_page)

    def _repr_html_(self) -> str:
        return self.to_html()


def _header(row: ComparisonRow, color: bool) -> str:
    facts = [f"{row.n_tokens:,} tokens"]
    if row.bytes_per_token is not None:
        facts.append(f"{row.bytes_per_token:.2f} bytes/token")
    if row.n_unknown:
        facts.append(f"{row.n_unknown:,} unknown")
    name = visible(row.name, spaces=False)
    return f"\x1b[1m{name}\x1b[0m  \x1b[2m{' · '.join(facts)}\x1b[0m" if color else f"{name}  {' · '.join(facts)}"


def _limited(items: list[Any], limit: int) -> list[Any]:
    return items[:limit] if limit else items


def _label(piece: Piece, color: bool) -> str:
    text = visible(piece.text, spaces=not color)
    return text or "∅"  # a token without text, such as a lone continuation mark


def _isolated(label: str) -> str:
    """Right-to-left text apart from the rest of the line, or the terminal would reorder neighbouring tokens with it."""
    return f"{_ISOLATE}{label}{_POP}{_LEFT_TO_RIGHT}" if is_right_to_left(label) else label


def _painted(label: str, index: int) -> str:
    return f"\x1b[38;2;0;0;0;48;2;{PALETTE[index % len(PALETTE)]}m{_isolated(label)}\x1b[0m"


def _token_lines(pieces: list[Piece], color: bool, columns: int | None) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for index, piece in enumerate(pieces):
        label = _label(piece, color)
        if piece.tokens_joined > 1:
            label += f"×{piece.tokens_joined}"
        hint = f"={visible(piece.completes)}" if piece.completes else ""
        gap = "" if color or not line else " "
        need = width(gap) + width(label) + width(hint)
        if columns is not None and line and used + need > columns:
            lines.append(line)
            line, used, gap = "", 0, ""
        while columns is not None and width(label) > columns:
            head, label = cut(label, columns)
            lines.append(_painted(head, index) if color else head)
        line += gap + (_painted(label, index) if color else label)
        if hint:
            line += f"\x1b[2m{_isolated(hint)}\x1b[0m" if color else hint
        used += width(gap) + width(label) + width(hint)
        if columns is not None and "\n" in piece.text:  # keep the text's own shape
            lines.append(line)
            line, used = "", 0
    return [*lines, line] if line else lines


def _wrap_plain(words: list[str], columns: int | None) -> str:
    if columns is None:
        return " ".join(words)
    import textwrap

    return textwrap.fill(" ".join(words), columns, break_on_hyphens=False)


def token_table(pieces: list[Piece], color: bool) -> list[str]:
    """A line a token: number, text, id, code points ``start:end``, kind."""
    labels = [_label(piece, color) for piece in pieces]
    wide = min(max((width(label) for label in labels), default=0), 40)
    lines = []
    for index, (piece, label) in enumerate(zip(pieces, labels, strict=True)):
        space = " " * max(0, wide - width(label))
        name = _painted(label, index) if color else label
        place = f"{piece.start}:{piece.end}" if piece.end > piece.start else "-"
        joined = f"  ×{piece.tokens_joined}" if piece.tokens_joined > 1 else ""
        note = f"  {piece.kind}" if piece.kind != "text" else ""
        hint = f" ={visible(piece.completes)}" if piece.completes else ""
        lines.append(f"{index:>5}  {name}{space}  {piece.id:>7}  {place:>11}{joined}{note}{hint}".rstrip())
    return lines


def compare(
    text: str,
    tokenizers: Choices = None,
    add_special_tokens: bool = True,
    with_properties: bool = True,
) -> Comparison:
    """Encode ``text`` with each tokenizer and put the results side by side.

    Args:
        text: the text; lone surrogates are read as U+FFFD.
        tokenizers: objects, names or paths; None compares the embedded tokenizers.
        add_special_tokens: with what each tokenizer adds (``[CLS]``, ``<s>``).
        with_properties: probe method, casing, digits and so on (a few dozen short encodings each).

    Example:
        >>> import tokenspace as ts
        >>> print(ts.compare("Hello, world!", ["tokenspace/bpe", "byte"]))  # doctest: +SKIP
    """
    text = text.encode("utf-8", "replace").decode() if not text.isascii() and _has_surrogate(text) else text
    n_bytes, n_chars = len(text.encode("utf-8")), len(text)
    rows = []
    for name, tokenizer in resolve(tokenizers):
        encoding = tokenizer.encode(text, add_special_tokens=add_special_tokens)
        pieces = pieces_of(tokenizer, encoding)
        # Tokens the template adds are not paid by the text.
        own = sum(piece.kind != "special" or piece.end > piece.start for piece in pieces)
        rows.append(
            ComparisonRow(
                name,
                pieces,
                len(pieces),
                round(n_bytes / own, 4) if own else None,
                round(n_chars / own, 4) if own else None,
                sum(piece.kind == "unknown" for piece in pieces),
                properties(tokenizer) if with_properties else [],
            )
        )
    return Comparison(text, rows)


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
