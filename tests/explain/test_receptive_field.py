"""What a score could see, by kernels and strides, against what its gradient reaches."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from reference_impl import randomised

from seg_models import networks
from seg_models.explain.receptive_field import ReceptiveField, receptive_field
from seg_models.explain.theoretical_receptive_field import Box, extent
from seg_models.networks.dilatednet import context_module

THIN = {"width": 0.02, "fc_channels": 2}
SMALL = {"width": 0.1, "fc_channels": 8}
# By hand: each layer widens the field by (kernel - 1) dilation steps of its input's stride.
# VGG's stages and poolings up to pool3 make 44 at stride 8 with 2x2 poolings, 51 with 3x3.
FIELDS = {
    "fcn32s": 404,  # 212 after pool5 at stride 32, then 7x7
    "dilatednet_frontend": 44 + 8 * (6 + 12 + 24),  # conv4, conv5 by 2, 7x7 by 4
    "dilatednet": 44 + 8 * (6 + 12 + 24 + 66),  # and the context module's 67 cells
    "deeplab_v1": 51 + 8 * (6 + 2 + 12 + 2 + 2 + 24),  # conv4, pool, conv5 by 2, pools, 3x3 by 12
}


def ramp(side):
    """Return a picture `(1, 3, side, side)` that gets brighter to the right and below."""
    line = torch.arange(side)[:, None] + torch.arange(side) + 1.0
    return (line / line.max()).expand(1, 3, side, side)


def positive(architecture):
    """Return a network whose weights are all positive, so that nothing cancels."""
    network = networks.create(architecture, 2, **THIN).eval()
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 1 / parameter[0].numel() if parameter.dim() > 1 else 0.0)
    return network.requires_grad_(False)


def support(images, network, cell):
    """Return the box of the pixels that a cell's score has a gradient to."""
    images = images.clone().requires_grad_()
    scores = network.score_map(images)
    box = extent(scores, cell, images)
    (gradient,) = torch.autograd.grad(scores[0, 0, cell[0], cell[1]], images)
    rows, columns = gradient[0].sum(0).nonzero().T.tolist()
    return Box(min(rows), max(rows), min(columns), max(columns)), box


@pytest.mark.parametrize("architecture", FIELDS)
def test_the_theoretical_field_is_that_of_the_layers_one_by_one(architecture):
    """On a picture far smaller than the field, which goes on in the padding."""
    images = torch.rand(1, 3, 70, 90, requires_grad=True)
    scores = networks.create(architecture, 2, **THIN).eval().score_map(images)
    assert extent(scores, (1, 2), images).size == (FIELDS[architecture],) * 2


