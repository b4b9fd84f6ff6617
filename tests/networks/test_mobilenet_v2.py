"""Our DeepLab v3 on MobileNet v2 against the implementation that the Hub's checkpoint is from."""

import numpy as np
import pytest
import torch
from PIL import Image
from reference_impl import randomised
from transformers.models.mobilenet_v2 import MobileNetV2Config, MobileNetV2ForSemanticSegmentation
from transformers.models.mobilenet_v2.image_processing_pil_mobilenet_v2 import (
    MobileNetV2ImageProcessorPil,
)

from seg_models import preprocess
from seg_models.checkpoints import storage
from seg_models.networks import create
from seg_models.networks.backbones.mobilenet_v2 import SameUnit
from seg_models.networks.deeplab_v3_mobilenet_v2 import published_state
from seg_models.specs import Preprocessing

CENTRE = torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])[None, None]
# What config.json of google/deeplabv3_mobilenet_v2_1.0_513 sets beside the defaults.
CONFIG = {"num_labels": 21, "image_size": 513, "output_stride": 16}


@pytest.fixture(scope="module")
def theirs():
    return randomised(MobileNetV2ForSemanticSegmentation(MobileNetV2Config(**CONFIG)))


@pytest.fixture(scope="module")
def ours(theirs):
    network = create("deeplab_v3_mobilenet_v2", 21)
    network.load_state_dict(published_state(theirs.state_dict()), strict=True)
    return network.eval()


@pytest.mark.parametrize("size", [(65, 97), (64, 90), (33, 62), (7, 1)])
def test_same_weights_same_scores(ours, theirs, size):
    """Odd and even sides: TensorFlow's padding differs between them."""
    images = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected, found = theirs(images).logits, ours.score_map(images)
    assert found.shape == expected.shape == (1, 21, -(-size[0] // 16), -(-size[1] // 16))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    assert expected.std() > 0.1


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_a_saved_folder_loads(theirs, tmp_path, file):
    """The two forms in which the Hub has it."""
    if file == "model.safetensors":
        theirs.save_pretrained(tmp_path)
        state = storage.load(tmp_path / file)
    else:
        torch.save(theirs.state_dict(), tmp_path / file)
        state = storage.load_pickled(tmp_path / file)
    network = create("deeplab_v3_mobilenet_v2", 21)
    network.load_state_dict(published_state(state), strict=True)
    images = torch.randn(1, 3, 33, 33, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found, expected = network.eval().score_map(images), theirs(images).logits
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


def test_the_input_is_theirs():
    """-1 to 1, RGB: their processor without its resizing and cropping, which lose the borders."""
    photo = np.random.default_rng(0).integers(0, 256, (40, 57, 3), np.uint8)
    processor = MobileNetV2ImageProcessorPil(
        do_resize=False, do_center_crop=False, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    theirs = processor(Image.fromarray(photo), return_tensors="pt").pixel_values
    ours = preprocess.images(photo, Preprocessing(57, mean=(0.5,) * 3, std=(0.5,) * 3))
    torch.testing.assert_close(ours, theirs)
    assert ours.min() == -1 and ours.max() == 1


def test_the_resizing_is_theirs():
    photo = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    processor = MobileNetV2ImageProcessorPil(
        size={"height": 48, "width": 64}, do_center_crop=False,
        image_mean=[0.5] * 3, image_std=[0.5] * 3,
    )  # fmt: skip
    theirs = processor(Image.fromarray(photo), return_tensors="pt").pixel_values
    ours = preprocess.images(photo, Preprocessing(64, mean=(0.5,) * 3, std=(0.5,) * 3))
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("size", [(65, 97), (64, 90), (33, 62)])
def test_cells_are_enlarged_about_the_pixels_they_are_centred_on(size):
    """Four strides of 2 that only pass on the pixel in their middle tell where each cell lies."""
    unit = SameUnit(1, 1, 3, stride=2, activation=None)
    unit.load_state_dict({"conv.weight": CENTRE, "conv.bias": torch.zeros(1)})
    rows, columns = (torch.arange(float(length)) for length in size)
    ramps = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))[:, None]
    cells = ramps
    with torch.no_grad():
        for _ in range(4):
            cells = unit(cells)
    with torch.device("meta"):
        network = create("deeplab_v3_mobilenet_v2", 1)
    fine = network.upsample(cells, size)
    first = cells[:, :, :1, :1]  # nearer the border, the first cells are repeated
    torch.testing.assert_close(fine, torch.maximum(ramps, first))


def test_a_stranger_is_told_apart():
    with pytest.raises(ValueError, match="no weights of transformers' MobileNetV2"):
        published_state({"conv.weight": torch.zeros(1)})
