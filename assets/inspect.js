// The three panels as one instrument: the same point, class and opacity in all of them. Goes on
// where layers.js ends, and runs once, when the page opens; `element`, `props`, `trigger` and
// `watch` are Gradio's. On each panel's picture, the PNG that the download button saves, lies a
// canvas with what is looked at.

const PANELS = ['score-map', 'upsampled', 'refined'];
const tip = element.querySelector('.tip');
const said = element.querySelector('.said');
let data = null; // the last value whose pictures are decoded
let photo = null;
let maps = []; // class indices of the score map, the upsampled mask, and each CRF iteration
let levels = []; // 0-255, of the same stages, where the view shows values
let isolated = null; // the one class that is shown, or none
let cursor = null; // pixel of the photo that is pointed at
let planned = false;
const layers = []; // per panel: what was last painted there, so that pointing repaints nothing else

const range = (id) => Number(document.querySelector(`#${id} input[type=range]`)?.value ?? 0);
const frame = (panel) => document.querySelector(`#${PANELS[panel]} .image-frame`);

async function receive() {
  const value = props.value || null;
  const urls = value ? [value.maps, value.levels] : [];
  const [picture, ...grids] = await Promise.all([
    value && load(value.photo), ...urls.map((each) => Promise.all(each.map(values))),
  ]);
  if ((props.value?.id ?? null) !== (value?.id ?? null)) return; // a newer one came meanwhile
  if (value?.run !== data?.run) isolated = cursor = null;
  data = value;
  photo = picture;
  [maps, levels] = value ? grids : [[], []];
  plan();
}

// Which of the maps a panel shows: of the refined ones that of the iteration chosen.
function placeOf(panel) {
  const on = document.querySelector('#crf input')?.checked;
  return panel < 2 ? panel : 1 + (on ? range('iterations') : 0);
}

// The class indices that a panel shows, if they are here; while the CRF runs its latest are not.
const mapOf = (panel) => maps[placeOf(panel)];

// What the browser can draw of a panel by itself, or nothing: then its PNG is shown.
function stageOf(panel) {
  const graded = !['classes', 'changes'].includes(data.view);
  const stage = { map: mapOf(panel), before: maps[panel - 1], levels: levels[placeOf(panel)] };
  return stage.map && (stage.levels || !graded) ? stage : null;
}

function layer(panel, stage) {
  const last = layers[panel];
  if (last?.map === stage.map && last.isolated === isolated && last.data === data) {
    return last.canvas;
  }
  const canvas = drawLayer(data, stage, isolated);
  layers[panel] = { map: stage.map, isolated, data, canvas };
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
  const stage = stageOf(panel);
  if (stage) context.drawImage(layer(panel, stage), 0, 0);
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