@pytest.mark.parametrize("architecture", ["fcn32s", "deeplab_v1", "dilatednet_frontend"])
def test_the_gradient_of_positive_weights_fills_the_theoretical_field(architecture):
    """Max poolings pass a gradient to the brightest only: one ramp finds two edges, one two."""
    side = FIELDS[architecture]
    picture, network = ramp(-(-side // 32) * 32 + 64), positive(architecture)
    pixels = picture.shape[-1]
    cell = (pixels // network.output_stride // 2,) * 2
    up, box = support(picture, network, cell)
    down, same = support(picture.flip(-1, -2), network, cell)
    assert box == same and box.size == (side, side)
    assert box.top >= 0 and box.bottom < pixels  # all of it lies in the picture
    found = Box(*(min(up[i], down[i]) if i % 2 == 0 else max(up[i], down[i]) for i in range(4)))
    assert found == box


@pytest.mark.parametrize("form", ["basic", "large"])
def test_the_context_module_could_see_67_by_67_cells(form):
    scores = torch.rand(1, 2, 81, 90, requires_grad=True)
    box = extent(context_module(2, form)(scores), (40, 45), scores)
    assert box == Box(40 - 33, 40 + 33, 45 - 33, 45 + 33)


def test_the_skips_of_fcn_join_in_the_widest_field():
    """A cell of FCN-8s reads up to three of FCN-32s side by side."""
    network = networks.create("fcn8s", 2, **THIN).eval()
    images = torch.rand(1, 3, 544, 544, requires_grad=True)
    box = extent(network.score_map(images), (33, 34), images)
    assert box.size[0] in (404 + 32, 404 + 64) and box.size[1] in (404 + 32, 404 + 64)


def test_a_mean_over_the_picture_could_see_all_of_it():
    network = networks.create("deeplab_v3", 2, 0.05).eval()
    images = torch.rand(1, 3, 65, 97, requires_grad=True)
    box = extent(network.score_map(images), (2, 3), images)
    assert box.top <= 0 and box.bottom >= 64 and box.left <= 0 and box.right >= 96


def test_a_transposed_convolution_by_hand():
    """Kernel 4, stride 2, padding 1: output 5 is 2 i - 1 + k for i = 2 (k = 2) and 3 (k = 0)."""
    layer = torch.nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1)
    scores = torch.rand(1, 1, 6, 6, requires_grad=True)
    assert extent(layer(scores), (5, 6), scores) == Box(2, 3, 2, 3)
    assert extent(layer(scores)[..., 1:, :], (5, 6), scores) == Box(2, 3, 2, 3)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda images: F.pad(images, (1, 0, 3, 2)), Box(2, 2, 4, 4)),
        (lambda images: F.pad(images, (1, 0, 3, 2), mode="replicate"), Box(2, 2, 4, 4)),
        (lambda images: F.pad(images, (0, 3, 6, 0), mode="replicate"), Box(0, 0, 5, 5)),
        (lambda images: images[..., 1:, 2:], Box(6, 6, 7, 7)),
        (lambda images: images.mean((2, 3), keepdim=True).expand(1, 1, 9, 9), Box(0, 7, 0, 9)),
        (lambda images: torch.cat([images, F.avg_pool2d(images, (3, 5), 1, (1, 2))], 1),
         Box(4, 6, 3, 7)),
        (lambda images: images + F.max_pool2d(images, (3, 1), 1, (1, 0)), Box(4, 6, 5, 5)),
    ],
)  # fmt: skip
def test_operations_by_hand(operation, expected):
    """Row 5, column 5 of what an operation makes of 8 rows and 10 columns."""
    images = torch.rand(1, 1, 8, 10, requires_grad=True)
    assert extent(operation(images), (5, 5), images) == expected


@pytest.mark.parametrize("architecture", ["fcn8s", "fcn16s", "fcn32s", "deeplab_v1",
    "deeplab_v1_msc", "deeplab_v3", "deeplab_v3_mobilenet_v2", "dilatednet"])  # fmt: skip
def test_no_gradient_leaves_the_theoretical_field(architecture):
    torch.manual_seed(1)
    options = {"width": 0.05} if "v3" in architecture else SMALL
    network = networks.create(architecture, 3, **options).eval()
    field = receptive_field(network, torch.randn(1, 3, 91, 130), (100, 33))
    rows, columns = field.influence.nonzero()
    assert len(rows)
    box = field.possible
    assert box.top <= rows.min() and rows.max() <= box.bottom
    assert box.left <= columns.min() and columns.max() <= box.right


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["fcn8s", "fcn32s", "deeplab_v1", "deeplab_v1_msc",
    "deeplab_v3", "deeplab_v3_mobilenet_v2", "dilatednet_frontend", "dilatednet"])  # fmt: skip
