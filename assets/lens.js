// The photo that is looked into: a pixel of it is chosen by pointer, finger or arrow keys. While
// the CRF's controls are in view, every pixel is as bright as it is loud for the chosen one. Goes
// on where pixels.js and affinity.js end; `element`, `props`, `trigger` and `watch` are Gradio's.

const canvas = element.querySelector('canvas');
const said = element.querySelector('.said');
const SETTINGS = {
  appearanceWeight: 'w1', appearanceReach: 'theta-alpha', colourReach: 'theta-beta',
  smoothnessWeight: 'w2', smoothnessReach: 'theta-gamma',
};
const PHOTO = 0.55; // how bright the grey photo is left
let data = null; // the last value whose photo is decoded
let photo = null; // its pixels, an ImageData
let grey = null; // the photo without colour, likewise
let voices = null; // RGBA of each level of loudness, packed
let cursor = null;
let planned = false;

const shown = (id) => document.getElementById(id)?.checkVisibility() ?? false;
const range = (id) => Number(document.querySelector(`#${id} input[type=range]`)?.value ?? 0);

async function receive() {
  const value = props.value || null;
  const picture = value && (await load(value.photo));
  if (props.value?.id !== value?.id) return; // a newer one came meanwhile
  data = value;
  canvas.hidden = !data;
  if (!data) return;
  canvas.setAttribute('aria-label', data.label);
  [canvas.width, canvas.height] = [data.width, data.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  photo = context.getImageData(0, 0, data.width, data.height);
  grey = dimmed(photo);
  voices = Uint32Array.from(data.ramp, voice);
  cursor = middle(data);
  plan();
}

function dimmed({ data: bytes, width, height }) {
  const picture = new ImageData(width, height);
  for (let at = 0; at < bytes.length; at += 4) {
    const level = PHOTO * (0.299 * bytes[at] + 0.587 * bytes[at + 1] + 0.114 * bytes[at + 2]);
    picture.data.fill(level, at, at + 3);
    picture.data[at + 3] = 255;
  }
  return picture;
}

// Colours go by the loudness's root, and cover the photo by the root of that: by loudness itself
// only the nearest pixels would show.
function voice([red, green, blue], level) {
  return ((Math.round(Math.sqrt(255 * level)) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function paint() {
  if (!data) return;
  const context = canvas.getContext('2d');
  const heard = shown('affinity-controls');
  context.putImageData(heard ? grey : photo, 0, 0);
  if (heard) context.drawImage(light(), 0, 0);
  cross(context, data, cursor);
}

// A canvas of what is heard, clear where nothing is.
function light() {
  const settings = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, id]) => [name, range(id)]));
  const { loud, sums } = affinity(photo.data, data, cursor, settings);
  const whole = settings.appearanceWeight + settings.smoothnessWeight || 1;
  const picture = new ImageData(data.width, data.height);
  const painted = new Uint32Array(picture.data.buffer);
  for (let pixel = 0; pixel < loud.length; pixel += 1) {
    painted[pixel] = voices[Math.round(255 * Math.sqrt(loud[pixel] / whole))];
  }
  tell(settings, sums, whole);
  const layer = new OffscreenCanvas(data.width, data.height);
  layer.getContext('2d').putImageData(picture, 0, 0);
  return layer;
}

function tell(settings, sums, whole) {
  const facts = {
    'heard-colour': sums.appearance, 'heard-place': sums.smoothness,
    'heard-half': whole / 4, 'heard-most': whole,
  };
  for (const [id, value] of Object.entries(facts)) {
    const place = document.getElementById(id);
    if (place) place.textContent = value.toLocaleString('en', { maximumFractionDigits: 1 });
  }
}

function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; paint(); });
}

function choose(pixel) {
  cursor = pixel;
  plan();
}

// Only the receptive fields need the server.
function ask() {
  if (shown('fields-models')) trigger('select', cursor);
}

const point = (event) => choose(pixelAt(canvas.getBoundingClientRect(), data, event));

canvas.addEventListener('pointermove', (event) => { if (event.buttons === 1) point(event); });
canvas.addEventListener('click', (event) => { point(event); ask(); });
canvas.addEventListener('keydown', (event) => {
  if (event.key in STEPS) {
    choose(stepped(cursor, data, event));
    said.textContent = data.pixel.replace('{x}', cursor.x).replace('{y}', cursor.y);
  } else if (event.key === 'Enter' || event.key === ' ') ask();
  else return;
  event.preventDefault();
});

// A slider moves its number after the event, a tab shows its content after the click.
const later = (event) => {
  if (event.target.closest?.('#inside')) requestAnimationFrame(plan);
};
document.addEventListener('input', later);
document.addEventListener('click', later);
document.addEventListener('keyup', later);
watch('value', receive);
