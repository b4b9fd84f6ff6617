"""What each command of the command line does."""

from __future__ import annotations

import ast
import importlib
import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .. import pipeline
from ..checkpoints import external, registry, weights
from ..crf import native_engine
from ..evaluation import dataset_check, labelled_photos
from ..evaluation import evaluate as scoring
from ..evaluation.labelled_photos import LabelForm
from ..evaluation.split import split
from ..labels import read_classes
from ..photos.listing import photos_in
from ..specs import Checkpoint, WeightsError
from ..visualize import summary
from . import predict as batch
from . import result_folders, standard_input

# The files that `video` is asked to read: it needs the extra of that name, photos do not.
VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def list_checkpoints(chosen: Namespace) -> int:
    """Print the zoo."""
    rows = [summary.row(each) for each in registry.checkpoints()]
    if chosen.json:
        print(json.dumps(rows, indent=2))
        return 0
    print(f"{'name':26}{'classes':>8}{'parameters':>12}{'file':>9}{'val mIoU':>10}  weights")
    for row in rows:
        miou = f"{100 * row['val_miou']:.1f}" if row["val_miou"] is not None else "-"
        size = f"{row['file_bytes'] / 1e6:.1f} MB" if row["file_bytes"] is not None else "-"
        print(
            f"{row['name']:26}{len(row['classes']):>8}{row['parameters'] / 1e6:>10.2f} M"
            f"{size:>9}{miou:>10}  {row['status']}"
        )
    engine = "native" if native_engine.ready() else "lattice"
    print(f"CRF engine on the processor: {engine} (native: {native_engine.status()})")
    return 0


def predict(chosen: Namespace) -> int:
    """Segment photos; of several, a bad one does not stop the rest."""
    if any(_is_video(path) for path in chosen.photos):
        return _predict_videos(chosen)
    with standard_input.spooled(chosen.photos) as paths:
        return _predict(chosen, paths)


def _predict(chosen: Namespace, paths: list[Path]) -> int:
    listing = photos_in(paths, chosen.recursive, chosen.out)
    if listing.remark:
        print(f"{len(listing.photos)} photos; {listing.remark}", file=sys.stderr)
    job = _job(chosen)
    photos = [each.path for each in listing.photos]
    if photos != paths[:1]:
        folders = result_folders.folders_for(listing.photos, chosen.out)
        return _predict_several(job, photos, folders, chosen)
    folder = result_folders.folder_for(photos[0], chosen.out)
    done = batch.predict(job, photos[0], folder, chosen.overwrite)
    if chosen.json:
        print(batch.as_json(photos[0], folder, done))
        return 0
    facts = json.loads((folder / batch.FACTS).read_text(encoding="utf-8"))
    print(f"{folder}: {_shares(facts)}{'' if done else ' (was there; --overwrite to redo)'}")
    return 0


def _job(chosen: Namespace) -> batch.Job:
    segmenter = pipeline.load(chosen.model, chosen.device)
    crf = pipeline.crf_settings(segmenter.checkpoint, chosen.crf)
    return batch.Job(segmenter, crf, chosen.working_side, chosen.safe_colours)


def _predict_several(
    job: batch.Job, photos: list[Path], folders: list[Path], chosen: Namespace
) -> int:
    failures, segmented = [], 0
    for photo, folder in zip(tqdm(photos, unit="photo", disable=None), folders, strict=True):
        try:
            done = batch.predict(job, photo, folder, chosen.overwrite)
            segmented += done
            line = batch.as_json(photo, folder, done) if chosen.json else ""
        except (ValueError, OSError) as error:
            failures.append(" ".join(str(error).split()))
            line = json.dumps({"photo": str(photo), "error": failures[-1]})
        if chosen.json:
            print(line, flush=True)  # whoever reads along need not wait for the last photo
    if not chosen.json:
        skipped = len(photos) - segmented - len(failures)
        counted = f"{segmented} photos segmented, {skipped} already there, {len(failures)} failed"
        print(f"{chosen.out}: {counted}")
    for failure in failures:
        print(f"seg_models predict: {failure}", file=sys.stderr)
    return 0 if not failures else 1 if len(failures) < len(photos) else 2


def _shares(facts: dict[str, Any]) -> str:
    return ", ".join(f"{each['class']} {100 * each['share']:.1f} %" for each in facts["classes"])


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.is_dir()


def _predict_videos(chosen: Namespace) -> int:
    from . import video

    if not all(_is_video(path) for path in chosen.photos):
        raise ValueError("photos and videos are named in one call; give each a call of its own")
    job = _job(chosen)
    failures = 0
    for path in chosen.photos:
        try:
            clip = video.predict(job, path, chosen.out, chosen.overwrite)
        except (ValueError, OSError) as error:
            failures += 1
            print(f"seg_models predict: {' '.join(str(error).split())}", file=sys.stderr)
            continue
        if chosen.json:
            line = {"video": str(path), "file": str(clip.file), "segmented": clip.segmented}
            print(json.dumps({**line, "result": clip.facts}), flush=True)
            continue
        remark = "" if clip.segmented else " (was there; --overwrite to redo)"
        print(f"{clip.file}: {clip.facts['frames']} frames; {_shares(clip.facts)}{remark}")
    return 0 if not failures else 1 if failures < len(chosen.photos) else 2