@pytest.mark.parametrize("pixel", [(700, 300), (3, 650)], ids=str)
def test_the_part_that_is_run_gives_what_the_whole_photo_does(architecture, pixel):
    """DeepLab v3's mean over the picture sees all of any size: a small one is run whole, too."""
    torch.manual_seed(1)
    by_mean = "v3" in architecture
    options = {"width": 0.05} if by_mean else SMALL
    network = randomised(networks.create(architecture, 3, **options)).requires_grad_(False)
    images = torch.randn(1, 3, 661, 898)
    if by_mean:
        images, pixel = images[..., ::3, ::3].contiguous(), (pixel[0] // 3, pixel[1] // 3)
    field = receptive_field(network, images, pixel)
    whole = images.clone().requires_grad_()
    score = network.score_map(whole)[0, field.label, field.cell[0], field.cell[1]]
    (gradient,) = torch.autograd.grad(score, whole)
    expected = gradient[0].abs().sum(0).numpy()
    np.testing.assert_allclose(field.influence, expected, atol=1e-5 * expected.max())


def test_only_the_part_that_matters_is_run(monkeypatch):
    network = networks.create("deeplab_v1", 2, **THIN).eval()
    sizes, score_map = [], type(network).score_map
    monkeypatch.setattr(type(network), "score_map", lambda self, images: (
        sizes.append(tuple(images.shape[-2:])), score_map(self, images))[1])  # fmt: skip
    receptive_field(network, torch.rand(1, 3, 800, 1000), (500, 300))
    outline, part = sizes
    assert outline == (800, 1000)
    assert FIELDS["deeplab_v1"] <= min(part) and max(part) < FIELDS["deeplab_v1"] + 64


def test_an_operation_without_a_rule_is_named():
    images = torch.rand(1, 1, 4, 4, requires_grad=True)
    with pytest.raises(ValueError, match="operation Flip is not known"):
        extent(images.flip(-1), (0, 0), images)


class Plain(networks.SegmentationNetwork):
    """Two classes at stride 4: how red, and how green, the four middle pixels of a cell are."""

    output_stride = 4

    def __init__(self):
        super().__init__()
        self.register_buffer("loudness", torch.tensor([4.0, 8.0])[:, None, None])

    def score_map(self, images):
        cells = torch.nn.functional.avg_pool2d(images[:, :2, 1:-1, 1:-1], 2, stride=4)
        return cells * self.loudness


def test_the_cell_and_the_class_are_those_of_the_pixel():
    images = torch.zeros(1, 3, 12, 16)
    images[0, 0] = 1  # red everywhere
    images[0, 1, 4:8, 8:12] = 1  # green, twice as loud, in the cell of row 1, column 2
    green = receptive_field(Plain(), images, (9, 6))
    assert (green.cell, green.cells, green.label) == ((1, 2), (3, 4), 1)
    expected = np.zeros((12, 16), np.float32)
    expected[5:7, 9:11] = 2  # 8 shared by four pixels
    np.testing.assert_allclose(green.influence, expected)
    assert green.possible == Box(5, 6, 9, 10)
    red = receptive_field(Plain(), images, (0, 0))
    assert red.cell == (0, 0) and red.label == 0 and red.influence.max() == 1


@pytest.mark.parametrize(("share", "side"), [(0.5, 3), (0.9, 5), (1.0, 7)])
def test_a_square_holds_the_share_of_the_influence(share, side):
    influence = np.zeros((9, 12), np.float32)
    influence[4, 6], influence[3, 6], influence[6, 6], influence[4, 3] = 1, 4, 4, 1
    field = ReceptiveField((0, 0), (1, 1), 0, influence, Box(0, 8, 2, 10))
    assert field.within(share) == side


def test_a_square_around_a_point_between_two_pixels_is_even():
    influence = np.zeros((4, 4), np.float32)
    influence[1:3, 1:3] = 1
    assert ReceptiveField((0, 0), (1, 1), 0, influence, Box(0, 3, 0, 3)).within(0.95) == 2


def test_a_network_stays_as_it_is_and_inference_goes_on():
    network = networks.create("deeplab_v1", 2, **THIN).eval().requires_grad_(False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.inference_mode():
        images = torch.rand(1, 3, 40, 40)
        network.score_map(images)
    receptive_field(network, images.clone(), (20, 20))
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]) and value.grad is None


def test_a_pixel_beside_the_picture_is_refused():
    network = networks.create("deeplab_v1", 2, **THIN).eval()
    with pytest.raises(ValueError, match="column 40, row 0; the picture is 40x30 pixels"):
        receptive_field(network, torch.rand(1, 3, 30, 40), (40, 0))
