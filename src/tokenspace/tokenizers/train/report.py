"""What a training did, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ...progress import human_number, human_time

__all__ = ["HeldOut", "TrainingReport"]


@dataclass(frozen=True)
class HeldOut:
    """The tokenizer measured on the share of the corpus it was not trained on.

    ``unknown``: tokens that stand for text the vocabulary cannot express. ``bytes_per_token``: of UTF-8.
    """

    texts: int
    bytes: int
    tokens: int
    unknown: int

    @property
    def bytes_per_token(self) -> float:
        return self.bytes / self.tokens if self.tokens else 0.0


@dataclass(frozen=True)
class TrainingReport:
    """Numbers of a training: ``tokenizer.training``.

    Attributes:
        model, vocab_size: as trained; fewer entries than asked for when the corpus had no more to give.
        asked: the vocabulary size asked for.
        texts, bytes, skipped: of the corpus; skipped texts had bytes that are not UTF-8 (errors="skip").
        pieces: distinct pieces counted.
        spilled_bytes: written to the temporary folder to stay within the memory budget.
        seconds: by stage.
        held_out: measured afterwards, None without a held-out share.
        resumed: stages taken from a checkpoint.
    """

    model: str
    vocab_size: int
    asked: int
    texts: int
    bytes: int
    skipped: int
    pieces: int
    spilled_bytes: int
    seconds: dict[str, float] = field(default_factory=dict)
    held_out: HeldOut | None = None
    resumed: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        values = asdict(self)
        if self.held_out is not None:
            values["held_out"]["bytes_per_token"] = round(self.held_out.bytes_per_token, 4)
        return values

    def to_text(self) -> str:
        """Some lines for people."""
        rows = [
            f"{self.model}, {self.vocab_size:,} entries"
            + (f" ({self.asked:,} were asked for)" if self.asked != self.vocab_size else ""),
            f"corpus: {self.texts:,} texts, {human_number(self.bytes)}B, {self.pieces:,} distinct pieces"
            + (f", {self.skipped:,} texts skipped" if self.skipped else "")
            + (f", {human_number(self.spilled_bytes)}B spilled to disk" if self.spilled_bytes else ""),
            "time: "
            + ", ".join(
                f"{stage} {seconds:.2f} s" if seconds < 60 else f"{stage} {human_time(seconds)}"
                for stage, seconds in self.seconds.items()
            )
            + (f" (from the checkpoint: {', '.join(self.resumed)})" if self.resumed else ""),
        ]
        if self.held_out is not None:
            unknown = f", {self.held_out.unknown:,} unknown" if self.held_out.unknown else ""
            rows.append(
                f"held out: {self.held_out.texts:,} texts, {human_number(self.held_out.bytes)}B, "
                f"{self.held_out.tokens:,} tokens, {self.held_out.bytes_per_token:.3f} bytes per token{unknown}"
            )
        return "\n".join(rows)
