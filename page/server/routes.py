"""What the page's modules ask for: its words, its photos, its runs, and what stands below them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from seg_models.checkpoints import registry
from seg_models.specs import VOID

from ..i18n import NAMES, TABLES, known
from ..i18n.errors import translated
from ..models import bringing, catalogue
from ..segment import film, network, photos, pictures
from ..segment import run as runs
from ..segment.results import RESULTS
from ..tabs import check, compare, look_inside, masks, take_home
from ..tour import routes as tour
from . import files, guard, live, streams
from .errors import sentence
from .turns import WISHES, Cancelled, Work

STATIC = Path(__file__).parents[1] / "static"
PRIVATE = {"Cache-Control": "private, max-age=3600"}
SAID = ("sentence", "remark")  # of a message: what the engine says, in English
FRESH = {"Cache-Control": "no-cache"}  # kept by the browser, but asked for whether it changed


def routes() -> list[Route]:
    """Return the page's routes, for Gradio's server to hold beside its own.

    Each by itself, not mounted together: below a path of another server only single ones are found.
    """
    return [
        Route("/page/static/{path:path}", _static),
        Route("/page/facts.json", _facts),
        Route("/page/texts/{language}.json", _texts),
        Route("/page/examples/{key}.webp", _thumbnail),
        Route("/page/photos/{key}.json", _photo_facts),
        Route("/page/photos/{key}.{kind}", _photo),
        Route("/page/photos", _receive_photo, methods=["POST"]),
        Route("/page/masks", _receive_mask, methods=["POST"]),
        Route("/page/run", streams.route("run", _run), methods=["POST"]),
        Route("/page/compare", streams.route("compare", compare.answer), methods=["POST"]),
        Route("/page/fields", streams.route("fields", look_inside.fields), methods=["POST"]),
        Route("/page/growth", streams.route("growth", look_inside.growth), methods=["POST"]),
        Route("/page/take", streams.route("take", take_home.answer), methods=["POST"]),
        Route("/page/check", streams.route("check", check.answer), methods=["POST"]),
        Route("/page/bring", streams.route("bring", bringing.answer), methods=["POST"]),
        Route("/page/stop", _stop, methods=["POST"]),
        Route("/page/levels", _asked(_levels), methods=["POST"]),
        Route("/page/live", _live, methods=["POST"]),
        Route("/page/probe", _asked(_probe), methods=["POST"]),
        Route("/page/film/{run}.gif", _film),
        Route("/page/files/{folder}/{name}", _file),
        *tour.routes(STATIC),
    ]


async def _static(request: Request) -> Response:
    return await MODULES.get_response(request.path_params["path"], request.scope)


class _Modules(StaticFiles):
    """The page's scripts and styles: after an update no browser goes on with the old ones."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        response = super().file_response(*arguments, **named)
        response.headers.update(FRESH)
        return response


MODULES = _Modules(directory=STATIC)


def _run(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, Any]]:
    """Yield a run's messages, what the engine says in them in the visitor's language."""
    for message in runs.run(runs.read(asked), work):
        said = {key: translated(language, message[key]) for key in SAID if message.get(key)}
        yield {**message, **said}


async def _facts(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(facts), headers=FRESH)


def facts() -> dict[str, Any]:
    """Return what a browser must know before anything is asked."""
    return {
        "networks": catalogue.offered(),
        "model": catalogue.default(),
        "renamed": registry.RENAMED,
        "examples": photos.example_facts(),
        "most": runs.MOST,
        "ranges": runs.RANGES,
        "ramp": pictures.ramp(),
        "fields": look_inside.FIELDS,
        "decoders": look_inside.DECODERS,
        "largestFile": guard.LARGEST_FILE_BYTES,
        "void": VOID,
        "live": not network.ZERO_GPU,  # there each frame would cost a visitor of his quota
    }


async def _texts(request: Request) -> Response:
    language = known(request.path_params["language"])
    return JSONResponse({"texts": TABLES[language], "names": NAMES[language]}, headers=FRESH)


async def _thumbnail(request: Request) -> Response:
    example = photos.example_of(request.path_params["key"])
    if example is None:
        return _missing()
    content = await run_in_threadpool(photos.thumbnail, example)
    return Response(content, media_type="image/webp", headers=PRIVATE)


