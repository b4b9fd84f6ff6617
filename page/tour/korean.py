"""The tour in Korean; the keys are those of `english`."""

TEXTS = {
    "tour": "강의",
    "language": "언어",
    "steps": "단계",
    "photo": "사진",
    "own-photo": "내 사진",
    "shows": "사진에 있는 것",
    "has-truth": "정답 있음",
    "too-large": "파일이 너무 큽니다. {size} MB까지 받습니다.",
    "for-lecturers": "강의하는 분께",
    "previous": "← {title}",
    "previous-none": "첫 단계입니다",
    "next": "{title} →",
    "next-none": "마지막 단계입니다",
    "answer-first": "먼저 질문에 답하세요. 그러면 그림을 움직일 수 있습니다.",
    "no-guess": "답하지 않고 보기",
    "is-right": "맞습니다.",
    "is-wrong": "아닙니다.",
    "computing": "계산 중 …",
    "no-network": "이 단계에 쓸 신경망이 여기 없습니다.",
    "network": "신경망",
    "layer": "층",
    "class": "클래스",
    "row": "행",
    "column": "열",
    "cell-of": "{title}: {row}행 {column}열",
    "cell-is": "{title}: {row}행 {column}열은 {value}",
    # 끄고 켜기.
    "without-title": "사진 위의 {network}, 있을 때와 없을 때",
    "switch-skip": "스킵 {number}",
    "switch-unpool-nearest": "언풀링 대신 가장 가까운 칸",
    "switch-unpool-bilinear": "언풀링 대신 쌍선형",
    "switch-dilation": "팽창 (간격 1로)",
    "switch-context": "문맥 모듈",
    "switch-image-mean": "사진 전체의 평균",
    "measure-each": "하나씩 재기",
    "as-trained": "학습한 그대로",
    "without": "끈 것: {what}",
    "differs": "달라진 라벨: {share}",
    "mask-of": "{network}의 마스크: {classes}",
    "run-facts": (
        "{milliseconds} ms · 파라미터 {parameters} · 입력 {width}×{height}픽셀, 점수 맵의 "
        "스트라이드 {stride}"
    ),
    "switched-off": "끈 것",
    "changed": "달라진 라벨",
    "most-lost": "가장 많이 잃은 클래스, %p",
    "nothing": "없음",
    "overstates": (
        "신경망은 지금 끈 것과 함께 학습되어 그것에 기대고 있습니다. 그래서 이 차이는 실제 "
        "가치보다 크게 나옵니다."
    ),
    # 전체에서 숫자 하나까지.
    "explorer-title": "신경망 전체에서 숫자 하나까지",
    "explorer-help": (
        "이 사진에서 실제로 돌아간 단계들: 크기, 스트라이드, 파라미터, 시간. 단계를 열고 맵의 칸을 "
        "누르면 그 숫자를 만든 합이 나옵니다."
    ),
    "stride": "스트라이드 {stride}",
    "rate": "간격 {rate}",
    "kind-convolution": "합성곱",
    "kind-dilated": "팽창 합성곱",
    "kind-transposed": "전치 합성곱",
    "kind-pooling": "풀링",
    "kind-unpooling": "언풀링",
    "kind-upsample": "업샘플링",
    "strongest": "맵 {all}개 중 가장 센 {shown}개. 칸을 누르거나 화살표 키로 옮기세요.",
    "unit": "맵 {unit}: {least}부터 {most}까지",
    "unit-map": "맵 {unit}, {width}×{height}칸. 칸을 누르면 합이 나옵니다",
    "cell-title": "맵 {unit}, {row}행 {column}열",
    "sum-convolution": "합성곱: 읽은 값과 가중치의 곱 {terms}개, 그리고 편향.",
    "sum-dilated": "팽창 합성곱: 곱 {terms}개. 창에 구멍이 나 있습니다.",
    "sum-transposed": "전치 합성곱: 이 칸에 도장을 찍는 칸들의 곱 {terms}개.",
    "sum-unpooling": "언풀링: 여기서 찾은 최댓값({terms}개), 아니면 0.",
    "sum-max": "최대 풀링: {terms}개 중 가장 큰 값의 가중치가 1, 나머지는 0.",
    "sum-mean": "평균 풀링: 값 {terms}개의 가중치가 같습니다.",
    "sum-upsampling": "업샘플링: 점수 맵의 칸 {terms}개에 가중치를 곱한 합.",
    "score": "점수",
    "power": "e^(점수 - 가장 큰 점수)",
    "probability": "확률",
    "softmax": "이 픽셀의 소프트맥스",
    "others": "(다른 채널 {count}개: {sum})",
    "bias": "편향 {bias}",
    "engine-says": "(신경망이 낸 숫자: {number})",
    "channel": "채널 {channel}: 값 × 가중치, 합 {sum}",
    # 1
    "fcn-title": "FCN: 거친 점수와 그것이 잃는 것",
    "fcn-theory": (
        "풀링 다섯 번 뒤에는 32×32픽셀마다 점수가 하나 남습니다. FCN-8s는 pool4(스트라이드 16)와 "
        "pool3(스트라이드 8)의 점수를 더한 뒤 8배로 키웁니다. 그래도 점수 하나가 보는 범위보다 "
        "크거나 작은 물체는 조각나거나 사라집니다."
    ),
    "fcn-source": (
        "Long, Shelhamer & Darrell 2015, 4.2절, 그림 3과 4. 한계: Noh, Hong & Han 2015, 그림 1."
    ),
    "fcn-question": "32×32픽셀 칸마다 클래스를 하나만 말할 수 있다면, 무엇이 먼저 사라질까요?",
    "fcn-a0": "큰 것: 도로, 하늘",
    "fcn-a1": "뭉쳐 있는 것: 자동차, 소",
    "fcn-a2": "가는 것: 기둥, 다리",
    "fcn-why": (
        "칸보다 가는 것은 지나가는 칸마다 다수결에서 집니다. 큰 것은 가장자리만 잃습니다. 이제 "
        "아래에서 학습된 FCN-8s의 스킵을 끊어 보세요."
    ),
    "fcn-live": "거친 격자 위의 라벨: 칸마다 가장 많은 클래스만 남음",
    "fcn-stride": "한 칸의 픽셀 수",
    "fcn-kept": "남은 IoU",
    "fcn-map": "{stride}픽셀 칸의 라벨: {classes}",
    "fcn-of-truth": "정답 라벨입니다. 이 스트라이드의 어떤 신경망도 이보다 잘할 수 없습니다.",
    "fcn-of-network": "이 사진에는 정답이 없어 FCN-8s의 라벨을 썼습니다.",
    # 2
    "unpooling-title": "언풀링과 전치 합성곱 나란히",
    "unpooling-theory": (
        "언풀링은 최댓값을 찾았던 자리에 되돌려 놓고 나머지는 0으로 둡니다. 전치 합성곱은 칸마다 "
        "커널에 값을 곱해 도장처럼 찍고 겹치는 곳은 더합니다. 자리는 모르지만 커널은 학습됩니다."
    ),
    "unpooling-source": "Noh, Hong & Han 2015, 3.2.1절과 3.2.2절, 그림 3.",
    "unpooling-question": (
        "4×4 맵을 2×2로 풀링하고 언풀링하면, 16칸 중 0이 아닐 수 있는 칸은 몇 개입니까?"
    ),
    "unpooling-a0": "4개",
    "unpooling-a1": "8개",
    "unpooling-a2": "16개",
    "unpooling-why": (
        "2×2 창마다 하나씩, 제자리에 4개입니다. 뒤따르는 합성곱이 맵을 다시 채웁니다. 숫자를 "
        "바꾸고 아무 칸이나 눌러 보세요."
    ),
    "unpooling-map": "맵",
    "unpooling-kernel": "커널, 스트라이드 2",
    "unpooling-pooled": "풀링",
    "unpooling-unpooled": "언풀링",
    "unpooling-stamped": "전치 합성곱",
    "unpooling-press": "결과의 칸을 누르면 그 숫자가 어떻게 나왔는지 보입니다.",
    "unpooling-is": "{value}: 풀링 {row}행 {column}열의 최댓값을 제자리에 되돌렸습니다.",
    "unpooling-empty": "0: 이 창의 최댓값은 다른 칸에 있었습니다.",
    "unpooling-photo": "사진 위의 {network}에서",
    "unpooling-filled": "{layer}: 0보다 큰 칸이 {share}",
    # 3
    "deconvnet-title": "DeconvNet: 거친 것에서 촘촘한 것으로",
    "deconvnet-theory": (
        "디코더는 VGG-16을 거울처럼 뒤집은 것입니다. 언풀링 다섯 번이 자리를 되돌리고 그때마다 "
        "디컨볼루션이 채웁니다. 처음 맵에는 어디에 얼마나 크게 있는지가, 마지막 맵에는 윤곽이 "
        "담깁니다."
    ),
    "deconvnet-source": "Noh, Hong & Han 2015, 3.3절과 그림 4.",
    "deconvnet-question": "디코더의 처음 거친 맵에는 무엇이 담겨 있을까요?",
    "deconvnet-a0": "물체의 자리와 범위",
    "deconvnet-a1": "정확한 윤곽",
    "deconvnet-a2": "색",
    "deconvnet-why": (
        "거친 맵의 칸은 여러 픽셀 넓이라 윤곽을 담을 수 없습니다. 슬라이더를 옮겨 보세요: 언풀링한 "
        "맵은 점으로 되어 있고 디컨볼루션이 그때마다 채웁니다."
    ),
    "deconvnet-layer": "맵",
    "deconvnet-unit": "함께 가는 유닛",
    "deconvnet-strongest": "없음: 가장 센 것",
    "deconvnet-map": "{layer}: {width}×{height}칸, 유닛 {units}개 중 {unit}번, 최대 {most}",
    # 4
    "segnet-title": "SegNet: 뺀 것과 아낀 것",
    "segnet-theory": (
        "SegNet은 DeconvNet의 완전 연결층을 빼고, 풀링마다 맵 대신 최댓값의 자리만 간직합니다. 2×2 "
        "창마다 2비트면 됩니다."
    ),
    "segnet-source": "Badrinarayanan, Kendall & Cipolla 2017, 3절, 그림 2와 3.",
    "segnet-question": (
        "fc6, fc7, 그리고 fc6의 거울상을 뺍니다. DeconvNet 파라미터의 얼마나 될까요?"
    ),
    "segnet-a0": "10분의 1쯤",
    "segnet-a1": "절반쯤",
    "segnet-a2": "거의 10분의 9",
    "segnet-why": (
        "512개 맵에서 4096개 맵으로 가는 7×7 합성곱 하나에 가중치가 1억 3백만 개 있습니다. 세 층을 "
        "빼면 29.5 M이 남고, 그것이 SegNet입니다."
    ),
    "segnet-live": "논문 그대로의 DeconvNet 파라미터, 21개 클래스",
    "segnet-out": "{name} 빼기",
    "segnet-total": "남은 것 {kept}, 아낀 것 {saved}. SegNet은 {segnet}.",
    "segnet-memory": "인코더가 디코더에 넘겨주는 것",
    "segnet-width": "사진",
    "segnet-maps": "맵, float32",
    "segnet-indices": "자리만",
    # 5
    "unet-title": "스킵 연결: U-Net",
    "unet-theory": (
        "내려가는 길의 각 단계를 올라가는 길의 같은 단계 옆에 복사합니다. 자리만이 아니라 맵 "
        "전체입니다. 뒤따르는 합성곱이 둘을 함께 읽습니다. 단계마다 하나씩 스킵이 넷입니다."
    ),
    "unet-source": "Ronneberger, Fischer & Brox 2015, 2절과 그림 1.",
    "unet-question": "스킵 하나를 0으로 만듭니다. 이 사진에서는 어느 것을 잃을 때 가장 아플까요?",
    "unet-a0": "스킵 1, 원래 해상도",
    "unet-a1": "가운데의 스킵 2나 3",
    "unet-a2": "가장 거친 스킵 4",
    "unet-why": (
        "사진에 따라 다릅니다. “하나씩 재기”를 눌러 읽어 보세요. 윤곽은 가장 촘촘한 스킵에서 오고, "
        "가장 거친 스킵은 바닥이 아직 아는 것을 되풀이합니다."
    ),
    "unet-live": "논문에서 스킵마다 나르는 것",
    "unet-level": "폭의 {scale}, 맵 {channels}개",
    # 6
    "densenet-title": "조밀 블록: FC-DenseNet",
    "densenet-theory": (
        "조밀 블록의 각 층은 앞의 모든 맵을 읽고 새 맵 k개를 그 위에 쌓습니다. 올라가는 길에서는 "
        "블록의 새 맵만 키웁니다. 그러지 않으면 쌓인 것이 끝없이 늘어납니다."
    ),
    "densenet-source": "Jégou 외 2017, 3.1절과 3.2절, 그림 1과 2, 표 2.",
    "densenet-question": (
        "성장률 12, 4층짜리 블록이 맵 48개를 읽습니다. 내려가는 길에서 나오는 맵은 몇 개입니까?"
    ),
    "densenet-a0": "12개",
    "densenet-a1": "48개",
    "densenet-a2": "96개",
    "densenet-why": "읽은 48개와 새 맵 4 × 12개: 96개. 올라가는 길에서는 새 맵 48개만 키웁니다.",
    "densenet-live": "조밀 블록 하나",
    "densenet-before": "읽는 맵",
    "densenet-growth": "성장률 k",
    "densenet-depth": "층",
    "densenet-layer": "{number}층",
    "densenet-reads": "{reads}개 읽고 {growth}개 더함",
    "densenet-after": (
        "{before} + {depth} × {growth} = 맵 {after}개, 그중 새 맵 {added}개. 3×3 합성곱의 가중치 "
        "{weights}개."
    ),
    "densenet-form": "FC-DenseNet {form}, 첫 블록",
    # 7
    "field-title": "수용 영역: 풀링과 팽창",
    "field-theory": (
        "더 멀리 보려면 맵을 줄이거나(자리를 잃음) 필터의 간격을 벌리면(자리를 지킴) 됩니다. "
        "간격이 1, 2, 4, …인 층은 가중치 수는 그대로인 채 지수적으로 멀리 봅니다."
    ),
    "field-source": "Yu & Koltun 2016, 2절과 그림 1. 재는 법은 Luo 외 2016.",
    "field-question": "간격이 1, 2, 4인 3×3 층 셋은 얼마나 넓은 정사각형을 봅니까?",
    "field-a0": "7칸",
    "field-a1": "9칸",
    "field-a2": "15칸",
    "field-why": "1 + 2·1 + 2·2 + 2·4 = 15. 간격을 바꿔 보세요. 잘못 고르면 구멍이 납니다.",
    "field-live": "가중치 9개짜리 3×3 층 셋: 결과 하나가 읽는 칸",
    "field-rate": "{number}층의 간격",
    "field-pooling": "층 사이에 2×2 풀링",
    "field-sees": (
        "{width}×{width}칸을 보고 {all}칸 중 {read}칸을 읽음. 맵의 스트라이드는 {stride}."
    ),
    "field-photo": "{network}의 점수 하나가 듣는 곳",
    "field-help": "사진을 누르거나 화살표 키로 옮기세요. 실선: 볼 수 있는 전부. 점선: 그중 95 %.",
    "field-found": "{what}: 이론 {theory} px, 실제 {practice} px. 답: {name}",
    # 8
    "deeplab-title": "DeepLab v1: 촘촘한 점수, 간단한 확대",
    "deeplab-theory": (
        "마지막 두 풀링은 더 줄이지 않고(3×3, 스트라이드 1) 그 뒤의 필터를 팽창시킵니다. 점수는 "
        "8픽셀마다 나옵니다. 매끄럽기 때문에 쌍선형으로 8배 키우면 됩니다."
    ),
    "deeplab-source": (
        "Chen 외 2015, 3.1절, 그림 1과 3. 3×3 풀링은 저자들의 DeepLab-LargeFOV 공개판대로."
    ),
    "deeplab-question": "칸 k는 픽셀 8k 위에 있습니다. 네 칸의 한가운데 픽셀은 무엇을 받습니까?",
    "deeplab-a0": "넷 중 가장 큰 값",
    "deeplab-a1": "넷의 평균",
    "deeplab-a2": "가장 가까운 값",
    "deeplab-why": "각각 4분의 1씩: 가중치는 거리에 따라 곧게 줄어듭니다. 행과 열을 옮겨 보세요.",
    "deeplab-live": "3×3 점수의 쌍선형 8배",
    "deeplab-cells": "점수",
    "deeplab-pixel": "{row}행 {column}열: {sum}",
    # 9
    "crf-title": "Dense CRF: 두 규칙과 많은 메시지",
    "crf-theory": (
        "가깝고 색이 비슷한 픽셀은 서로 같아야 하고(외형), 아주 가까운 픽셀도 "
        "그렇습니다(매끄러움). 반복마다 픽셀은 다른 모든 픽셀의 말을 듣고, 들은 만큼 e의 "
        "거듭제곱으로 확률이 오릅니다."
    ),
    "crf-source": (
        "Krähenbühl & Koltun 2011, 식 3과 알고리즘 1. 신경망과 함께: Chen 외 2015, 4절, 그림 2."
    ),
    "crf-question": "외형 커널에서는 누구의 목소리가 큽니까?",
    "crf-a0": "색이 비슷한 모든 픽셀",
    "crf-a1": "가깝고 색도 비슷한 픽셀",
    "crf-a2": "가까운 모든 픽셀",
    "crf-why": (
        "두 거리가 한 지수에 들어 있습니다. 가깝기도 하고 비슷하기도 해야 합니다. 사진을 누르고, "
        "거리를 바꾸고, 커널을 끄고, 반복을 넘겨 보세요."
    ),
    "crf-live": "왼쪽: 십자 픽셀이 누구의 말을 듣는지. 오른쪽: 반복마다의 마스크",
    "crf-photo": "십자 픽셀이 듣는 픽셀들. 다른 곳을 누르거나 화살표 키로 옮기세요",
    "crf-appearance_reach": "θα, 픽셀",
    "crf-colour_reach": "θβ, 단계",
    "crf-smoothness_reach": "θγ, 픽셀",
    "crf-without-appearance": "외형 없이",
    "crf-without-smoothness": "매끄러움 없이",
    "crf-iteration": "반복",
    "crf-class": "보기",
    "crf-all": "모든 클래스",
    "crf-heard": "{x}열 {y}행은 외형으로 픽셀 {colour}개만큼, 매끄러움으로 {place}개만큼 듣습니다.",
    "crf-after": "{what}, {iteration}회 반복 뒤: {changed} 달라짐{miou}",
    "crf-message": "{x}열 {y}행, {iteration}번째 반복: 처음 확률 × e^(메시지), 합이 1이 되도록",
    "crf-prior": "신경망",
    "crf-appearance": "w1 메시지",
    "crf-smoothness": "w2 메시지",
    "crf-marginal": "뒤",
    "crf-engine": "엔진의 값",
    "crf-parts": "{name} 메시지가 온 곳",
    # 10
    "dilatednet-title": "DilatedNet: 문맥 모듈이 있을 때와 없을 때",
    "dilatednet-theory": (
        "앞단 뒤에 간격이 1, 1, 2, 4, 8, 16, 1인 3×3 층 일곱과 1×1 층 하나가 같은 해상도에서 "
        "점수를 한 번 더 봅니다. 칸마다 둘레 67×67칸입니다."
    ),
    "dilatednet-source": "Yu & Koltun 2016, 3절과 표 1.",
    "dilatednet-question": "클래스가 11개일 때 기본 문맥 모듈의 파라미터는 몇 개입니까?",
    "dilatednet-a0": "8천 개쯤",
    "dilatednet-a1": "8만 개쯤",
    "dilatednet-a2": "80만 개쯤",
    "dilatednet-why": "7 × (9·11·11 + 11) + 11·11 + 11 = 7,832: 클래스의 점수만 가지고 일합니다.",
    "dilatednet-live": "사진 한가운데에서 모듈이 보는 곳",
    "dilatednet-layer": "지난 층",
    "dilatednet-sees": "{layer}층, 간격 {rate}: {cells}×{cells}칸, 신경망 입력의 {pixels}픽셀.",
    # 11
    "pyramid-title": "DeepLab v3: 피라미드, 단계에서 숫자까지",
    "pyramid-theory": (
        "간격 6, 12, 18의 3×3 필터와 1×1 필터, 사진 전체의 평균이 같은 맵을 나란히 보고 합칩니다. "
        "여기서는 ResNet-101 대신 EfficientNet-Lite2 위에 서 있습니다."
    ),
    "pyramid-source": "Chen, Papandreou, Schroff & Adam 2017, 3.3절, 그림 4와 5.",
    "pyramid-question": "간격이 맵의 변만큼 커지면 3×3 필터는 무엇이 됩니까?",
    "pyramid-a0": "모든 것을 보는 필터",
    "pyramid-a1": "1×1 필터",
    "pyramid-a2": "맵의 평균",
    "pyramid-why": (
        "가운데 말고는 모두 경계 밖의 0을 읽습니다. 그래서 사진의 평균을 더한 것입니다. 아래에서 "
        "단계를 열고 맵의 칸을 눌러 보세요."
    ),
    "pyramid-live": "{side}×{side} 맵의 모든 자리에 놓은 3×3 필터",
    "pyramid-rate": "간격",
    "pyramid-nine": "가중치 9개 모두",
    "pyramid-some": "가중치 2~6개",
    "pyramid-one": "가중치 1개",
    # 12
    "together-title": "한 사진 위의 모든 신경망",
    "together-theory": (
        "세 해 동안의 생각을 나란히: 같은 사진, 같은 클래스. 사진 한 장으로는 아무것도 정해지지 "
        "않으니 마지막 열에 val의 값이 있습니다."
    ),
    "together-source": "논문은 각 단계에 적혀 있습니다. val은 이 프로젝트가 나눈 것입니다.",
    "together-question": "이 사진에서는 어떤 생각이 이길까요?",
    "together-a0": "스킵: U-Net, FC-DenseNet, FCN-8s",
    "together-a1": "언풀링: DeconvNet, SegNet",
    "together-a2": "팽창: DeepLab, DilatedNet",
    "together-why": "직접 보세요. 정답이 있으면 IoU로, 없으면 눈과 시간으로.",
    "together-time": "시간",
    "together-parameters": "파라미터",
    "together-file": "파일",
    "together-val": "val mIoU",
    "together-order": "순서",
    "together-by-paper": "강의 순서",
    "together-by-miou": "IoU순",
    "together-by-time": "시간순",
    "together-by-size": "크기순",
}
