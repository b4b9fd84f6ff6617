"""The page in Korean; the keys are those of `english`."""

TEXTS = {
    # 처음부터 페이지에 있는 글.
    "tagline": (
        "고전적인 신경망이 사진을 분할하는 과정을 지켜보세요: 원래의 점수 맵, 업샘플링, "
        "그리고 dense CRF가 다듬은 마스크까지."
    ),
    "privacy": "사진은 이 서버에만 머물고, 다른 사람에게 보이지 않으며, 한 시간 뒤에 삭제됩니다.",
    "photo": "사진",
    "photo-alt": "분할할 사진",
    "drop": "# 사진을 여기에 놓거나\n클릭하여 고르세요",
    "example": "예제: {title}",
    "network": "신경망",
    "list-cached": "받아 둠",
    "list-on the Hub": "Hub에서",
    "hub-size": "Hub에서 {megabytes} MB",
    "list-unreachable": "쓸 수 없음",
    "embedded": "가중치가 이 페이지에 들어 있습니다.",
    "cached": "가중치를 이미 Hub에서 받아 두었습니다.",
    "on the Hub": "가중치는 Hub에 있으며, 처음 쓸 때 받습니다.",
    "unreachable": "지금은 쓸 수 없습니다: {reason}",
    "unavailable": "{network} 신경망은 지금 쓸 수 없습니다: {reason}",
    "brought": "직접 연 신경망: {network}",
    "bring": "내 신경망 가져오기",
    "bring-repo": "Hub 저장소",
    "bring-help": "이 프로젝트의 publish 명령으로 만든 저장소.",
    "bring-open": "열기",
    "asking": "Hub에 묻는 중 …",
    "opened": "{network} 신경망을 열어 골랐습니다. 클래스 {classes}를 압니다.",
    "classes-one": "{number}개",
    "classes-many": "{number}개",
    "segment": "분할하기",
    "score-map": "점수 맵",
    "upsampled": "업샘플링",
    "refined": "다듬은 결과",
    "score-map-empty": "점수 맵: 아직 없음",
    "upsampled-empty": "업샘플링: 아직 없음",
    "refined-empty": "다듬은 결과: 아직 없음",
    "show": "보기",
    "opacity": "사진 위 불투명도, %",
    "safe": "색각 이상에도 구별되는 색",
    "crf": "Dense CRF",
    "iterations": "CRF 반복 횟수",
    "play": "반복 과정 재생",
    "pause": "일시정지",
    "details": "이 결과의 모든 정보",
    # 실행이 얼마나 진행되었는지.
    "loading": "신경망을 불러오는 중 …",
    "running": "신경망을 실행하는 중 …",
    "upsampling": "업샘플링하는 중 …",
    "edges": "CRF: 경계를 찾는 중 …",
    "refining": "CRF: {wanted}회 중 {done}회째 …",
    # 결과에 대한 설명.
    "classes": "클래스",
    "confidence": "확신도",
    "doubt": "불확실성 (엔트로피)",
    "changes": "각 단계에서 바뀐 곳",
    "probability": "{name}일 확률",
    "score-map-caption": "{width}×{height}칸, 스트라이드 {stride} · {time}",
    "upsampled-caption": "{width}×{height}픽셀 · {time}",
    "refined-caption": "{iterations} · {share} 바뀜 · {time}",
    "off-caption": "CRF 끔: 2와 같음",
    "iteration-one": "{number}회 반복",
    "iteration-many": "{number}회 반복",
    "alt": "{network}의 {stage}, {view}: {named}",
    "summary": (
        '{device}에서 {time} 걸렸습니다<span class="spoken">: {named}</span>. {network} 신경망은 '
        "이 {width}×{height} 사진을 {columns}×{rows} 픽셀로 보았습니다. 가중치: {status}, "
        "sha256 {digest}…"
    ),
    "legend": "그림에서 차지하는 비율에 따른 클래스",
    "bar": "{number}회째: 픽셀의 {share} 바뀜",
    "chart": "반복마다 바뀐 픽셀; 지금 보이는 반복에서 바뀐 비율: {share}",
    "nothing": "없음",
    "pixel": "픽셀 {x}, {y}",
    "after": "{iterations} 후",
    # 비교.
    "compare-tab": "비교",
    "compare-models": "같은 사진을 이 신경망들로",
    "compare": "비교하기",
    "all": "모두 선택",
    "stop": "중지",
    "stopped": "중지했습니다.",
    "comparing": "{total}개 중 {number}번째: {network}",
    "compared-one": "신경망 {number}개를 비교했습니다.",
    "compared-many": "신경망 {number}개를 비교했습니다.",
    "parameters": "매개변수 {millions}백만 개",
    "agreement": "일치도",
    "agreement-alt": "일치도 지도",
    "agreed": "신경망 {number}개가 픽셀의 {share}에서 모두 일치합니다. 어두울수록 적게 일치합니다",
    # 속 들여다보기.
    "inside-tab": "속 들여다보기",
    "inside-empty": "먼저 사진을 고르세요. 들여다볼 사진이 여기에 나타납니다.",
    "inside-absent": "아직 체크포인트가 없는 신경망:",
    "affinity-tab": "친화도",
    "affinity-help": (
        "Dense CRF에서는 모든 픽셀이 서로의 말을 듣습니다. 밝은 픽셀일수록 십자 표시 아래의 "
        "픽셀에게 크게 말합니다. 십자를 경계 너머로 옮기거나, 경계 밖의 목소리가 들릴 때까지 "
        "θβ를 넓혀 보세요."
    ),
    "theta-alpha": "θα, 색이 들리는 거리, 픽셀",
    "theta-beta": "θβ, 같은 색으로 여기는 폭, 단계",
    "w1": "w1, 색의 가중치",
    "theta-gamma": "θγ, 가까움만으로 들리는 거리, 픽셀",
    "w2": "w2, 가까움의 가중치",
    "heard-colour": "색으로 듣는 양 (바로 곁의 똑같은 색 픽셀 수로):",
    "heard-place": "가까움만으로 듣는 양 (바로 곁의 픽셀 수로):",
    "heard-help": (
        "그림은 정규화하기 전의 커널 그대로입니다. CRF는 두 커널을 각각 두 픽셀에서의 이 합으로 "
        "만든 √(n₁n₂)으로 나누어, 넓은 영역의 많은 목소리가 신경망의 말을 덮지 않게 합니다."
    ),
    "fields-tab": "수용 영역",
    "fields-help": (
        "사진을 클릭하거나 십자를 옮기고 Enter를 누르세요. 밝은 픽셀이 십자 아래의 점수를 "
        "결정합니다. 실선 사각형은 층들이 볼 수 있는 전부이고, 점선 사각형에는 실제 영향의 95 %가 "
        "들어 있습니다. 신경망마다 시야를 얼마나 쓰는지 비교해 보세요."
    ),
    "fields-models": "물어볼 신경망",
    "growth-tab": "활성",
    "growth-help": (
        "언풀링은 값을 가장 컸던 자리에 되돌려 놓아 점들을 흩뿌리고, 뒤따르는 합성곱이 그것을 "
        "빈틈없는 모양으로 만듭니다. 몇 개의 거친 칸에서 마스크의 윤곽까지 따라가 보세요."
    ),
    "growth-shown": "보여 줄 유닛",
    "growth-start": "들여다보기",
    "lens": "사진: 화살표 키로 십자를 옮기고, Enter로 그 아래의 점수가 본 곳을 묻습니다",
    "theory": "이론: {width}×{height} 픽셀",
    "theory-all": "이론: {width}×{height} 픽셀, 사진 전체",
    "practice": "영향의 95 %: {side}×{side}",
    "blind": "이 점수를 바꾸는 픽셀이 하나도 없습니다",
    "cell": "{name}, {columns}×{rows}칸 중 {column}, {row}; 사진을 {width}×{height}로 보았습니다",
    "strongest": "층마다 가장 강한 유닛",
    "unit": "유닛 {units}개 중 {number}번째, 최댓값 {most}",
    "growth-seen": "{network} 신경망은 사진을 {width}×{height} 픽셀로 보았습니다.",
    # 가져가기.
    "take-tab": "가져가기",
    "take": "파일 만들기",
    "files": "이 결과의 파일",
    "python": "이 페이지의 코드가 있는 곳에서 **Python**으로:",
    "shell": "**명령줄**:",
    "client": "이 페이지를 통해 **어느 컴퓨터에서나** (`pip install gradio_client`):",
    "contents": (
        "labels.png   픽셀 값은 클래스 번호, 팔레트는 클래스 색, 크기는 원래 사진과 같음\n"
        "colours.png  다듬은 마스크의 색 그림\n"
        "overlay.png  사진 위에 겹친 마스크\n"
        "result.json  클래스와 면적 비율, 걸린 시간, 설정, 가중치의 출처\n"
    ),
    # 정답 확인.
    "truth-tab": "정답 확인",
    "truth": "정답 마스크",
    "truth-help": (
        "정답을 알고 있다면 결과와 비교해 보세요. 사진과 같은 크기이고 픽셀 값이 클래스 번호인 "
        "PNG를 올리면 됩니다. 255는 세지 않습니다. 정답이 함께 들어 있는 예제도 있습니다."
    ),
    "truth-waits": "정답 마스크가 있습니다: 분할하기를 누르면 결과와 비교합니다.",
    "without": "CRF 없이: mIoU {before} %.",
    "mious": "mIoU가 {before} %에서 {after} %로",
    "same": "여기서는 CRF가 차이를 만들지 않습니다: {mious}.",
    "helps": "여기서는 CRF가 도움이 됩니다: {mious}; 가장 좋은 것은 {best}회 반복.",
    "hurts": "여기서는 CRF가 결과를 나쁘게 합니다: {mious}; 가장 좋은 것은 {best}회 반복.",
    "only-hurts": "여기서는 CRF가 결과를 나쁘게 합니다: {mious}; 더 나은 반복은 없습니다.",
    "difference-alt": "CRF가 바로잡은 곳과 망친 곳",
    "difference": "초록: CRF가 바로잡은 곳. 빨강: CRF가 망친 곳.",
    "iou": "CRF 이전과 각 반복 이후의 IoU, %",
    "class": "클래스",
    "mean": "평균",
}

