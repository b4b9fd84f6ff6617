"""Sentences that know which one they are, so that nobody has to guess it from their words."""

import copy
import pickle

import pytest

from seg_models.checkpoints import external, registry
from seg_models.checkpoints import weights as weight_files
from seg_models.specs import Message, WeightsError


@pytest.fixture
def refusal():
    reason = Message("{hub} does not answer", hub="http://hub")
    return Message("the weights of {name} cannot be had: {reason}", name="a/b", reason=reason)


def test_a_message_is_its_sentence_and_keeps_its_kind_and_parts(refusal):
    assert refusal == "the weights of a/b cannot be had: http://hub does not answer"
    assert refusal.template.endswith("{reason}") and refusal.parameters["name"] == "a/b"
    assert refusal.parameters["reason"].template == "{hub} does not answer"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_a_copy_knows_as_much(refusal, again):
    """Errors cross from one process to another where a page computes elsewhere."""
    (other,) = again(WeightsError(refusal)).args
    assert other == refusal and other.template == refusal.template
    assert other.parameters["reason"].parameters == {"hub": "http://hub"}


def test_braces_in_what_a_visitor_typed_are_no_places(weights):
    with pytest.raises(ValueError, match=r"no checkpoint called '\{name\}\{0\}'") as caught:
        registry.find("{name}{0}")
    assert caught.value.args[0].parameters["name"] == "{name}{0}"


def test_refusals_say_what_they_are_about(weights, monkeypatch):
    with pytest.raises(ValueError, match="did you mean tiny-animals") as caught:
        registry.find("tiny-animls")
    assert caught.value.args[0].parameters["near"] == "tiny-animals"
    with pytest.raises(ValueError, match="neither a folder nor a Hub repo") as caught:
        external.from_hub("a/b/c")
    assert caught.value.args[0].parameters == {"name": "a/b/c"}


def test_weights_that_are_nowhere_are_unreachable_for_a_reason(weights_folder_without_file):
    checkpoint = registry.find("tiny-animals")
    assert weight_files.status(checkpoint) is weight_files.Status.UNREACHABLE
    with pytest.raises(WeightsError) as caught:
        weight_files.locate(checkpoint)
    message = caught.value.args[0]
    assert (
        message.parameters["reason"] is weight_files.obstacle(checkpoint) is weight_files.NO_ADDRESS
    )


@pytest.fixture
def weights_folder_without_file(weights, monkeypatch):
    monkeypatch.delenv("SEG_MODELS_NAMESPACE", raising=False)
    (weights / "tiny-animals" / "model.safetensors").unlink()
