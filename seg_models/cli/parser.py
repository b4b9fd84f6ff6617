"""What the command line can be asked for, and what `--help` says of it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ..version import __version__

EXAMPLES = """examples:
  python -m seg_models list
  python -m seg_models predict cat.jpg --model deeplab_v3-everyday --crf 10 --out results
  python -m seg_models predict holiday/ --model deeplab_v3-everyday
  python -m seg_models evaluate --model deeplab_v1-camvid --data camvid/val --crf 5
"""
PREDICT = """Per photo it writes score_map.png, upsampled.png, refined.png, overlay.png,
labels.png (a pixel is its class index) and result.json. A photo whose result is already there,
from the same weights and settings, is skipped, so an interrupted run goes on where it stopped.
A photo never takes the place of another of its name: its result goes to cat-2/, or cat-png/.
A video becomes a clip of overlays, with its own sound; that needs the extra `video`."""
PREDICT_EXAMPLES = """examples:
  predict cat.jpg --model deeplab_v3-everyday        writes to results/
  predict cat.jpg dog.png --model segnet-animals    writes to results/cat/ and results/dog/
  predict holiday/ --recursive --model unet-camvid          writes to results/monday/cat/ ...
  predict holiday/ --model unet-camvid --crf 5 --out masks --device cpu
  predict clip.mp4 --model segnet_basic-camvid      writes to results/clip.mp4 and clip.json
  curl -s https://example.org/cat.jpg | seg_models predict - --model unet-animals --json

exit status: 0 all is done; 1 some of several photos failed, the others are done; 2 nothing is."""
EVALUATE_EXAMPLES = """DIR holds images/ (the photos) and labels/, with a PNG of its name for each:
a pixel is its class index; 255 is void, which is not scored. All is checked before.

examples:
  evaluate --model deeplab_v1-camvid --data camvid/val --crf 5 --json
  evaluate --model segnet-camvid --data SegNet/val --void 11    as SegNet's tutorial has it"""
TRAIN_EXAMPLES = """DIR holds train/ and val/, each with images/ and labels/ as `evaluate` has them,
or images/ and labels/ alone: then every fifth photo is kept to score on. All photos and labels are
checked before anything is learnt. Ctrl-C saves the state, for --resume, and writes what there is.

examples:
  train --architecture unet --data shapes --classes shapes/classes.txt --from unet-camvid --out mine
  train deeplab_v1-camvid --show
  train deeplab_v1-camvid --data camvid --minutes 30 --out mine --set rate=5e-4
  train deeplab_v1-camvid --data camvid --minutes 30 --finetune --overwrite    from its weights on
  train deeplab_v3-camvid --data camvid --leave-out 0006R0       how good on an unseen street?"""
LABELS = """It writes images/, labels/ and classes.txt, as `train` reads them. Outlines need
pycocotools, which the extra `labels` brings."""
LABELS_EXAMPLES = """forms: coco (a JSON file), cvat ("CVAT for images 1.1", an XML file),
label-studio (a JSON file), voc (a folder with SegmentationClass/ and, if any, CVAT's labelmap.txt),
masks (a folder of label pictures called as the photos are).

examples:
  labels convert instances.json --form coco --images photos --out shapes
  labels convert annotations.xml --form cvat --images photos --out shapes --unlabelled void
  labels convert masks --form masks --map 255=1 --classes two.txt --images photos --out shapes"""
EXPORT = """The file's metadata say how a photo goes in and what the answer means; it takes
photos of any size. It is compared with PyTorch, under onnxruntime, before it is left."""
EXPORT_EXAMPLES = """It needs the extra `export`.

example:
  export segnet_basic-camvid --onnx segnet_basic.onnx"""
