"""What every room's contracts are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Contract", "Fault", "FaultBody", "ModelName", "Text"]

TEXT_CHARACTERS = 10_000_000
_UNKNOWN_FIELDS = 20  # told one by one


class Contract(BaseModel):
    """Base of requests and answers: unknown fields, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, data: Any) -> Any:
        # pydantic describes each unknown field: half a million of them would hold everybody else up for ten seconds.
        if isinstance(data, dict) and len(data) > len(cls.model_fields) + _UNKNOWN_FIELDS:
            raise ValueError(f"expected at most {len(cls.model_fields)} fields, received {len(data):,}")
        return data


Text = Annotated[str, Field(max_length=TEXT_CHARACTERS)]
ModelName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="An embedded name, a hub id in the cache, `file:<file id>` (`?pattern=` for .tiktoken) or `job:<job id>`.",
    ),
]


class FaultBody(Contract):
    """What went wrong, in one readable line."""

    class_: str = Field(alias="class", description="Name of the error's class.")
    message: str
    status: int
    hint: str | None = Field(None, description="A command that mends it.")


class Fault(Contract):
    """The body of every answer that is not a success."""

    error: FaultBody
