"""`predict clip.mp4`: every frame, at its time, the right way up, with its sound."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from seg_models import pipeline
from seg_models.cli import main
from seg_models.visualize import draw

ROOT = Path(__file__).parents[2]
MODEL = ("--model", "tiny-animals", "--device", "cpu")
SAMPLES = 1024  # of sound in a frame of AAC


def picture(number, size=(48, 64)):
    """Return frame `number` of the clip: a bright square, further right each time, on a ramp."""
    height, width = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 2] = np.linspace(0, 120, height)[:, None]
    left = 3 * number % (width - 16)
    pixels[8:24, left : left + 16] = (250, 200, 40)
    return pixels


def film(path, frames=12, rate=Fraction(24), size=(48, 64), sound=True, times=None):
    """Write a clip of `picture`s, and of a tone, to `path`."""
    with av.open(path, "w") as made:
        pictures = made.add_stream("libx264", rate=rate, options={"crf": "1"})
        pictures.height, pictures.width = size
        pictures.pix_fmt = "yuv420p"
        tone = made.add_stream("aac", rate=44100, layout="mono") if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number, size), format="rgb24")
            frame.pts = times[number] if times else number
            frame.time_base = 1 / rate
            made.mux(pictures.encode(frame))
        made.mux(pictures.encode())
        if tone:
            wave = np.sin(np.arange(SAMPLES) / 10).astype(np.float32)[None]
            for number in range(int(frames / rate * 44100 / SAMPLES)):
                heard = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
                heard.sample_rate, heard.pts = 44100, number * SAMPLES
                made.mux(tone.encode(heard))
            made.mux(tone.encode())
    return path


def predict(*more):
    return main(["predict", *map(str, more), *MODEL])


def watched(path):
    """Return the clip's pictures and their times, in seconds."""
    with av.open(path) as clip:
        frames = list(clip.decode(video=0))
    return [each.to_ndarray(format="rgb24") for each in frames], [each.time for each in frames]


def packets(path):
    """Return the bytes of the sound."""
    with av.open(path) as clip:
        return [bytes(each) for each in clip.demux(audio=0) if each.size]


@pytest.fixture
def clip(tmp_path):
    return film(tmp_path / "clip.mp4")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_each_frame_is_segmented_and_keeps_its_time(weights, clip, out, capsys):
    assert predict(clip, "--out", out) == 0
    assert f"{out / 'clip.mp4'}: 12 frames; " in capsys.readouterr().out
    given, times = watched(clip)
    made, made_times = watched(out / "clip.mp4")
    assert made_times == pytest.approx(times)
    segmenter = pipeline.load("tiny-animals", "cpu")
    for photo, found in zip(given, made, strict=True):
        segmentation = segmenter.segment(photo)
        expected = draw.overlay(photo, segmentation.labels(), segmenter.checkpoint.labels)
        assert np.abs(found.astype(int) - expected).mean() < 6  # H.264 is lossy, colours the more
    facts = json.loads((out / "clip.json").read_text())
    assert facts["frames"] == 12 and facts["frames_per_second"] == 24
    assert sum(each["share"] for each in facts["classes"]) == pytest.approx(1)


def test_frames_of_uneven_times_stay_uneven(weights, tmp_path, out):
    times = [0, 1, 2, 10, 11, 30]
    clip = film(tmp_path / "clip.mp4", frames=6, times=times, sound=False)
    assert predict(clip, "--out", out) == 0
    assert watched(out / "clip.mp4")[1] == pytest.approx([each / 24 for each in times])


def test_the_sound_is_copied_to_the_byte(weights, clip, out):
    assert predict(clip, "--out", out) == 0
    assert packets(out / "clip.mp4") == packets(clip)
    assert len(packets(clip)) > 10
    assert json.loads((out / "clip.json").read_text())["sound"] is True


def test_a_silent_clip_stays_silent(weights, tmp_path, out):
    assert predict(film(tmp_path / "clip.mp4", sound=False), "--out", out) == 0
    with av.open(out / "clip.mp4") as made:
        assert not made.streams.audio


