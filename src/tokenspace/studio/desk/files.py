"""``/api/files``: the shelf."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from ..shelf import ShelfFile
from ..state import StudioDep
from .contracts import FileAnswer, FileList, FileView

__all__ = ["router"]

router = APIRouter(prefix="/api/files", tags=["desk"])
_PIECE = 1 << 20  # written at once
FileId = Annotated[str, Path(min_length=1, max_length=64)]


def _view(file: ShelfFile) -> FileView:
    return FileView(
        id=file.id, name=file.name, folder=file.folder, bytes=file.bytes, kind=file.kind, origin=file.origin
    )


@router.get("")
def list_files(studio: StudioDep) -> FileList:
    """Files given on the command line and uploaded ones."""
    files, cut = studio.shelf.files()
    return FileList(files=[_view(file) for file in files], cut=cut)


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_file(
    studio: StudioDep, request: Request, name: Annotated[str, Query(min_length=1, max_length=255)]
) -> FileAnswer:
    """Keep the body as a file; the same bytes again are the same file."""
    with await run_in_threadpool(studio.shelf.upload, name) as upload:
        waiting: list[bytes] = []
        size = 0
        async for part in request.stream():
            waiting.append(part)
            size += len(part)
            if size >= _PIECE:
                await run_in_threadpool(upload.write, b"".join(waiting))
                waiting, size = [], 0
        await run_in_threadpool(upload.write, b"".join(waiting))
        kept = await run_in_threadpool(upload.finish)
    return FileAnswer(file=_view(kept))


@router.delete("/{id}", status_code=204)
def forget_file(studio: StudioDep, id: FileId) -> Response:
    """Remove an upload; 409 for a file given on the command line."""
    studio.shelf.forget(id)
    studio.keep.forget(f"file:{id}")
    return Response(status_code=204)
