"""The card says what config.json says, in a form that the Hub understands."""

from dataclasses import replace

import pytest
import tiny
from huggingface_hub import ModelCard

from seg_models import networks
from seg_models.checkpoints import model_card, registry
from seg_models.checkpoints.model_card import STARTS
from seg_models.specs import HubAddress
from seg_models.training.recipes import RECIPES

RESULTS = {
    "val_images": 101,
    "val_miou": 0.5123,
    "val_miou_crf": 0.5234,
    "val_pixel_accuracy": 0.9,
    "val_iou": {"sky": 0.91, "pole": None},
    "val_iou_crf": {"sky": 0.92, "pole": 0.1},
    "crf_iterations": 5,
}


@pytest.fixture
def scored(tmp_path):
    checkpoint = tiny.pack(tmp_path, "deeplab_v1-camvid")
    training = {"started_from": "vgg16", "crops": 12345, "teacher": None}
    return replace(checkpoint, results=RESULTS, training=training, published_miou=0.616)


def test_the_model_index_holds_the_val_figures(scored):
    facts = ModelCard(model_card.model_card(scored)).data
    figures = {each.metric_name: each.metric_value for each in facts.eval_results}
    assert figures == {"mIoU": 0.5123, "mIoU with dense CRF": 0.5234, "pixel accuracy": 0.9}
    assert {each.dataset_name for each in facts.eval_results} == {"CamVid (val)"}
    assert facts.pipeline_tag == "image-segmentation" and facts.license == "cc-by-4.0"


def test_the_reader_finds_results_data_training_and_credit(scored):
    text = model_card.model_card(scored)
    for words in (
        "arXiv:1412.7062",
        "| mIoU | 51.2 | 52.3 |",
        "| sky | 91.0 | 92.0 |",
        "| pole | - | 10.0 |",
        "5 iterations",
        "61.6 on the test split",
        "- crops: 12,345",
        "367 street scenes",
        "Simonyan",
        'seg_models.load("deeplab_v1-camvid")',
    ):
        assert words in text
    assert "teacher" not in text


def test_figures_that_chose_the_offsets_are_said_to_be_too_good(scored):
    gains = {"logit_adjustment_gain": 0.052, "logit_adjustment_gain_held_out": 0.029}
    tuned = replace(scored, training={**scored.training, **gains})
    assert "it gains 2.3 points of mIoU less" in model_card.model_card(tuned)
    assert "points of mIoU less" not in model_card.model_card(scored)


def test_scores_that_got_no_offsets_are_not_said_to_be_too_good(scored):
    gains = {"logit_adjustment_gain": 0.0, "logit_adjustment_gain_held_out": 0.0}
    none = {"logit_adjustment": dict.fromkeys(scored.labels.classes, 0.0)}
    untuned = replace(scored, training={**scored.training, **gains, **none})
    assert "points of mIoU less" not in model_card.model_card(untuned)


def test_the_logit_adjustment_is_listed_by_class(scored):
    offsets = {"logit_adjustment": {"sky": 0.125, "pole": -1.0}}
    text = model_card.model_card(replace(scored, training=offsets))
    assert "- logit adjustment: sky +0.12, pole -1.00\n" in text


def test_a_published_one_is_opened_from_its_repo(scored):
    published = replace(scored, hub=HubAddress("me/net", "0" * 40))
    text = model_card.model_card(published)
    assert 'load("me/net")' in text
    assert "0" * 40 not in text  # or each publication would change the card


def test_an_unscored_one_says_so(scored):
    text = model_card.model_card(replace(scored, results={}, training={}))
    assert "not been scored" in text and ModelCard(text).data.eval_results is None


@pytest.mark.parametrize("architecture", networks.architectures())
def test_every_network_names_its_paper(architecture):
    summary, reference = model_card.paper(architecture)
    assert summary.endswith(".") and "\n" not in summary
    assert any(place in reference for place in ("arXiv", "ICLR", "ICCV", "CVPR"))


def test_it_is_written_beside_the_facts(scored):
    path = model_card.write(scored)
    assert path == scored.folder / "README.md"
    assert path.read_text(encoding="utf-8") == model_card.model_card(scored)


@pytest.mark.parametrize("row", RECIPES.values(), ids=RECIPES)
def test_every_recipes_start_has_its_words(row):
    assert (row.encoder or row.fit_to or "random weights") in STARTS


def test_one_of_a_third_party_claims_nothing_of_ours(scored):
    place = HubAddress("them/net", file="pytorch_model.bin")
    training = {"started_from": "deeplabv3_mnv2_pascal"}
    text = model_card.model_card(replace(scored, hub=place, training=training))
    assert f'seg_models.load("{scored.name}")' in text and "It was not trained here" in text
    assert "handler.py" not in text and ModelCard(text).data.license == "other"


def test_the_projects_cards_say_what_its_configs_say(monkeypatch):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    for checkpoint in registry.checkpoints():
        card = (checkpoint.folder / model_card.CARD).read_text(encoding="utf-8")
        assert card == model_card.model_card(checkpoint), checkpoint.name
