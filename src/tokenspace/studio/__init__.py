"""Studio: the local page over the floors below. Needs the extra ``tokenspace[studio]``; nothing here is imported before it is
asked for.

>>> from tokenspace.studio.app import create_app  # doctest: +SKIP
>>> app = create_app()  # doctest: +SKIP
"""
