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
let pixels = null; // the photo's RGBA bytes
let grey = null; // the photo without colour, likewise
let cursor = null;
let planned = false;

const shown = (id) => document.getElementById(id)?.checkVisibility() ?? false;
const brightness = (at) =>
  PHOTO * (0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2]);
const range = (id) => Number(document.querySelector(`#${id} input[type=range]`)?.value ?? 0);

async function receive() {
  const value = props.value || null;
  const photo = value && (await load(value.photo));
  if (props.value?.id !== value?.id) return; // a newer one came meanwhile
  data = value;
  canvas.hidden = !data;
  if (!data) return;
  canvas.setAttribute('aria-label', data.label);
  [canvas.width, canvas.height] = [data.width, data.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(photo, 0, 0);
  pixels = context.getImageData(0, 0, data.width, data.height).data;
  grey = pixels.map((_, at) => (at % 4 === 3 ? 255 : brightness(at - (at % 4))));
  cursor = middle(data);
  plan();
}

function paint() {
  if (!data) return;
  const context = canvas.getContext('2d');
  const heard = shown('affinity-controls');
  const picture = new ImageData(data.width, data.height);
  picture.data.set(heard ? grey : pixels);
  if (heard) light(picture.data);
  context.putImageData(picture, 0, 0);
  cross(context, data, cursor);
}

// Colours go by the loudness's root, and cover the photo by the root of that: by loudness itself
// only the nearest pixels would show.
function light(picture) {
  const settings = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, id]) => [name, range(id)]));
  const { loud, sums } = affinity(pixels, data, cursor, settings);
  const whole = settings.appearanceWeight + settings.smoothnessWeight || 1;
  for (let pixel = 0; pixel < loud.length; pixel += 1) {
    const level = Math.round(255 * Math.sqrt(loud[pixel] / whole));
    if (level === 0) continue;
    const colour = data.ramp[level];
    const cover = Math.sqrt(level / 255);
    for (let channel = 0; channel < 3; channel += 1) {
      const at = 4 * pixel + channel;
      picture[at] = cover * colour[channel] + (1 - cover) * picture[at];
    }
  }
  tell(settings, sums, whole);
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
