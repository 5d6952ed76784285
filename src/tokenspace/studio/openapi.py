"""``python -m tokenspace.studio.openapi``: the OpenAPI document on stdout."""

from __future__ import annotations

import json
import sys

__all__ = ["document", "main"]


def document() -> str:
    """The OpenAPI document of the API, as JSON."""
    from .app import create_app

    app = create_app()
    try:
        return json.dumps(app.openapi(), ensure_ascii=False, indent=1)
    finally:
        app.state.studio.close()


def main() -> int:
    """Print it."""
    sys.stdout.write(document() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
