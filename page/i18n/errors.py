"""Errors and other sentences of the engine, which are English, in the visitor's language."""

from __future__ import annotations

from seg_models.device import GPU_FULL
from seg_models.specs import Message

from . import ENGLISH, name

UNFORESEEN = "Something failed on the server; it was logged. Another photo or network may work."
DISK_FULL = "The server's disk is full; try again in some minutes."
NO_PHOTO = "There is no photo yet: drop one on the page, or click an example."
NO_NETWORKS = "Choose the networks to compare: two or more show most."
NO_FIELDS = "Choose the networks to ask first: at least one."
NO_RESULT = "There is no result yet: choose a photo and press Segment first."
GONE = "that network is no longer kept here; open it again"
PHOTO_GONE = "that photo is no longer kept here; hand it in again"
BUSY = "too many are waiting for this server just now; try again in a minute"
RESULT_GONE = "That result is no longer kept; press Segment again."
NO_TRUTH = "There is no true mask for this photo: hand one in."

# What stands in a {place} is translated by itself if it is such a sentence, too.
KOREAN = {
    UNFORESEEN: "서버에서 문제가 생겨 기록했습니다. 다른 사진이나 신경망은 될 수도 있습니다.",
    DISK_FULL: "서버의 디스크가 가득 찼습니다. 몇 분 뒤에 다시 해 보세요.",
    NO_PHOTO: "아직 사진이 없습니다: 페이지에 사진을 놓거나 예제를 클릭하세요.",
    NO_NETWORKS: "비교할 신경망을 고르세요: 두 개 이상이면 가장 많은 것을 볼 수 있습니다.",
    NO_FIELDS: "먼저 물어볼 신경망을 하나 이상 고르세요.",
    NO_RESULT: "아직 결과가 없습니다: 먼저 사진을 고르고 분할하기를 누르세요.",
    PHOTO_GONE: "그 사진은 더 이상 보관되어 있지 않습니다. 다시 올려 주세요",
    BUSY: "지금 기다리는 사람이 너무 많습니다. 1분 뒤에 다시 해 보세요",
    RESULT_GONE: "그 결과는 더 이상 보관되어 있지 않습니다. 분할하기를 다시 누르세요.",
    # 사진
    "{name} is empty; give a JPEG, PNG, WebP or the like": (
        "{name} 파일은 비어 있습니다. JPEG, PNG, WebP 같은 사진을 주세요"
    ),
    "{name} is not a picture this program reads; give a JPEG, PNG, WebP or the like": (
        "{name} 파일은 읽을 수 있는 그림이 아닙니다. JPEG, PNG, WebP 같은 사진을 주세요"
    ),
    "{name} is too large, {size} pixels: {rule}": "{name} 파일은 {size}픽셀로 너무 큽니다: {rule}",
    "{name} is too large: {rule}": "{name} 파일은 너무 큽니다: {rule}",
    "at most {size} megapixels are taken; make it smaller and try again": (
        "{size}메가픽셀까지 받습니다. 줄여서 다시 해 보세요"
    ),
    "{name} is {size} pixels; at least one pixel is needed": (
        "{name} 파일은 {size}픽셀입니다. 적어도 한 픽셀이 필요합니다"
    ),
    "{name} cannot be read: {fault}": "{name} 파일을 읽을 수 없습니다: {fault}",
    "{name} is too large: at most {size} MB are taken": (
        "{name} 파일은 너무 큽니다: {size} MB까지 받습니다"
    ),
    "at most {size} megapixels are taken": "{size}메가픽셀까지 받습니다",
    "{name} holds {wrong}, but labels are 0 to 254, and 255 for void; if {wrong} is "
    "void, say --void {wrong}": (
        "{name}에 {wrong} 값이 있는데, 레이블은 0부터 254까지이고 255는 세지 않는 곳입니다"
    ),
    "labels": "레이블",
    "ground truth": "정답",
    "{name} is damaged: {fault}; export or download it anew": (
        "{name} 파일이 손상되었습니다: {fault}. 다시 내보내거나 내려받으세요"
    ),
    # 정답 마스크
    "{name} is not a picture; give an indexed PNG": (
        "{name} 파일은 그림이 아닙니다. 인덱스 PNG를 주세요"
    ),
    "{name} is a {mode} picture; labels are indexed or grey PNGs whose pixels are class indices": (
        "{name} 파일은 {mode} 그림입니다. "
        "정답은 픽셀 값이 클래스 번호인 인덱스 또는 회색조 PNG여야 합니다"
    ),
    "the mask is {size} pixels, the photo {other}; give the mask of this photo": (
        "마스크는 {size}픽셀, 사진은 {other}픽셀입니다. 이 사진의 마스크를 주세요"
    ),
    "{name} hold {low} to {high}, but {classes} classes need 0 to {last} "
    "(and {void} for void, in the ground truth)": (
        "{name}의 값은 {low}부터 {high}까지인데, 클래스 {classes}개에는 "
        "0부터 {last}까지가 필요합니다 (세지 않는 곳은 {void})"
    ),
    "the truth of this example names {domain}, the network knows {other}; "
    "choose a network that knows both": (
        "이 예제의 정답은 {domain}에 대한 것인데 신경망은 {other}만 압니다. 맞는 신경망을 고르세요"
    ),
    "no pixel has a true class, so there is nothing to score": (
        "정답 클래스가 있는 픽셀이 하나도 없어 점수를 매길 수 없습니다"
    ),
    GPU_FULL: "GPU 메모리가 가득 차서 CPU에서 처리했습니다",
    # 가중치
    "no checkpoint called {name!r}: there are none in {folder}": (
        "{name}이라는 체크포인트가 없습니다: {folder}에 하나도 없습니다"
    ),
    "no checkpoint called {name!r}; did you mean {near}? known are {known}": (
        "{name}이라는 체크포인트가 없습니다. 혹시 {near}? 있는 것은 {known}"
    ),
    "no checkpoint called {name!r}; known are {known}": (
        "{name}이라는 체크포인트가 없습니다. 있는 것은 {known}"
    ),
    "embedded": "내장",
    "cached": "캐시에 있음",
    "on the Hub": "Hub에 있음",
    "Fetching {repo}: {size} MB": "{repo} 받는 중: {size} MB",
    "the weights of {name} cannot be had: {reason}": "{name}의 가중치를 받을 수 없습니다: {reason}",
    "it is not embedded and no repo of the Hub is known for it; "
    "set SEG_MODELS_NAMESPACE to the account that publishes it, "
    "or SEG_MODELS_WEIGHTS_DIR to the weights folder of a checkout": (
        "내장되어 있지 않고 Hub의 저장소도 알려져 있지 않습니다. 공개한 계정을 "
        "SEG_MODELS_NAMESPACE에, 또는 체크아웃의 weights 폴더를 "
        "SEG_MODELS_WEIGHTS_DIR에 적어 주세요"
    ),
    "{path} is not the published file: its sha256 starts {found}, config.json states {wanted}; "
    "delete it, or take it again from where this folder came from": (
        "{path} 파일은 공개된 파일이 아닙니다: sha256이 {found}로 시작하는데 config.json에는 "
        "{wanted}입니다. 지우거나 이 폴더를 받은 곳에서 다시 받으세요"
    ),
    "{path} is a pointer of Git LFS, not the weights; `git lfs pull` fetches them": (
        "{path} 파일은 가중치가 아니라 Git LFS 포인터입니다. `git lfs pull`로 받으세요"
    ),
    "what came from {repo} is not the published file (its sha256 differs); "
    "it was deleted: try again, or tell those who publish it": (
        "{repo}에서 온 파일은 공개된 파일이 아닙니다 (sha256이 다름). "
        "지웠으니 다시 해 보거나 공개한 사람에게 알려 주세요"
    ),
    "{hub} answers {status} when asked for {repo}": (
        "{hub} 서버가 {repo} 요청에 {status}로 답합니다"
    ),
    "{hub} answers {status}; try again in some minutes": (
        "{hub} 서버가 {status}로 답합니다. 몇 분 뒤에 다시 해 보세요"
    ),
    "{hub} does not answer as a Hub does; is a log-in page or a proxy in between?": (
        "{hub} 서버의 답이 Hub 같지 않습니다. 로그인 페이지나 프록시가 사이에 있나요?"
    ),
    "{hub} does not answer; try again in some minutes": (
        "{hub} 서버가 답하지 않습니다. 몇 분 뒤에 다시 해 보세요"
    ),
    "{hub} cannot be reached ({fault}); check the connection": (
        "{hub} 서버에 닿을 수 없습니다 ({fault}). 연결을 확인하세요"
    ),
    "HF_HUB_OFFLINE is set; unset it to fetch": (
        "HF_HUB_OFFLINE이 설정되어 있습니다. 받으려면 해제하세요"
    ),
    GONE: "그 신경망은 더 이상 보관되어 있지 않습니다. 다시 여세요",
    "{name!r} is neither a folder nor a Hub repo; a repo is named like me/my-network": (
        "{name}은 Hub 저장소의 이름이 아닙니다. me/my-network처럼 적어 주세요"
    ),
    "{name} is neither a Hub repo, named like me/my-network, nor a folder that this page's owner "
    "offers; those are {folders}": (
        "{name}은 me/my-network 같은 Hub 저장소도, 이 페이지 주인이 내놓은 폴더도 아닙니다. "
        "내놓은 폴더: {folders}"
    ),
    "{name} is a {architecture!r}, which is unknown here; known are {known}": (
        "{name}은 {architecture}인데 여기서는 모르는 구조입니다. 아는 것은 {known}"
    ),
    "{name} has {size:,} bytes; {most:,} may be": (
        "{name}은 {size:,}바이트입니다. {most:,}바이트까지 받습니다"
    ),
    "{repo} is gated: accept its terms on {page}, then log in with `hf auth login`": (
        "{repo} 저장소는 약관에 동의해야 합니다. "
        "{page}에서 동의하고 `hf auth login`으로 로그인하세요"
    ),
    "{repo} is gated; only what is open to all can be had here": (
        "{repo} 저장소는 제한되어 있습니다. 여기서는 누구에게나 열린 것만 받을 수 있습니다"
    ),
    "there is no {repo} on {hub}, or it is private; check the name": (
        "{hub}에 {repo} 저장소가 없거나 비공개입니다. 이름을 확인하세요"
    ),
    "{repo} has no commit {commit}; check config.json": "{repo}에 {commit} 커밋이 없습니다",
    "{repo} has no file {file}; see what it has on {hub}": (
        "{repo}에 {file} 파일이 없습니다. {hub}에서 확인하세요"
    ),
    "the download of {repo} broke off; try again": (
        "{repo} 내려받기가 끊겼습니다. 다시 해 보세요"
    ),
    "there is no {repo} on {hub}, or it is private; check the name, "
    "or log in with `hf auth login`": (
        "{hub}에 {repo} 저장소가 없거나 비공개입니다. "
        "이름을 확인하거나 `hf auth login`으로 로그인하세요"
    ),
}  # fmt: skip


def translated(language: str, sentence: str) -> str:
    """Return an error's English sentence in `language`; one that is not known stays as it is."""
    if language == ENGLISH:
        return str(sentence)
    if not isinstance(sentence, Message):
        return KOREAN.get(sentence) or name(language, sentence)
    if sentence.template not in KOREAN:
        return str(sentence)
    told = {
        place: translated(language, each) if isinstance(each, str) else each
        for place, each in sentence.parameters.items()
    }
    return KOREAN[sentence.template].format(**told)
