// The network, off the page's thread: a photo's pixels in, its labels out, one at a time.
import * as ort from "./built/ort.wasm.min.mjs";
import { fit, labels, normalised, resize } from "./pictures.js";

ort.env.wasm.wasmPaths = new URL("./built/", import.meta.url).href;
const loaded = load();

async function load() {
  const facts = await (await fetch("./built/model.json")).json();
  const session = await ort.InferenceSession.create("./built/model.onnx", {
    executionProviders: ["wasm"],
  });
  return { facts, session };
}

async function segment({ rgba, size }) {
  const { facts, session } = await loaded;
  postMessage({ state: "working" });
  const began = performance.now();
  const input = fit(size, facts.preprocessing.long_side);
  const images = normalised(resize(rgba, 4, size, input), facts.preprocessing);
  const tensor = new ort.Tensor("float32", images, [1, 3, input.height, input.width]);
  const { scores } = await session.run({ images: tensor });
  const answer = labels(scores.data, facts.classes.length, input, size);
  const milliseconds = performance.now() - began;
  postMessage({ state: "done", labels: answer, size, facts, milliseconds });
}

onmessage = async ({ data }) => {
  try {
    await segment(data);
  } catch (error) {
    postMessage({ state: "failed", reason: String(error.message ?? error) });
  }
};
