"""The sandboxed Jinja environment of chat templates, with what transformers gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.parser
import jinja2.runtime
import jinja2.sandbox
import jinja2.utils

from ..errors import ChatTemplateError, message

__all__ = ["Compiled", "compile_template", "line_of"]


class _Generation(jinja2.ext.Extension):
    """``{% generation %} ... {% endgeneration %}``: marks what the assistant wrote."""

    tags = {"generation"}  # noqa: RUF012 (Jinja's own declaration)

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        self.blocks: list[str] | None = None
        self.spans: list[tuple[int, int]] = []

    def parse(self, parser: jinja2.parser.Parser) -> jinja2.nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_mark"), [], [], body).set_lineno(line)

    @jinja2.pass_eval_context
    def _mark(self, context: jinja2.nodes.EvalContext, caller: jinja2.runtime.Macro) -> str:
        text: str = caller()
        if self.blocks is not None:
            begin = sum(map(len, self.blocks))
            self.spans.append((begin, begin + len(text)))
        return text

    @contextmanager
    def recording(self, blocks: list[str]) -> Iterator[list[tuple[int, int]]]:
        self.blocks, self.spans = blocks, []
        try:
            yield self.spans
        finally:
            self.blocks = None


class _Dict:
    """``dict(...)`` without the attributes of the class."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)

    def fromkeys(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict.fromkeys(*args, **kwargs)


class _Namespace(jinja2.utils.Namespace):
    """A namespace that refuses names with a leading underscore: they would reach into the interpreter."""

    def __init__(*args: Any, **kwargs: Any) -> None:  # namespace(self=...) is legal in templates
        self, rest = args[0], args[1:]
        values = dict(*rest, **kwargs)
        for name in values:
            _check_name(name)
        jinja2.utils.Namespace.__init__(self, values)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_name(name)
        super().__setitem__(name, value)


def _check_name(name: Any) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"a namespace attribute may not begin with an underscore: {name!r}")


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(text: str) -> None:
    raise jinja2.exceptions.TemplateError(text)


def _now(format: str) -> str:
    return datetime.now().strftime(format)


class Compiled:
    """A compiled template. Each has its own environment, as its generation marks are state."""

    def __init__(self, text: str) -> None:
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, jinja2.ext.loopcontrols]
        )
        environment.filters["tojson"] = _to_json
        environment.globals.update(raise_exception=_raise, strftime_now=_now, dict=_Dict(), namespace=_Namespace)
        self._marks: Any = next(e for e in environment.extensions.values() if isinstance(e, _Generation))
        self._template = environment.from_string(text)

    def render(self, **variables: Any) -> str:
        """The text."""
        return self._template.render(**variables)

    def render_marked(self, **variables: Any) -> tuple[str, list[tuple[int, int]]]:
        """The text and the code points [begin, end) of its generation blocks."""
        blocks: list[str] = []
        with self._marks.recording(blocks) as spans:
            for block in self._template.generate(**variables):
                blocks.append(block)
        return "".join(blocks), spans


@lru_cache(maxsize=64)
def _compile_cached(text: str) -> Compiled:
    return Compiled(text)


def compile_template(text: str, fresh: bool = False) -> Compiled:
    """A template ready to render. ``fresh`` gives one of its own, for calls that record generation blocks."""
    try:
        return Compiled(text) if fresh else _compile_cached(text)
    except jinja2.exceptions.TemplateSyntaxError as error:
        said = f"{error.message} in line {error.lineno}"
        raise ChatTemplateError(message("chat template", "valid Jinja", said), error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise beyond_bounds(error) from error
    except (SyntaxError, ValueError) as error:
        said = f"{type(error).__name__}: {error}"  # of Python's own compiler
        raise ChatTemplateError(message("chat template", "Jinja that can be compiled", said)) from error


def beyond_bounds(error: RecursionError | MemoryError, line: int | None = None) -> ChatTemplateError:
    """The error of a template that asks for too much."""
    place = f" in line {line}" if line else ""
    if isinstance(error, MemoryError):
        expected, received = "a template that fits in memory", f"one that takes more than there is{place}"
        text = message("chat template", expected, received, "fewer or smaller loops, and shorter texts")
    else:
        expected, received = "a template that ends", f"one nested or calling itself too deeply{place}"
        text = message("chat template", expected, received, "fewer levels")
    return ChatTemplateError(text, line)


def line_of(error: BaseException) -> int | None:
    """The line of the template in which a rendering failed, from 1: the innermost one of its traceback."""
    line = getattr(error, "lineno", None) if isinstance(error, jinja2.exceptions.TemplateSyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
