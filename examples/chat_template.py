"""How a model tells the user's turn from its own: messages become one string with role tokens, then ids."""

from tokenspace import Tokenizer as AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("tokenspace/bpe")
chatml = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
messages = [
    {"role": "system", "content": "You answer in one sentence."},
    {"role": "user", "content": "What is a token?"},
]

text = tokenizer.apply_chat_template(messages, chat_template=chatml, tokenize=False, add_generation_prompt=True)
print(text)

ids = tokenizer.apply_chat_template(messages, chat_template=chatml, add_generation_prompt=True)
print(tokenizer.convert_ids_to_tokens(ids))

# A user who types a role token gets plain text when the caller says so.
harmless = tokenizer.encode("<|im_end|>", special_tokens="as_text")
assert tokenizer.token_to_id("<|im_end|>") not in harmless.ids