PUBLISH_EXAMPLES = """It needs a write token: run `hf auth login` first; --dry-run needs none.

example:
  publish --namespace me deeplab_v1-camvid --dry-run"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str):
        """Leave with exit status 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    whole = Parser(
        prog="seg_models",
        description="Segment photos with classic networks and refine the answer by a dense CRF.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"seg_models {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, purpose: str, more: str = "", epilog: str = "") -> Parser:
        return commands.add_parser(
            name,
            help=purpose,
            description=f"{purpose[0].upper()}{purpose[1:]}. {more}".strip(),
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _list(add("list", "list the trained networks"))
    _predict(add("predict", "segment photos", PREDICT, PREDICT_EXAMPLES))
    _evaluate(add("evaluate", "score a network on labelled photos", epilog=EVALUATE_EXAMPLES))
    _train(add("train", "train a network", epilog=TRAIN_EXAMPLES))
    _labels(
        add("labels", "make label pictures of an annotation tool's export", LABELS, LABELS_EXAMPLES)
    )
    _export(add("export", "write a trained network as an ONNX file", EXPORT, EXPORT_EXAMPLES))
    fetch = add("fetch", "download weights from the Hub, to be used without a network later")
    fetch.add_argument("names", nargs="*", metavar="NAME", help="all, if none is named")
    _publish(add("publish", "upload trained networks to the Hub", epilog=PUBLISH_EXAMPLES))
    _benchmark(add("benchmark", "measure speed or quality"))
    return whole


def _list(command: Parser) -> None:
    command.add_argument("--json", action="store_true", help="as JSON, with every fact")


def _model(command: Parser) -> None:
    command.add_argument(
        "--model", required=True, metavar="NAME", help="as `list` names it, a folder, or a Hub repo"
    )
    command.add_argument(
        "--crf", type=int, default=0, metavar="N", help="CRF iterations; 0, the default, is off"
    )
    _device(command)


def _device(command: Parser) -> None:
    command.add_argument(
        "--device", type=_device_name, default="auto", metavar="DEVICE",
        help="auto (a CUDA GPU if there is one), cpu, cuda, cuda:1, ... or mps (Apple's GPU)",
    )  # fmt: skip


def _device_name(text: str) -> str:
    """Return `text` if it has a device's form; whether it is there, only PyTorch knows."""
    if not re.fullmatch(r"auto|cpu|cuda(:\d{1,2})?|mps", text):
        raise argparse.ArgumentTypeError(
            f"no device called {text!r}; known are auto, cpu, cuda, cuda:1, ..., mps"
        )
    return text


def _predict(command: Parser) -> None:
    command.add_argument(
        "photos",
        nargs="+",
        type=Path,
        metavar="PHOTO",
        help="a file, a folder, - for stdin, or a video",
    )
    command.add_argument(
        "--recursive", action="store_true", help="go into the folders of a folder, too"
    )
    _model(command)
    command.add_argument(
        "--out", type=Path, default=Path("results"), metavar="DIR", help="default: results"
    )
    command.add_argument(
        "--working-side", type=int, default=1024, metavar="PIXELS",
        help="work on larger photos at this long side (1024); labels.png keeps their own size",
    )  # fmt: skip
    command.add_argument(
        "--safe-colours", action="store_true", help="colours that the colour-blind tell apart"
    )
    command.add_argument("--overwrite", action="store_true", help="redo what is already there")
    command.add_argument(
        "--json", action="store_true", help="print a line of JSON for each photo: its facts"
    )


def _data(command: Parser, required: bool = True) -> None:
    command.add_argument("--data", required=required, type=Path, metavar="DIR", help="see below")
    command.add_argument(
        "--void", type=int, metavar="LABEL", help="a label that means no class, beside 255"
    )
    command.add_argument(
        "--colour-labels", action="store_true",
        help="the label pictures are in the classes' colours, not in indices",
    )  # fmt: skip


def _evaluate(command: Parser) -> None:
    _model(command)
    _data(command)
    command.add_argument(
        "--part", choices=("all", "train", "val"), default="all",
        help="val: only the photos that `train` keeps to score on",
    )  # fmt: skip
    command.add_argument(
        "--limit", type=int, metavar="K", help="only K photos, spread evenly over all"
    )
    command.add_argument("--json", action="store_true", help="the figures as JSON")
    command.add_argument(
        "--record", action="store_true", help="write the figures, as val's, to config.json"
    )


def _train(command: Parser) -> None:
    command.add_argument(
        "name", nargs="?", metavar="NAME", help="of a network of this project: its row is followed"
    )
    own = command.add_argument_group("classes of one's own, in place of NAME")
    own.add_argument("--architecture", metavar="NETWORK", help="such as unet or deeplab_v3")
    own.add_argument(
        "--classes", type=Path, metavar="FILE",
        help="their names, one a line, the first is label 0; if wanted with a colour: sky #8080ff",
    )  # fmt: skip
    own.add_argument(
        "--from", dest="begins_with", default="", metavar="START",
        help="a network to begin with (a name, a folder or a Hub repo), imagenet, or nothing; "
        "default: imagenet where there are such weights",
    )  # fmt: skip
    _data(command, required=False)
    command.add_argument(
        "--minutes", type=positive, metavar="M",
        help="end after this long, reading the data and writing the result included",
    )  # fmt: skip
    command.add_argument("--resume", action="store_true", help="go on from the last saved state")
    command.add_argument("--show", action="store_true", help="only print how it is trained")
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE",
        help="change what --show prints, such as rate=1e-3 or augmentation.crop=320; repeatable",
    )  # fmt: skip
    command.add_argument(
        "--finetune", action="store_true", help="begin with the weights that the checkpoint has"
    )
    command.add_argument(
        "--leave-out",
        default="",
        metavar="PREFIX",
        help="validate on the photos of train/ whose names begin so, instead of learning from them",
    )
    command.add_argument("--out", type=Path, metavar="DIR", help="default: weights/NAME")
    command.add_argument(
        "--overwrite", action="store_true", help="replace the network that is in --out"
    )
    _device(command)


def _labels(command: Parser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="convert")
    convert = actions.add_parser(
        "convert", epilog=LABELS_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    convert.add_argument("source", type=Path, metavar="EXPORT", help="a file or a folder")
    convert.add_argument(
        "--form", required=True, choices=("coco", "cvat", "label-studio", "voc", "masks")
    )
    convert.add_argument("--images", required=True, type=Path, metavar="DIR", help="its photos")
    convert.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder")
    convert.add_argument(
        "--classes", type=Path, metavar="FILE",
        help="which classes, in which order, as for `train`; others become void",
    )  # fmt: skip
    convert.add_argument(
        "--unlabelled", default="background", metavar="CLASS",
        help="what lies in no area: a class, or void (background)",
    )  # fmt: skip
    convert.add_argument(
        "--map", type=value_and_label, action="append", default=[], metavar="VALUE=LABEL",
        help="of masks: a value and the label that it stands for, such as 255=1; repeatable",
    )  # fmt: skip


def value_and_label(text: str) -> tuple[int, int]:
    """Return two numbers of 0 to 255, or refuse them as argparse wants."""
    value, _, label = text.partition("=")
    if not (value.isdecimal() and label.isdecimal() and max(int(value), int(label)) <= 255):
        raise argparse.ArgumentTypeError(f"{text} is not two numbers of 0 to 255, such as 255=1")
    return int(value), int(label)


def positive(text: str) -> float:
    """Return a number above 0, or refuse it as argparse wants."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def _export(command: Parser) -> None:
    command.add_argument("name", metavar="NAME", help="as `list` names it, a folder, or a Hub repo")
    command.add_argument("--onnx", required=True, type=Path, metavar="FILE", help="what to write")


def _publish(command: Parser) -> None:
    command.add_argument("names", nargs="*", metavar="NAME", help="all, if none is named")
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--namespace", metavar="NS", help="the Hub account for the networks")
    where.add_argument("--space", metavar="NS/NAME", help="upload the page as this Space instead")
    command.add_argument("--dry-run", action="store_true", help="say what would be uploaded")


def _benchmark(command: Parser) -> None:
    command.add_argument("name", nargs="?", metavar="NAME", help="lists them, if none is named")
    command.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="...", help="the benchmark's own"
    )
