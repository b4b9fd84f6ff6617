"""What the server answers for the tour: two pages, their words and facts, and the figures."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ..i18n import NAMES, known
from ..segment import photos, pictures
from ..server import guard, streams
from . import english, english_lecture, explorer, figures, korean, korean_lecture, networks

TEXTS = {
    "en": {**english.TEXTS, **english_lecture.TEXTS},
    "ko": {**korean.TEXTS, **korean_lecture.TEXTS},
}
FRESH = {"Cache-Control": "no-cache"}
FIGURES = {
    "truth": figures.truth,
    "run": figures.run,
    "growth": figures.growth,
    "field": figures.field,
    "crf": figures.crf,
    "message": figures.message,
    "stages": explorer.stages,
    "maps": explorer.maps,
    "cell": explorer.cell,
}


def routes(static: Any) -> list[Route]:
    """Return the tour's routes; `static` is the folder of the page's scripts and styles."""

    def document(name: str) -> Any:
        async def endpoint(request: Request) -> Response:
            return FileResponse(static / "tour" / name, media_type="text/html", headers=FRESH)

        return endpoint

    return [
        Route("/tour", document("index.html")),
        Route("/tour/lecturer", document("lecturer.html")),
        Route("/page/tour/facts.json", _facts),
        Route("/page/tour/texts/{language}.json", _texts),
        *(
            Route(f"/page/tour/{name}", streams.route(f"tour-{name}", answer), methods=["POST"])
            for name, answer in FIGURES.items()
        ),
    ]


async def _facts(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(facts), headers=FRESH)


def facts() -> dict[str, Any]:
    """Return what a browser must know before a figure is asked for."""
    return {
        "networks": networks.offered(),
        "papers": networks.papers(),
        "examples": photos.example_facts(),
        "ramp": pictures.ramp(),
        "side": figures.SIDE,
        "iterations": figures.MOST,
        "largestFile": guard.LARGEST_FILE_BYTES,
    }


async def _texts(request: Request) -> Response:
    language = known(request.path_params["language"])
    return JSONResponse({"texts": TEXTS[language], "names": NAMES[language]}, headers=FRESH)
