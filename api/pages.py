"""The pages for people; static, and nothing is loaded from elsewhere."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api import problems

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent / "web"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}


def mount(app: FastAPI) -> None:
    """Serve style sheets and scripts."""
    app.mount("/web", StaticFiles(directory=_FOLDER))


def _page(name: str) -> HTMLResponse:
    return HTMLResponse((_FOLDER / name).read_text(encoding="utf-8"), headers=_HEADERS)


@router.get("/")
def index() -> HTMLResponse:
    """First page."""
    return _page("index.html")


@router.get("/docs")
def docs() -> HTMLResponse:
    """The interface, made readable from its OpenAPI description."""
    return _page("docs.html")


@router.get("/problems/{code}")
def problem(code: str) -> dict[str, object]:
    """What a kind of problem is: the `type` of problem details leads here."""
    kind = problems.KINDS.get(code)
    if kind is None:
        raise HTTPException(404)
    return dict(kind._asdict())
