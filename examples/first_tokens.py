"""From text to ids to text: what a language model is given, token by token.

The code is what one writes for transformers; only the import differs. Any hub id, folder or file may be named on the command line.
"""

import sys

from tokenspace import Tokenizer as AutoTokenizer

name = sys.argv[1] if len(sys.argv) > 1 else "tokenspace/bpe"
tokenizer = AutoTokenizer.from_pretrained(name)

prompt = "Write an email apologizing to Sarah for the tragic gardening mishap. Explain how it happened."
input_ids = tokenizer(prompt, return_tensors="np").input_ids
print(input_ids)

for id in input_ids[0]:
    print(repr(tokenizer.decode(id)))

assert tokenizer.decode(input_ids[0], skip_special_tokens=True) or name != "tokenspace/bpe"
