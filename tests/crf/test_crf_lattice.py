"""The lattice's parts: vertices have keys of their own, and steps lead to neighbours alone."""

from dataclasses import replace

import pytest
import torch
from parity import USUAL, assert_parity, settings
from pictures import photo, probabilities

from seg_models.crf import kernels, lattice_engine, mean_field, simplex
from seg_models.crf.bags import halved


def vertices(features):
    """Return the coordinates of each simplex's vertices, `(d + 1 colours, n, d + 1)`, by walking.

    A step along an axis takes 1 from every coordinate and adds d + 1 to that of the axis.
    """
    axes = len(features) + 1
    multiples, turns = simplex._nearest_vertex(simplex.elevate(features))
    here = multiples.long() * axes
    corners = [here.T]
    for colour in range(axes - 1):
        here = here + 1 - axes * (turns == colour)
        corners.append(here.T)
    return torch.stack(corners)


@pytest.mark.parametrize("dimensions", [2, 5])
@pytest.mark.parametrize("spread", [0.3, 2, 30])
def test_keys_stand_for_vertices_and_steps_for_neighbours(dimensions, spread):
    """Few points, so that keys are short and the next digit is only a step away."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(60):
        features = spread * torch.rand(dimensions, 4, generator=generator)
        features += 10 * torch.rand(dimensions, 1, generator=generator)
        simplices = simplex.embed(features)
        corners = vertices(features).flatten(0, 1).tolist()
        place_of = dict(zip(simplices.keys.flatten().tolist(), map(tuple, corners), strict=True))
        assert len(place_of) == len(set(place_of.values())) == len(set(map(tuple, corners)))
        for key, place in place_of.items():
            for axis, step in enumerate(simplices.steps):
                beyond = [each - 1 for each in place]
                beyond[axis] += dimensions + 1
                known = tuple(beyond) in place_of.values()
                assert place_of.get(key + step) == (tuple(beyond) if known else None)


def test_points_are_their_vertices_weighed():
    """The barycentric coordinates lead back to the point."""
    features = 20 * torch.rand(5, 500, generator=torch.Generator().manual_seed(1))
    weights = simplex.embed(features).weights
    assert weights.min() >= -1e-6
    torch.testing.assert_close(weights.sum(0), torch.ones(500))
    point = (vertices(features) * weights[:, :, None]).sum(0).T
    torch.testing.assert_close(point, simplex.elevate(features), rtol=0, atol=1e-4)


@pytest.mark.parametrize("module", [simplex, lattice_engine])
def test_pieces_make_the_whole(module, monkeypatch):
    """What is done in chunks, for the cache's sake, comes out as if done at once."""
    picture = photo("coffee", 40, 51)
    given = probabilities(picture, 3)
    whole = list(mean_field(given, picture, engine="lattice"))
    monkeypatch.setattr(module, "CHUNK", 700)
    kernels.forget()
    for each, piece in zip(whole, mean_field(given, picture, engine="lattice"), strict=True):
        torch.testing.assert_close(each, piece, rtol=0, atol=1e-5)


def test_bags_halved_for_a_gpu(monkeypatch):
    """What a GPU does with long bags, done here: another order of the same sums."""
    picture = photo("coffee")
    given, chosen = probabilities(picture, 11), settings(60, 10, 5)
    lattice = kernels.appearance(picture, chosen, given.device)
    shorter = replace(lattice, splat=halved(*lattice.splat, 64))
    lengths = [int(bags.bounds.diff().max()) for bags in (*lattice.splat, *shorter.splat)]
    assert lengths[0] > 64 >= lengths[1]
    monkeypatch.setattr("seg_models.crf.lattice_engine.appearance", lambda *_: shorter)
    assert_parity("lattice", given, picture, chosen, furthest=5e-4, margin=1e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU, and there is none")
@pytest.mark.parametrize("classes", [2, 11, 21])
@pytest.mark.parametrize("reaches", USUAL, ids=str)
@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
def test_gpu(name, reaches, classes):
    """A GPU comes as close as its order of summation allows, and to the same bits every time."""
    picture = photo(name)
    given, chosen = probabilities(picture, classes).cuda(), settings(*reaches)
    assert_parity("lattice", given, picture, chosen, furthest=5e-4, on_average=1e-5, margin=1e-2)
    *_, once = mean_field(given, picture, chosen)
    kernels.forget()
    *_, again = mean_field(given, picture, chosen)
    assert once.is_cuda and torch.equal(once, again)
