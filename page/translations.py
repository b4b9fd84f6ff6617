"""What stands on the page before anything is done, in English and Korean; the browser chooses."""

import gradio as gr

ENGLISH = {
    "tagline": (
        "Watch a classic network segment your photo: its raw score map, the upsampling, "
        "and the mask that a dense CRF makes of it."
    ),
    "privacy": "Photos stay on this server, are seen by nobody else and are deleted after an hour.",
    "photo": "Photo",
    "drop": "# Drop a photo here\nor click to choose one",
    "network": "Network",
    "segment": "Segment",
    "score-map": "Score map",
    "upsampled": "Upsampled",
    "refined": "Refined",
    "show": "Show",
    "opacity": "Opacity over the photo, %",
    "safe": "Colours for every kind of sight",
    "crf": "Dense CRF",
    "iterations": "CRF iterations",
    "details": "Every fact of this result",
    "compare-tab": "Compare",
    "compare-models": "One photo through these networks",
    "compare": "Compare",
    "all": "Choose all",
    "stop": "Stop",
    "take-tab": "Take home",
    "take": "Make the files",
    "files": "Files of this result",
    "truth-tab": "Check",
    "truth": "The true mask",
    "truth-help": (
        "If you know the right answer, hold the result against it: give a PNG of the photo's size "
        "whose pixels are class indices, 255 for “not counted”."
    ),
}
KOREAN = {
    "tagline": (
        "고전적인 신경망이 사진을 분할하는 과정을 지켜보세요: 원래의 점수 맵, 업샘플링, "
        "그리고 dense CRF가 다듬은 마스크까지."
    ),
    "privacy": "사진은 이 서버에만 머물고, 다른 사람에게 보이지 않으며, 한 시간 뒤에 삭제됩니다.",
    "photo": "사진",
    "drop": "# 사진을 여기에 놓거나\n클릭하여 고르세요",
    "network": "신경망",
    "segment": "분할하기",
    "score-map": "점수 맵",
    "upsampled": "업샘플링",
    "refined": "다듬은 결과",
    "show": "보기",
    "opacity": "사진 위 불투명도, %",
    "safe": "색각 이상에도 구별되는 색",
    "crf": "Dense CRF",
    "iterations": "CRF 반복 횟수",
    "details": "이 결과의 모든 정보",
    "compare-tab": "비교",
    "compare-models": "같은 사진을 이 신경망들로",
    "compare": "비교하기",
    "all": "모두 선택",
    "stop": "중지",
    "take-tab": "가져가기",
    "take": "파일 만들기",
    "files": "이 결과의 파일",
    "truth-tab": "정답 확인",
    "truth": "정답 마스크",
    "truth-help": (
        "정답을 알고 있다면 결과와 비교해 보세요. 사진과 같은 크기이고 픽셀 값이 클래스 번호인 "
        "PNG를 올리면 됩니다. 255는 세지 않습니다."
    ),
}
TEXTS = gr.I18n(en=ENGLISH, ko=KOREAN)


def text(key: str) -> gr.I18n:
    """Return the text called `key`, which the browser shows in its own language."""
    if key not in ENGLISH:
        raise ValueError(f"no text called {key!r} in translations.py")
    return TEXTS(key)
