"""What does a tokenizer do badly? Case, digits, trailing spaces, lost white space, unknown characters, cost by language."""

import tokenspace as ts

texts = ["def f(x):\n    return x + 1\n", "人人生而自由,在尊严和权利上一律平等。", "All human beings are born free."]
card = ts.report(["tokenspace/bpe", "tokenspace/wordpiece"], texts)
print(card.to_text() if hasattr(card, "to_text") else card)
