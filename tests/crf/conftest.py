"""What the CRF's tests need."""

import pytest
import torch

from seg_models import crf
from seg_models.crf import native_build


@pytest.fixture(autouse=True)
def engine_that_is_here(request):
    """Skip what is to be shown of the native engine where there is no compiler to build it."""
    engine = getattr(request.node, "callspec", None) and request.node.callspec.params.get("engine")
    if engine == "native" and native_build.unavailable():
        pytest.skip(f"the native engine cannot be built: {native_build.unavailable()}")


@pytest.fixture(autouse=True)
def one_thread():
    """Of PyTorch: these pictures are small, and waiting threads disturb who shares the machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def nothing_known():
    """No lattice of an earlier test."""
    crf.forget()
