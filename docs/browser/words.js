// What the page says, in both languages; a test holds their keys to be the same.
export const WORDS = {
  en: {
    title: "Segmentation in the browser alone",
    purpose: "SegNet-Basic (2015) finds eleven classes in street scenes, on this device: no photo leaves it.",
    choose: "Choose a photo",
    example: "Take the example",
    save: "Save the mask",
    opacity: "Colours over the photo",
    loading: "The network is being loaded…",
    working: "The network looks at the photo…",
    done: "{pixels} pixels in {seconds} s",
    unreadable: "This file is no picture that the browser can read.",
    failed: "The network could not be run: {reason}",
    photo: "The photo under its classes: {classes}",
    offline: "From now on this page works without a network, too.",
    language: "한국어",
  },
  ko: {
    title: "브라우저만으로 하는 영상 분할",
    purpose: "SegNet-Basic(2015)이 거리 사진에서 열한 가지 클래스를 이 기기에서 찾습니다. 사진은 기기를 떠나지 않습니다.",
    choose: "사진 고르기",
    example: "예시 사진 쓰기",
    save: "마스크 저장",
    opacity: "사진 위의 색",
    loading: "네트워크를 불러오는 중…",
    working: "네트워크가 사진을 보는 중…",
    done: "{pixels} 픽셀, {seconds}초",
    unreadable: "브라우저가 읽을 수 있는 사진이 아닙니다.",
    failed: "네트워크를 실행할 수 없습니다: {reason}",
    photo: "클래스 색을 입힌 사진: {classes}",
    offline: "이제 이 페이지는 인터넷 연결 없이도 작동합니다.",
    language: "English",
  },
};

const CLASSES = {
  sky: "하늘", building: "건물", pole: "기둥", road: "도로", pavement: "보도", tree: "나무",
  sign: "표지판", fence: "울타리", car: "자동차", pedestrian: "보행자", bicyclist: "자전거 탄 사람",
};

export function say(language, key, places = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

export function className(language, name) {
  return language === "ko" ? CLASSES[name] ?? name : name;
}
