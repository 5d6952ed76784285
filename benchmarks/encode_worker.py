"""One text encoder in its own process and environment, driven as benchmarks/worker.py is.

{"do": "load", "contestant": ..., "model": folder, "cache": folder, "threads": 1}  -> {"version": ...}
{"do": "pass", "path": "texts.json", "batch": 32}                                  -> {"seconds": ...}
{"do": "vectors", "path": "texts.json", "batch": 32, "out": "vectors.npy"}         -> {}
{"do": "memory"}                                                                   -> {"peak_mb": ...}
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from worker import serve

LONGEST = 512  # tokens; the rows of every contestant are cut there
Encode = Any  # (texts, batch size) -> float32 (n, dimension), rows of length 1


def sentence_transformers(model: str, threads: int, precision: str) -> tuple[Encode, str]:
    import sentence_transformers
    import torch

    torch.set_num_threads(threads)
    kwargs = {"dtype": torch.bfloat16} if precision == "bf16" else {}
    encoder = sentence_transformers.SentenceTransformer(model, device="cpu", model_kwargs=kwargs)
    encoder.max_seq_length = LONGEST

    def encode(texts: list[str], batch: int) -> Any:
        found = encoder.encode(
            texts, batch_size=batch, show_progress_bar=False, normalize_embeddings=True, convert_to_tensor=True
        )
        return found.float().numpy()

    return encode, sentence_transformers.__version__


def onnx_file(model: str, cache: Path, precision: str) -> Path:
    """The encoder as ONNX: BERT written out in plain operations and exported by torch; for fp32 fused by onnxruntime's own
    optimizer for transformers, for int8 quantized by its dynamic quantization (a scale a column), which takes no fused file."""
    made = cache / f"encoder.{precision}.onnx"
    if made.exists():
        return made
    plain = cache / f"encoder.{precision}.plain.onnx"
    heads, hidden = export(model, plain)
    if precision == "fp32":
        from onnxruntime.transformers import optimizer

        optimizer.optimize_model(str(plain), "bert", num_heads=heads, hidden_size=hidden).save_model_to_file(str(made))
    else:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(str(plain), str(made), weight_type=QuantType.QInt8, per_channel=True)
    return made


def export(model: str, path: Path) -> tuple[int, int]:
    """Number of heads and hidden size of what was written."""
    import torch
    from transformers import AutoModel

    theirs = AutoModel.from_pretrained(model).eval()
    config = theirs.config
    heads, size = config.num_attention_heads, config.hidden_size // config.num_attention_heads

    class Plain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = theirs

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            e = self.bert.embeddings
            places = e.position_ids[:, : input_ids.shape[1]]
            x = e.LayerNorm(
                e.word_embeddings(input_ids) + e.position_embeddings(places) + e.token_type_embeddings(token_type_ids)
            )
            mask = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * -10000.0
            for layer in self.bert.encoder.layer:
                attention = layer.attention
                parts = [getattr(attention.self, name)(x) for name in ("query", "key", "value")]
                shape = (input_ids.shape[0], input_ids.shape[1], heads, size)
                query, key, value = (part.view(shape).permute(0, 2, 1, 3) for part in parts)
                scores = torch.matmul(query, key.transpose(-1, -2)) / size**0.5 + mask
                mixed = torch.matmul(torch.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
                mixed = mixed.view(input_ids.shape[0], input_ids.shape[1], heads * size)
                x = attention.output.LayerNorm(attention.output.dense(mixed) + x)
                inner = torch.nn.functional.gelu(layer.intermediate.dense(x))
                x = layer.output.LayerNorm(layer.output.dense(inner) + x)
            return x

    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.ones((2, 9), dtype=torch.long)
    torch.onnx.export(
        Plain(), (ids, ids, ids * 0), str(path), input_names=names, output_names=["hidden"], dynamo=False, opset_version=17,
        dynamic_axes={name: {0: "rows", 1: "tokens"} for name in [*names, "hidden"]},
    )  # fmt: skip
    return heads, config.hidden_size


def onnxruntime(model: str, cache: Path, threads: int, precision: str) -> tuple[Encode, str]:
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(onnx_file(model, cache, precision)), options, ["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(Path(model) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true" if threads > 1 else "false")

    def encode(texts: list[str], batch: int) -> Any:
        rows = [row.ids for row in tokenizer.encode_batch_fast(texts)]
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))  # rows of like length together: little padding
        out = None
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            width = len(rows[chosen[0]])
            ids = np.zeros((len(chosen), width), np.int64)
            mask = np.zeros_like(ids)
            for i, row in enumerate(chosen):
                ids[i, : len(rows[row])] = rows[row]
                mask[i, : len(rows[row])] = 1
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = session.run(None, given)[0]
            mean = np.einsum("nt,ntd->nd", mask.astype(np.float32), hidden) / mask.sum(axis=1, keepdims=True)
            if out is None:
                out = np.empty((len(rows), mean.shape[1]), np.float32)
            out[chosen] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return out

    return encode, onnxruntime.__version__


def tokenspace(model: str, threads: int, precision: str) -> tuple[Encode, str]:
    import tokenspace as ts

    if precision == "static":
        encoder = ts.TextEncoder(threads=threads)
    else:
        encoder = ts.TextEncoder(
            model, precision=precision, threads=threads, max_length=LONGEST, on_truncate="ignore", normalize=True
        )
    return lambda texts, batch: encoder.encode(texts), ts.__version__


class Worker:
    encode: Encode

    def do_load(self, job: dict[str, Any]) -> dict[str, Any]:
        library, _, precision = job["contestant"].partition(" ")
        model, cache, threads = job["model"], Path(job["cache"]), job["threads"]
        if library == "tokenspace":
            loaded = tokenspace(model, threads, precision)
        elif library == "onnxruntime":
            loaded = onnxruntime(model, cache, threads, precision)
        else:
            loaded = sentence_transformers(model, threads, precision)
        self.encode, version = loaded
        return {"version": version}

    def do_pass(self, job: dict[str, Any]) -> dict[str, Any]:
        texts = json.loads(Path(job["path"]).read_text(encoding="utf-8"))
        begun = time.perf_counter()
        self.encode(texts, job["batch"])
        return {"seconds": time.perf_counter() - begun}

    def do_vectors(self, job: dict[str, Any]) -> dict[str, Any]:
        import numpy as np

        texts = json.loads(Path(job["path"]).read_text(encoding="utf-8"))
        np.save(job["out"], self.encode(texts, job["batch"]))
        return {}


if __name__ == "__main__":
    serve(Worker())
