"""Segmenting a video: frame by frame, to a clip of overlays with the sound and times of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from tqdm import tqdm

from ..checkpoints import storage
from ..specs import LabelSet
from ..upsample import argmax
from ..visualize import draw
from .predict import Job
from .result_folders import content, portable

# What players expect in an .mp4; other sound is left out, not decoded and encoded anew.
SOUND = frozenset({"aac", "ac3", "alac", "flac", "mp3", "opus"})
ENCODER, QUALITY = "libx264", {"crf": "20", "preset": "veryfast"}


@dataclass(frozen=True)
class Clip:
    """What became of a video."""

    file: Path
    facts: dict[str, Any]
    segmented: bool  # False: it was there, from the same video, weights and settings


def predict(job: Job, source: Path, out: Path, overwrite: bool = False) -> Clip:
    """Segment every frame of `source` to `<name>.mp4` in `out`, and its facts to `<name>.json`.

    One frame is held at a time, beside the encoder's few dozen. Frames keep their times, and sound
    is copied where .mp4 takes it. The clip has the size that photos are worked on at, less a row
    or a column where that is odd: H.264 has its colours at half the size.

    Raises:
        ValueError: If `source` is no video, or another result has the clip's name already and
            `overwrite` does not allow to take its place.
        OSError: If a file cannot be read or written.
    """
    if not source.is_file():
        raise ValueError(f"{source} is not a file; give the path of a video")
    file = out / f"{portable(source.stem)}.mp4"
    noted = file.with_suffix(".json")
    if file.resolve() == source.resolve():
        raise ValueError(f"{source} would be overwritten by its own result; choose another --out")
    request = {"video_sha256": content(source), **job.facts()}
    if file.exists() and not overwrite:
        facts = _read(noted)
        if facts.get("request") != request:
            raise ValueError(f"{file} is the result of another call; --overwrite takes its place")
        return Clip(file, facts, segmented=False)
    noted.unlink(missing_ok=True)  # it tells of a clip that is there
    facts = {}

    def save(unfinished: Path) -> None:
        try:
            with av.open(source) as given, av.open(unfinished, "w") as made:
                facts.update(_segment(job, given, made))
        except FFmpegError as error:
            told = f"{source.name} cannot be read as a video: {error.strerror}"
            raise ValueError(told) from error

    storage.atomic_write(file, save)
    facts = {"video": source.name, **facts, "request": request}
    text = json.dumps(facts, indent=2) + "\n"
    storage.atomic_write(noted, lambda path: path.write_text(text, encoding="utf-8"))
    return Clip(file, facts, segmented=True)


def _segment(job: Job, given: InputContainer, made: OutputContainer) -> dict[str, Any]:
    """Write what `given` holds to `made`, segmented, and return the facts."""
    if not given.streams.video:
        raise ValueError(f"{Path(given.name).name} has no pictures")
    pictures = given.streams.video[0]
    pictures.thread_type = "AUTO"
    sound = next((each for each in given.streams.audio if each.codec.name in SOUND), None)
    label_set = job.labels()
    counts = np.zeros(len(label_set.classes), np.int64)  # pixels of each class
    target = copied = None
    early, frames = [], 0  # sound that comes before the first picture: the file begins with both
    with tqdm(total=pictures.frames or None, unit="frame", disable=None) as bar:
        for packet in given.demux([pictures, sound] if sound else [pictures]):
            if isinstance(packet.stream, AudioStream):
                if packet.dts is not None:  # the last packet is empty
                    early.append(packet)
                if copied:
                    _copy(early, copied, made)
                continue
            for frame in packet.decode():
                if not isinstance(frame, VideoFrame):
                    continue
                overlay, labels = _overlay(job, frame, label_set)
                if target is None:
                    target = _target(made, pictures, overlay)
                    copied = made.add_stream_from_template(sound) if sound else None
                made.mux(target.encode(_timed(overlay, frame)))
                counts += np.bincount(labels.ravel(), minlength=len(counts))
                frames += 1
                bar.update()
    if target is None:
        raise ValueError(f"{Path(given.name).name} has no pictures")
    if copied:
        _copy(early, copied, made)
    made.mux(target.encode())  # what the encoder still had
    rate = pictures.average_rate
    return {
        "frames": frames,
        "frames_per_second": float(rate) if rate else None,
        "size": {"height": target.height, "width": target.width},
        "sound": copied is not None,
        "classes": _shares(counts, label_set),
        "checkpoint": job.segmenter.checkpoint.name,
    }


def _overlay(job: Job, frame: VideoFrame, label_set: LabelSet) -> tuple[np.ndarray, np.ndarray]:
    """Return the frame under its labels, the right way up and of even size, and the labels."""
    # Phones film upright by a note in the file; `rotation` is in degrees, counterclockwise.
    upright = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
    segmentation = job.segmenter.segment(np.ascontiguousarray(upright), job.crf, job.working_side)
    labels = argmax(segmentation.final).numpy()
    overlay = draw.overlay(segmentation.photo, labels, label_set)
    height, width = (max(2, length - length % 2) for length in labels.shape)
    return np.ascontiguousarray(overlay[:height, :width]), labels


def _target(made: OutputContainer, pictures: VideoStream, overlay: np.ndarray) -> VideoStream:
    target = made.add_stream(ENCODER, rate=pictures.average_rate or Fraction(25), options=QUALITY)
    target.height, target.width = overlay.shape[:2]
    target.pix_fmt = "yuv420p"
    if pictures.time_base:
        target.codec_context.time_base = pictures.time_base
    return target


def _copy(packets: list[Packet], to: AudioStream, made: OutputContainer) -> None:
    for packet in packets:
        packet.stream = to
        made.mux(packet)
    packets.clear()


def _timed(overlay: np.ndarray, frame: VideoFrame) -> VideoFrame:
    made = VideoFrame.from_ndarray(overlay, format="rgb24")
    made.pts = frame.pts
    if frame.time_base:
        made.time_base = frame.time_base
    return made


def _shares(counts: np.ndarray, label_set: LabelSet) -> list[dict[str, Any]]:
    return [
        {
            "index": int(index),
            "class": label_set.classes[index],
            "share": float(counts[index] / counts.sum()),
        }
        for index in np.argsort(-counts)
        if counts[index]
    ]


def _read(noted: Path) -> dict[str, Any]:
    try:
        facts = json.loads(noted.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