def evaluate(chosen: Namespace) -> int:
    """Score a network on labelled photos."""
    if chosen.record and chosen.limit:
        raise ValueError("--record needs the figures of all photos; leave out --limit")
    found = labelled_photos.spread(_part(chosen.data, chosen.part), chosen.limit)
    segmenter = pipeline.load(chosen.model, chosen.device)
    crf = pipeline.crf_settings(segmenter.checkpoint, chosen.crf)
    labels = segmenter.checkpoint.labels
    form = LabelForm(chosen.void, labels if chosen.colour_labels else None)

    def watched(what: str) -> Callable[[Iterable], Iterable]:
        return lambda pairs: tqdm(pairs, desc=what, unit="photo", disable=None)

    dataset_check.check(found, len(labels.classes), form, watched("checking"))
    result = scoring.evaluate(segmenter, found, crf, watched("segmenting"), form)
    facts = scoring.figures(result, segmenter.checkpoint)
    if chosen.record:
        scoring.record(result, segmenter.checkpoint, crf)
    print(json.dumps(facts, indent=2) if chosen.json else scoring.table(facts))
    return 0


def train(chosen: Namespace) -> int:
    """Train a network, and say how."""
    from . import train as training

    return training.train(chosen)


def _part(data: Path, part: str) -> labelled_photos.Pairs:
    """Return the labelled photos of a folder, or of a part of it."""
    if part == "all":
        return labelled_photos.pairs(data)
    return getattr(split(data), part)


def labels(chosen: Namespace) -> int:
    """Make label pictures of an annotation tool's export."""
    from ..annotations import convert

    listed = read_classes(chosen.classes, "own") if chosen.classes else None
    export = convert.read(chosen.form, chosen.source, listed, dict(chosen.map))
    done = convert.convert(
        export, chosen.images, chosen.out, listed, chosen.unlabelled,
        lambda found: tqdm(found, desc="drawing", unit="picture", disable=None),
    )  # fmt: skip
    print(f"{chosen.out}: {done.photos} photos and their labels: {', '.join(done.labels.classes)}")
    if done.without:
        print(f"photos without annotations, left out: {done.without}")
    if done.passed_over:
        print(f"boxes, lines and points, which bound no area, passed over: {done.passed_over}")
    return 0


def export(chosen: Namespace) -> int:
    """Write a network as an ONNX file, and compare what it answers."""
    from ..export import onnx_model

    checkpoint = external.find(chosen.name)
    alike = onnx_model.export(checkpoint, chosen.onnx)
    print(
        f"{chosen.onnx}: {chosen.onnx.stat().st_size / 1e6:.1f} MB, opset {onnx_model.OPSET}; "
        f"images (1, 3, height, width) to scores (1, {len(checkpoint.labels.classes)}, height, "
        f"width); onnxruntime labels {100 * alike:.2f} % of the pixels as PyTorch does"
    )
    return 0


def fetch(chosen: Namespace) -> int:
    """Fetch weights; one that cannot be had does not stop the rest."""
    failed = False
    for checkpoint in _named(chosen.names):
        try:
            print(f"{checkpoint.name}: {weights.locate(checkpoint)}")
        except WeightsError as error:
            failed = True
            print(f"seg_models fetch: {' '.join(str(error).split())}", file=sys.stderr)
    return 2 if failed else 0


def publish(chosen: Namespace) -> int:
    """Upload checkpoints, or the page as a Space, to the Hub."""
    from ..publish import checkpoints, space

    if chosen.space:
        lines = space.publish(chosen.space, chosen.dry_run)
    else:
        lines = checkpoints.publish(chosen.namespace, _named(chosen.names), chosen.dry_run)
    for line in lines:
        print(line)
    return 0


def benchmark(chosen: Namespace) -> int:
    """Run a module of `benchmarks/`, or list them."""
    known = {each.stem: each for each in sorted(BENCHMARKS.glob("[a-z]*.py"))}
    if not known:
        raise ValueError("the benchmarks are no part of the installed package; run a checkout's")
    sys.path.insert(0, str(BENCHMARKS.parent))  # where they import each other from
    if chosen.name is None:
        for name, path in known.items():
            purpose = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"{name:14}{purpose.splitlines()[0] if purpose else ''}")
        return 0
    if chosen.name not in known:
        raise ValueError(f"no benchmark called {chosen.name!r}; known are {', '.join(known)}")
    module = importlib.import_module(f"{BENCHMARKS.name}.{chosen.name}")
    return int(module.main(chosen.arguments) or 0)


def _named(names: list[str]) -> tuple[Checkpoint, ...]:
    return tuple(external.find(name) for name in names) if names else registry.checkpoints()


COMMANDS = {
    "list": list_checkpoints,
    "predict": predict,
    "evaluate": evaluate,
    "train": train,
    "labels": labels,
    "export": export,
    "fetch": fetch,
    "publish": publish,
    "benchmark": benchmark,
}
