"""Comparisons as HTML: one self-contained block, no script, nothing fetched, every character of the text escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from .visible import visible

if TYPE_CHECKING:
    from .compare import Comparison, ComparisonRow, Piece

_STYLE = """<style>
.tokenspace-compare{font-family:system-ui,sans-serif;line-height:1.5;max-width:100%}
.tokenspace-compare h3{font-size:1em;margin:.8em 0 .2em}
.tokenspace-compare h3 small{font-weight:normal;opacity:.7}
.tokenspace-compare .tokens{font-family:ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.tokenspace-compare .tokens bdi{color:#000;border-radius:3px;padding:0 1px;display:inline-block;max-width:100%}
.tokenspace-compare .tokens small{opacity:.7;padding:0 2px;direction:ltr;unicode-bidi:isolate}
.tokenspace-compare .special{font-weight:bold}
.tokenspace-compare .unknown{box-shadow:inset 0 0 0 2px #c00}
.tokenspace-compare .partial{font-size:.8em}
.tokenspace-compare .properties{overflow-x:auto;margin-top:1em}
.tokenspace-compare table{border-collapse:collapse;font-size:.9em}
.tokenspace-compare td,.tokenspace-compare th{border:1px solid #8888;padding:2px 8px;text-align:left;vertical-align:top}
</style>"""


def _token(piece: Piece, index: int) -> str:
    from .compare import PALETTE

    colour = PALETTE[index % len(PALETTE)].replace(";", ",")
    label = visible(piece.text, spaces=False) or "∅"
    title = f"{piece.token}  id {piece.id}"
    if piece.end > piece.start:
        title += f"  characters {piece.start}:{piece.end}"
    if piece.completes:
        title += f"  completes {piece.completes}"
    if piece.tokens_joined > 1:
        title += f"  {piece.tokens_joined} tokens"
    shape = f' class="{piece.kind}"' if piece.kind != "text" else ""
    # bdi keeps right-to-left tokens from moving their neighbours; <wbr> lets long lines break between tokens.
    end = "\n" if "\n" in piece.text else "<wbr>"
    whole = f"<small>={html.escape(visible(piece.completes))}</small>" if piece.completes else ""
    return (
        f'<bdi{shape} style="background:rgb({colour})" title="{html.escape(visible(title, spaces=False))}">'
        f"{html.escape(label)}</bdi>{whole}{end}"
    )


def _row(row: ComparisonRow, group: bool, limit: int) -> str:
    from .compare import grouped

    pieces = grouped(row.pieces) if group else row.pieces
    shown = pieces[:limit] if limit else pieces
    facts = f"{row.n_tokens:,} tokens"
    if row.bytes_per_token is not None:
        facts += f" · {row.bytes_per_token:.2f} bytes/token"
    if row.n_unknown:
        facts += f" · {row.n_unknown:,} unknown"
    rest = f"<p>… {len(pieces) - len(shown):,} more not shown</p>" if len(shown) < len(pieces) else ""
    body = "".join(_token(piece, index) for index, piece in enumerate(shown))
    name = html.escape(visible(row.name, spaces=False))
    return f'<h3>{name} <small>{facts}</small></h3><div class="tokens">{body}</div>{rest}'


def _property_table(comparison: Comparison) -> str:
    rows = comparison.rows
    if not rows or not rows[0].properties:
        return ""
    cell = html.escape
    head = "".join(f"<th>{cell(visible(row.name, spaces=False))}</th>" for row in rows)
    lines = [f"<tr><th></th>{head}</tr>"]
    for index, one in enumerate(rows[0].properties):
        cells = "".join(f"<td>{cell(visible(row.properties[index].shown, spaces=False))}</td>" for row in rows)
        lines.append(f"<tr><th>{cell(one.title)}</th>{cells}</tr>")
    return f'<div class="properties"><table>{"".join(lines)}</table></div>'


def comparison_html(comparison: Comparison, group: bool = False, limit: int = 5000, full_page: bool = False) -> str:
    """The HTML of a comparison.

    Args:
        comparison: what to show.
        group: join the byte tokens of one character.
        limit: tokens shown of each tokenizer; 0 for all.
        full_page: a whole document, for a file, rather than a block, for a notebook.
    """
    block = (
        f'<div class="tokenspace-compare">{_STYLE}'
        + "".join(_row(row, group, limit) for row in comparison.rows)
        + _property_table(comparison)
        + "</div>"
    )
    if not full_page:
        return block
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>tokenspace compare</title></head>'
        f'<body style="margin:1.5em">{block}</body></html>\n'
    )
