// The page: a photo is chosen, the worker labels it, the labels are drawn over it.
import { fit, resize } from "./pictures.js";
import { className, say } from "./words.js";

const WORKING_SIDE = 1024; // pixels; a larger photo is shown and labelled at this long side
const $ = (id) => document.getElementById(id);
const worker = new Worker("worker.js", { type: "module" });
let language = navigator.language.startsWith("ko") ? "ko" : "en";
let told = null; // the status: a key of the words and what stands in its places
let result = null;
let works = false; // without a network

function translate() {
  document.documentElement.lang = language;
  document.querySelectorAll("[data-word]").forEach((each) => {
    each.textContent = say(language, each.dataset.word);
  });
  $("language").textContent = say(language, "language");
  $("language").lang = language === "en" ? "ko" : "en";
  $("status").textContent = told ? say(language, told.key, told.places) : "";
  $("offline").textContent = works ? say(language, "offline") : "";
  if (result) describe();
}

function tell(key, places) {
  told = { key, places };
  $("status").textContent = say(language, key, places);
}

async function open(blob) {
  let picture;
  try {
    picture = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  } catch {
    tell("unreadable");
    return;
  }
  busy(true);
  $("result").hidden = $("save").hidden = true;
  tell("loading");
  const whole = { width: picture.width, height: picture.height };
  const canvas = new OffscreenCanvas(whole.width, whole.height);
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // what is transparent lies on white
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(picture, 0, 0);
  let rgba = context.getImageData(0, 0, whole.width, whole.height).data;
  const larger = Math.max(whole.width, whole.height) > WORKING_SIDE;
  const size = larger ? fit(whole, WORKING_SIDE) : whole;
  if (larger) rgba = resize(rgba, 4, whole, size);
  paint($("photo"), rgba, size);
  worker.postMessage({ rgba, size });
}

function busy(yes) {
  $("file").disabled = $("example").disabled = yes;
}

function paint(canvas, rgba, { width, height }) {
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
}

function show({ labels, size, facts, milliseconds }) {
  const rgba = new Uint8ClampedArray(4 * labels.length);
  const counts = new Array(facts.classes.length).fill(0);
  labels.forEach((label, pixel) => {
    counts[label]++;
    rgba.set(facts.colours[label], 4 * pixel);
    rgba[4 * pixel + 3] = 255;
  });
  paint($("mask"), rgba, size);
  result = { counts, facts, pixels: labels.length };
  describe();
  $("mask").toBlob((blob) => {
    URL.revokeObjectURL($("save").href);
    $("save").href = URL.createObjectURL(blob);
    $("save").download = "mask.png";
    $("result").hidden = $("save").hidden = false;
    busy(false);
    const seconds = (milliseconds / 1000).toFixed(1);
    tell("done", { pixels: labels.length.toLocaleString("en"), seconds });
  });
}

function describe() {
  const { counts, facts, pixels } = result;
  const found = [...counts.keys()].filter((label) => counts[label]);
  found.sort((one, other) => counts[other] - counts[one]);
  const names = found.map((label) => className(language, facts.classes[label]));
  $("photo").setAttribute("aria-label", say(language, "photo", { classes: names.join(", ") }));
  $("legend").replaceChildren(...found.map((label, place) => {
    const row = document.createElement("li");
    const colour = document.createElement("i");
    colour.style.background = `rgb(${facts.colours[label]})`;
    row.append(colour, `${names[place]} ${((100 * counts[label]) / pixels).toFixed(1)} %`);
    return row;
  }));
}

worker.onmessage = ({ data }) => {
  if (data.state === "working") tell("working");
  else if (data.state === "done") show(data);
  else fail(data.reason);
};
worker.onerror = (error) => fail(error.message ?? "worker.js");

function fail(reason) {
  busy(false);
  tell("failed", { reason });
}

$("file").onchange = ({ target }) => {
  if (target.files.length) open(target.files[0]);
  target.value = ""; // so that the same file can be chosen again
};
$("example").onclick = async () => {
  try {
    open(await (await fetch("built/example.jpg")).blob());
  } catch (error) {
    fail(error.message);
  }
};
$("opacity").oninput = ({ target }) => { $("mask").style.opacity = target.value / 100; };
$("mask").style.opacity = $("opacity").value / 100;
$("language").onclick = () => {
  language = language === "en" ? "ko" : "en";
  translate();
};
document.ondragover = (event) => {
  event.preventDefault();
  document.body.classList.add("over");
};
document.ondragleave = () => document.body.classList.remove("over");
document.ondrop = (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  if (event.dataTransfer.files.length && !$("file").disabled) open(event.dataTransfer.files[0]);
};
translate();

// Only https and this machine may have one; elsewhere the page works as long as there is a network.
navigator.serviceWorker?.register("service-worker.js").then(() => navigator.serviceWorker.ready).then(() => {
  works = true;
  translate();
}).catch(() => {});