async def _photo_facts(request: Request) -> Response:
    try:
        photo = await run_in_threadpool(photos.find, request.path_params["key"])
    except ValueError as error:
        return _refused(sentence(error, known(None)))
    return JSONResponse(photos.facts(photo))


async def _photo(request: Request) -> Response:
    key, kind = request.path_params["key"], request.path_params["kind"]
    path = await run_in_threadpool(photos.file_of, key, kind) if kind in ("jpg", "png") else None
    return FileResponse(path, headers=PRIVATE) if path and path.is_file() else _missing()


async def _receive_photo(request: Request) -> Response:
    return await _received(request, lambda path, name: photos.facts(photos.receive(path, name)))


async def _receive_mask(request: Request) -> Response:
    return await _received(
        request, lambda path, name: {"key": masks.receive(path, name), "name": name}
    )


async def _received(request: Request, take: Any) -> Response:
    """Write a request's body to a file of the name it gives, and answer with what `take` says."""
    language = known(request.query_params.get("language"))
    name = guard.plain_name(request.query_params.get("name", ""))
    try:
        with tempfile.TemporaryDirectory(prefix="coarse-to-crisp-") as folder:
            path = Path(folder) / name
            with path.open("wb") as file:
                async for chunk in request.stream():
                    file.write(chunk)
                    if file.tell() > guard.LARGEST_FILE_BYTES:
                        raise ValueError(guard.too_large(name))
            return JSONResponse(await run_in_threadpool(take, path, name))
    except Exception as error:
        return _refused(sentence(error, language))


async def _live(request: Request) -> Response:
    language = known(request.query_params.get("language"))
    model, visitor = (request.query_params.get(each, "") for each in ("model", "visitor"))
    content = bytearray()
    try:
        if request.headers.get("content-type") != live.KIND or network.ZERO_GPU:
            raise ValueError("a frame is sent as image/jpeg")
        async for chunk in request.stream():
            content += chunk
            if len(content) > live.LARGEST_FRAME_BYTES:
                raise ValueError("a frame is at most 2 MB")
        visitor = streams.visitor({"visitor": visitor})
        return JSONResponse(await run_in_threadpool(live.labels, bytes(content), model, visitor))
    except Cancelled:
        return JSONResponse({"kind": "stopped"})
    except Exception as error:
        return _refused(sentence(error, language))


async def _stop(request: Request) -> Response:
    asked = await streams.body(request)
    WISHES.stop(streams.visitor(asked), str(asked.get("kind")), streams.wish(asked))
    return JSONResponse({})


def _asked(answer: Any) -> Any:
    """Return an endpoint that answers at once what is asked of a result."""

    async def endpoint(request: Request) -> Response:
        asked = await streams.body(request)
        try:
            return JSONResponse(await run_in_threadpool(answer, asked))
        except Exception as error:
            return _refused(sentence(error, known(asked.get("language"))))

    return endpoint


def _levels(asked: dict[str, Any]) -> dict[str, Any]:
    result = RESULTS.find(asked.get("run"))
    return {"run": result.run, "levels": pictures.levels(result, str(asked.get("view")))}


def _probe(asked: dict[str, Any]) -> dict[str, Any]:
    result = RESULTS.find(asked.get("run"))
    x, y, iteration = (int(asked.get(each) or 0) for each in ("x", "y", "iteration"))
    return {"run": result.run, **pictures.probe(result, x, y, max(0, iteration))}


async def _film(request: Request) -> Response:
    result = RESULTS.lookup(request.path_params["run"])
    if result is None:
        return _missing()
    safe = request.query_params.get("palette") != "own"
    content = await run_in_threadpool(film.gif, result.segmentation, safe)
    return Response(content, media_type="image/gif", headers=PRIVATE)


async def _file(request: Request) -> Response:
    path = files.passing(request.path_params["folder"], request.path_params["name"])
    if path is None:
        return _missing()
    return FileResponse(path, filename=path.name, headers=PRIVATE)


def _refused(why: str) -> Response:
    """Tell a visitor why not: an answer like any other, since nothing is wrong with the page."""
    return JSONResponse({"refused": why})


def _missing() -> Response:
    return JSONResponse({"refused": "there is nothing here, or nothing any more"}, 404)
