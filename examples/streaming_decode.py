"""Showing a model's output while it grows: half a character is held back until the rest arrives."""

import tokenspace as ts

tokenizer = ts.Tokenizer.from_pretrained("tokenspace/byte")
stream = tokenizer.decode_stream()
shown = ""
for id in tokenizer.encode("née 🎵 鸟").ids:
    part = stream.step(id)
    print(id, repr(part))
    shown += part or ""
shown += stream.finish() or ""
assert shown == "née 🎵 鸟"