def test_a_clip_filmed_upright_comes_out_upright(weights, tmp_path, out):
    clip = film(tmp_path / "clip.mp4", sound=False)
    unturned = np.array([1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30], ">i4").tobytes()
    turned = np.array([0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30], ">i4").tobytes()
    content = clip.read_bytes()
    header = content.index(b"tkhd")
    place = content.index(unturned, header)
    clip.write_bytes(content[:place] + turned + content[place + len(turned) :])
    assert predict(clip, "--out", out) == 0
    made = watched(out / "clip.mp4")[0][0]
    assert made.shape == (64, 48, 3)
    upright = np.rot90(picture(0), -1)  # a quarter clockwise, as players turn it
    expected = draw.overlay(
        upright,
        pipeline.load("tiny-animals", "cpu").segment(np.ascontiguousarray(upright)).labels(),
        pipeline.load("tiny-animals", "cpu").checkpoint.labels,
    )
    assert np.abs(made.astype(int) - expected).mean() < 6


@pytest.mark.parametrize("side", [33, 20])
def test_odd_sizes_lose_a_row_or_column(weights, clip, out, side):
    assert predict(clip, "--out", out, "--working-side", side) == 0
    height, width = watched(out / "clip.mp4")[0][0].shape[:2]
    assert (height, width) == {33: (24, 32), 20: (14, 20)}[side]


def test_a_clip_that_is_there_is_left_and_another_never_lost(weights, clip, out, complaint):
    assert predict(clip, "--out", out) == 0
    before = (out / "clip.mp4").stat().st_mtime_ns
    assert predict(clip, "--out", out) == 0
    assert (out / "clip.mp4").stat().st_mtime_ns == before
    assert predict(clip, "--out", out, "--crf", 1) == 2
    assert "--overwrite takes its place" in complaint()
    assert (out / "clip.mp4").stat().st_mtime_ns == before
    assert predict(clip, "--out", out, "--crf", 1, "--overwrite") == 0
    assert json.loads((out / "clip.json").read_text())["request"]["crf"]["iterations"] == 1


def test_what_is_no_video_is_one_line_and_leaves_nothing(weights, tmp_path, out, complaint):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video" * 100)
    assert predict(bad, "--out", out) == 2
    assert "bad.mp4 cannot be read as a video" in complaint()
    assert predict(tmp_path / "none.mp4", "--out", out) == 2
    assert "none.mp4 is not a file" in complaint()
    assert not out.exists() or not any(out.iterdir())


def test_a_bad_video_does_not_stop_the_others(weights, clip, tmp_path, out, capsys):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video" * 100)
    assert predict(bad, clip, "--out", out, "--json") == 1
    line = json.loads(capsys.readouterr().out)
    assert line["file"] == str(out / "clip.mp4") and line["result"]["frames"] == 12


def test_a_clip_is_not_overwritten_by_its_own_result(weights, clip, complaint):
    before = clip.read_bytes()
    assert predict(clip, "--out", clip.parent, "--overwrite") == 2
    assert "choose another --out" in complaint()
    assert clip.read_bytes() == before


def test_photos_and_videos_are_asked_for_apart(weights, clip, noise, out, complaint):
    assert predict(clip, noise, "--out", out) == 2
    assert "give each a call of its own" in complaint()


def test_without_pyav_the_extra_is_named(weights, clip, out, monkeypatch, complaint):
    monkeypatch.delitem(sys.modules, "seg_models.cli.video", raising=False)
    monkeypatch.setattr("seg_models.cli.video", None, raising=False)
    monkeypatch.delattr("seg_models.cli.video")
    monkeypatch.setitem(sys.modules, "av", None)
    assert predict(clip, "--out", out) == 2
    told = complaint()
    assert "the package av is not here" in told and "pip install -e '.[video]'" in told


PEAK = """
import resource, sys
from seg_models.cli import main
for name in ("short", "long"):
    line = ["predict", f"{name}.mp4", "--model", "tiny-animals", "--device", "cpu", "--out", "out"]
    assert main(line) == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ru_maxrss has another unit")
def test_ten_seconds_take_no_more_memory_than_two(weights, tmp_path):
    """All the frames of the long clip, decoded, are 173 MB, and as much again their overlays."""
    size = (360, 640)
    film(tmp_path / "short.mp4", frames=50, rate=Fraction(25), size=size)
    film(tmp_path / "long.mp4", frames=250, rate=Fraction(25), size=size)
    done = subprocess.run(
        [sys.executable, "-c", PEAK], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    short, long = map(int, done.stderr.split())
    print(f"peak: {short} MB after 2 seconds, {long} MB after 10 more")
    assert long - short < 60
