#!/usr/bin/env bash
# Start the page as a Hugging Face Space would and ask it once, in an environment of its own.
#
#   scripts/space_check.sh [FOLDER]      FOLDER keeps the environment between runs (default: a new one)
#
# The environment has what requirements.txt names and nothing else, on Python 3.12 (the front
# matter's) where there is one, with a torch that ZeroGPU offers where pip finds it. PYTHON and TORCH
# choose others; pip's own variables (PIP_EXTRA_INDEX_URL, ...) work as everywhere.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-$(command -v python3.12 || command -v python3)}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || python=python3
torch=${TORCH:-"torch>=2.8,<2.12"} # ZeroGPU's list ends at 2.11

scratch=$(mktemp -d)
page_id=
trap 'kill "$page_id" 2>/dev/null || true; rm -rf "$scratch"' EXIT
environment=${1:-$scratch/environment}

"$python" -m venv "$environment"
"$environment/bin/pip" install --quiet -r requirements.txt "$torch" ||
    "$environment/bin/pip" install --quiet -r requirements.txt
"$environment/bin/pip" install --quiet spaces || echo "spaces, ZeroGPU's package, is not to be had"
"$environment/bin/python" -c 'import sys, torch; print("Python", sys.version.split()[0], "torch", torch.__version__)'

# The Space's folder holds what `publish --space` uploads, and nothing else of this checkout.
"$environment/bin/python" - "$scratch/space" <<'PYTHON'
import shutil, sys
from pathlib import Path
from seg_models.publish import space
for name, path in space.contents().items():
    target = Path(sys.argv[1], name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)
PYTHON

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$scratch/space"
env -u SEG_MODELS_WEIGHTS_DIR -u SEG_MODELS_NAMESPACE -u PYTHONPATH HOME="$scratch" \
    SYSTEM=spaces SPACE_ID=somebody/page SPACE_HOST=somebody-page.hf.space \
    SPACE_AUTHOR_NAME=somebody SPACE_REPO_NAME=page SPACE_TITLE=Page \
    CPU_CORES=2 MEMORY=16Gi ACCELERATOR=none HF_HUB_OFFLINE=1 GRADIO_ANALYTICS_ENABLED=False \
    GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT="$port" \
    "$environment/bin/python" app.py >"$scratch/log" 2>&1 &
page_id=$!

if ! timeout 300 "$environment/bin/python" - "$port" "$page_id" <<'PYTHON'; then
import json, os, sys, time
from pathlib import Path
from gradio_client import Client, handle_file
from PIL import Image
from seg_models.checkpoints import registry
port, page = sys.argv[1:]
for _ in range(240):
    os.kill(int(page), 0)  # raises once the page has ended
    try:
        client = Client(f"http://127.0.0.1:{port}", verbose=False)
        break
    except Exception:
        time.sleep(1)
model = next(each for each in registry.checkpoints() if each.embedded)
examples = json.loads(Path("assets/examples/examples.json").read_text())
photo = next(each["file"] for each in examples if each["domain"] == model.domain)
request = handle_file(Path("assets/examples", photo)), model.name, 2
*pictures, details = client.predict(*request, api_name="/segment")
sizes = {Image.open(each).size for each in pictures}
assert len(pictures) == 3 and len(sizes) == 1, (pictures, sizes)
shares = {each["class"]: round(each["share"], 3) for each in details["classes"]}
print(f"{model.name} labelled {photo}: {shares}")
PYTHON
    cat "$scratch/log"
    echo "space check: the page did not answer as it should" >&2
    exit 1
fi
echo "space check: passed"