NAMES = {
    "animals": "동물", "camvid": "거리", "voc": "일상 사물 20가지",
    "streets": "거리", "20 everyday things": "일상 사물 20가지",
    "background": "배경", "cat": "고양이", "cow": "소", "dog": "개", "horse": "말",
    "person": "사람", "sheep": "양",
    "sky": "하늘", "building": "건물", "pole": "기둥", "road": "도로", "pavement": "보도",
    "tree": "나무", "sign": "표지판", "fence": "울타리", "car": "자동차", "pedestrian": "보행자",
    "bicyclist": "자전거 탄 사람",
    "aeroplane": "비행기", "bicycle": "자전거", "bird": "새", "boat": "배", "bottle": "병",
    "bus": "버스", "chair": "의자", "dining table": "식탁", "motorbike": "오토바이",
    "potted plant": "화분", "sofa": "소파", "train": "기차", "tv monitor": "모니터", "void": "없음",
    "Kitten with yarn": "실뭉치를 가진 새끼 고양이", "Shepherd dog": "셰퍼드",
    "Horses on a hill": "언덕 위의 말들", "Cow in a meadow": "풀밭의 소", "Sheep": "양",
    "Kitten in a garden": "정원의 새끼 고양이", "Chelsea the cat": "고양이 첼시",
    "Astronaut": "우주 비행사", "Parked cars in Trier": "트리어에 주차된 자동차들",
    "Rome": "로마", "Mysore": "마이소르", "Beijing": "베이징",
}  # fmt: skip
