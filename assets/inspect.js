// The three panels as one instrument: the same point, class and opacity in all of them. Goes on
// where pixels.js ends, and runs once, when the page opens; `element`, `props`, `trigger` and
// `watch` are Gradio's. On each panel's picture, the PNG that the download button saves, lies a
// canvas with what is looked at.

const PANELS = ['score-map', 'upsampled', 'refined'];
const tip = element.querySelector('.tip');
const said = element.querySelector('.said');
let data = null; // the last value whose pictures are decoded
let photo = null;
let maps = []; // class indices of the score map, the upsampled mask, and each CRF iteration
let isolated = null; // the one class that is shown, or none
let cursor = null; // pixel of the photo that is pointed at
let planned = false;
const layers = []; // per panel: what was last painted there, so that pointing repaints nothing else

const range = (id) => Number(document.querySelector(`#${id} input[type=range]`)?.value ?? 0);
const frame = (panel) => document.querySelector(`#${PANELS[panel]} .image-frame`);

async function indices(url) {
  const image = await load(url);
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  return Uint8Array.from({ length: pixels.length / 4 }, (_, pixel) => pixels[4 * pixel]);
}

async function receive() {
  const value = props.value || null;
  const pictures = value && (await Promise.all([load(value.photo), ...value.maps.map(indices)]));
  if ((props.value?.id ?? null) !== (value?.id ?? null)) return; // a newer one came meanwhile
  if (value?.run !== data?.run) isolated = cursor = null;
  data = value;
  [photo, ...maps] = pictures ?? [null];
  plan();
}

// The class indices that a panel shows, if they are here; while the CRF runs its latest are not.
function mapOf(panel) {
  if (panel < 2) return maps[panel];
  const on = document.querySelector('#crf input')?.checked;
  return maps[1 + (on ? range('iterations') : 0)];
}

// The classes of a map in their colours, the others transparent while one is isolated.
function layer(panel, map) {
  const last = layers[panel];
  if (last?.map === map && last.isolated === isolated && last.data === data) return last.canvas;
  const canvas = new OffscreenCanvas(data.width, data.height);
  const picture = new ImageData(data.width, data.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const table = data.colours.map(([red, green, blue], index) =>
    isolated === null || isolated === index
      ? ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0 : 0);
  map.forEach((index, pixel) => { pixels[pixel] = table[index]; });
  canvas.getContext('2d').putImageData(picture, 0, 0);
  layers[panel] = { map, isolated, data, canvas };
  return canvas;
}

function paint(panel) {
  const image = frame(panel)?.querySelector('img');
  if (!image) return;
  let canvas = frame(panel).querySelector('canvas');
  if (!data) return void canvas?.remove();
  canvas ??= frame(panel).appendChild(document.createElement('canvas'));
  [canvas.width, canvas.height] = [data.width, data.height];
  const context = canvas.getContext('2d');
  if (isolated !== null) context.filter = 'grayscale(1) brightness(0.6)';
  context.drawImage(photo, 0, 0, data.width, data.height);
  context.filter = 'none';
  context.globalAlpha = range('opacity') / 100;
  const map = data.view === 'classes' && mapOf(panel);
  if (map) context.drawImage(layer(panel, map), 0, 0);
  else if (image.complete && image.naturalWidth) {
    context.drawImage(image, 0, 0, data.width, data.height);
  }
  context.globalAlpha = 1;
  if (cursor) cross(context, data, cursor);
}

function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    PANELS.forEach((_, panel) => paint(panel));
    document.querySelectorAll('#legend button').forEach((button) => {
      button.setAttribute('aria-pressed', String(Number(button.dataset.index) === isolated));
    });
  });
}
