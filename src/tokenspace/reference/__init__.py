"""Plain-Python twins of the core's algorithms: written to be read, used as the oracle of the property tests.

Every twin returns its steps as data (which pair was merged, which prefixes were tried), so that they can be shown one by one.

>>> from tokenspace.reference.bpe import merge_steps
>>> [step.merged for step in merge_steps(list("hug"), {("u", "g"): 0, ("h", "ug"): 1})]
['ug', 'hug']
"""
