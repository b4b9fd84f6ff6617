"""Crops must keep every label on its pixel, whatever is turned, scaled or mirrored."""

import torch

from seg_models.specs import VOID
from seg_models.training import augmentation
from seg_models.training.augmentation import Augmentation
from seg_models.training.camera import Camera
from seg_models.training.dataset import Dataset

STILL = Camera(light=0.0, tint=0.0)


def painted(height: int, width: int, side: int) -> Dataset:
    """A photo whose red channel says its own label: four quadrants, 0 to 3."""
    labels = torch.full((1, side, side), VOID, dtype=torch.uint8)
    rows = (torch.arange(height) >= height // 2).long()[:, None]
    columns = (torch.arange(width) >= width // 2).long()[None]
    labels[0, :height, :width] = (2 * rows + columns).to(torch.uint8)
    photos = torch.zeros(1, 3, side, side, dtype=torch.uint8)
    photos[0, 0] = torch.where(labels[0] == VOID, 0, 60 * labels[0] + 40)
    return Dataset(photos, labels, torch.tensor([[height, width]]), torch.tensor([False]))


def crop(data: Dataset, how: Augmentation, count: int = 16, seed: int = 0):
    random = torch.Generator().manual_seed(seed)
    return augmentation.crops(data, torch.zeros(count, dtype=torch.long), how, random)


def test_labels_stay_on_their_pixels():
    how = Augmentation(crop=64, smallest=0.5, largest=2.0, rotation=20.0, camera=STILL)
    photos, labels = crop(painted(90, 70, 96), how)
    red = photos[:, 0] * 255
    known = labels != VOID
    told = (red - 40) / 60
    # Where red blends two quadrants or the photo's end, no label can be read from it.
    pure = known & ((told - told.round()).abs() < 0.01) & (told > -0.1)
    assert pure.float().mean() > 0.5
    agreeing = (told.round().long() == labels)[pure].float().mean()
    assert agreeing > 0.995


def test_a_crop_of_the_photos_own_size_is_the_photo():
    data = painted(64, 64, 64)
    how = Augmentation(crop=64, smallest=1.0, largest=1.0, rotation=0.0, camera=STILL)
    photos, labels = crop(data, how)
    whole = data.labels[0].long()
    mirrored = whole.flip(1)
    for photo, each in zip(photos, labels, strict=True):
        assert torch.equal(each, whole) or torch.equal(each, mirrored)
        told = data.photos[0] if torch.equal(each, whole) else data.photos[0].flip(2)
        torch.testing.assert_close(photo, told / 255, atol=1e-5, rtol=0)


def test_both_mirrorings_and_many_scales_occur():
    _, labels = crop(
        painted(64, 64, 64), Augmentation(crop=64, smallest=1, largest=1, rotation=0), 32
    )
    firsts = {int(each[0, 0]) for each in labels}
    assert firsts == {0, 1}


def test_what_lies_outside_the_photo_is_void():
    how = Augmentation(crop=96, smallest=0.5, largest=0.5, rotation=0.0)
    _, labels = crop(painted(40, 40, 64), how)
    share = (labels != VOID).float().mean((1, 2))
    torch.testing.assert_close(share, torch.full((16,), (20 / 96) ** 2), atol=0.01, rtol=0)


def test_the_same_seed_gives_the_same_crops():
    data = painted(90, 70, 96)
    first, again = crop(data, Augmentation(crop=32)), crop(data, Augmentation(crop=32))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    other = crop(data, Augmentation(crop=32), seed=1)
    assert not torch.equal(first[0], other[0])


def test_halved_views_show_the_same_at_half_the_size():
    how = Augmentation(crop=64, smallest=0.5, largest=2.0, rotation=20.0, camera=STILL)
    data = painted(90, 70, 96)
    photos, labels = crop(data, how)
    small_photos, small_labels = crop(data, how.halved())
    assert small_labels.shape == (16, 32, 32)
    assert (small_labels == labels[:, 1::2, 1::2]).float().mean() > 0.95
    blurred = torch.nn.functional.avg_pool2d(photos, 2)
    assert (small_photos - blurred).abs().mean() < 0.02


def test_pasted_objects_bring_their_labels_along_and_leave_the_rest():
    photos = torch.rand(8, 3, 20, 20)
    labels = torch.zeros(8, 20, 20, dtype=torch.long)
    for index in range(8):
        labels[index, index : index + 8, 4:12] = 1 + index % 3
    labels[:, -1] = VOID
    mixed, shown = augmentation.pasted(photos, labels, 1.0, torch.Generator().manual_seed(0))
    changed = (mixed != photos).any(1)
    assert changed.flatten(1).any(1).sum() > 4  # some crops are their own partner
    for index in range(8):
        where = changed[index]
        if not where.any():
            continue
        (kind,) = shown[index][where].unique().tolist()
        assert kind not in (0, VOID)
        sources = [n for n in range(8) if torch.equal(mixed[index][:, where], photos[n][:, where])]
        assert len(sources) == 1 and (labels[sources[0]][where] == kind).all()
        assert torch.equal(shown[index][~where], labels[index][~where])


def test_nothing_is_pasted_without_a_share_or_without_objects():
    photos, labels = torch.rand(4, 3, 8, 8), torch.zeros(4, 8, 8, dtype=torch.long)
    random = torch.Generator().manual_seed(0)
    assert torch.equal(augmentation.pasted(photos, labels, 1.0, random)[0], photos)
    labels[:, :4] = 2
    assert torch.equal(augmentation.pasted(photos, labels, 0.0, random)[0], photos)
