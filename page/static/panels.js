// The three panels: one stage each, side by side where there is room, else one at a time.

import { cross, paint, photoOf, placed } from './paint.js';
import { attach } from './gestures.js';
import { h, perFrame } from './dom.js';
import { address } from './server.js';
import { count, duration, name, named, percent, t } from './words.js';
import { sharesOf } from './legend.js';

export const STAGES = ['score-map', 'upsampled', 'refined'];
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Panels {
  photo = null; // of the shown run, decoded
  levels = null; // { run, view, stages } of a view that shows values

  constructor(app) {
    this.app = app;
    this.panels = STAGES.map((stage, number) => this.#panel(stage, number));
    this.list = h('div', { id: 'panels' }, this.panels.map(({ figure }) => figure));
    this.buttons = STAGES.map((stage, number) => h('button', {
      type: 'button', onclick: () => this.reveal(number), 'aria-pressed': 'false',
    }, h('span', { class: 'number', text: number + 1 }), h('span', { class: 'what' })));
    this.switch = h('div', { class: 'switch', role: 'group' }, this.buttons);
    this.element = h('div', { class: 'stages' }, this.switch, this.list);
    this.draw = perFrame(() => this.#draw());
    this.save = perFrame(() => this.#save());
    new ResizeObserver(this.draw).observe(this.list);
    this.list.addEventListener('scroll', perFrame(() => this.#seen()));
  }

  translate() {
    this.switch.setAttribute('aria-label', t('panels'));
    this.panels.forEach(({ title, ask, meaning }, number) => {
      title.textContent = t(STAGES[number]);
      ask.setAttribute('aria-label', t('what-is', { stage: t(STAGES[number]) }));
      meaning.textContent = t(`${STAGES[number]}-means`);
    });
    this.buttons.forEach((button, number) => {
      button.querySelector('.what').textContent = t(STAGES[number]);
    });
  }

  #panel(stage, number) {
    const title = h('span');
    const caption = h('p', { class: 'caption' });
    const ask = h('button', {
      type: 'button', class: 'ask', text: '?', 'aria-expanded': 'false', onclick: () => this.#explain(),
    });
    const meaning = h('p', { class: 'meaning', hidden: true });
    const picture = h('img', { alt: '', draggable: 'false' });
    const canvas = h('canvas');
    const frame = h('div', { class: 'frame', tabindex: '0', role: 'application' }, picture, canvas);
    const figure = h('figure', { id: stage, class: 'panel' },
      h('figcaption', {}, h('h2', {}, h('span', { class: 'number', text: number + 1 }), title),
        ask, caption, meaning),
      frame);
    const control = attach(frame, this.app.choices, () => this.app.runs.shown?.photo ?? null, {
      hover: (pixel, event) => this.app.loupe.show(pixel, event),
      leave: () => this.app.loupe.hide(),
      ask: (pixel, event) => this.#ask(pixel, event, frame),
    });
    frame.addEventListener('keydown', (event) => this.#key(event, frame, control));
    frame.addEventListener('blur', () => this.app.loupe.hide());
    return { figure, title, ask, caption, meaning, picture, canvas, frame, control };
  }

  // Says under each panel what its stage is, or no longer: under all, so that they stay level.
  #explain() {
    const shown = this.panels[0].meaning.hidden;
    for (const { ask, meaning } of this.panels) {
      meaning.hidden = !shown;
      ask.setAttribute('aria-expanded', String(shown));
    }
  }

  #ask(pixel, event, frame) {
    this.app.choices.set({ pixel });
    if (event.pointerType === 'touch') this.app.loupe.show(pixel, event);
    frame.focus({ preventScroll: true });
  }

  // In a panel the arrow keys move the cross.
  #key(event, frame, control) {
    const { runs, choices, loupe } = this.app;
    if (!runs.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in MOVES) {
      const { width, height } = runs.shown.photo;
      const from = choices.now.pixel ?? { x: width >> 1, y: height >> 1 };
      const far = event.shiftKey ? 1 : Math.ceil(width / 50);
      const [x, y] = MOVES[event.key].map((step) => step * far);
      const clamp = (value, length) => Math.min(length - 1, Math.max(0, value));
      const pixel = { x: clamp(from.x + x, width), y: clamp(from.y + y, height) };
      choices.set({ pixel });
      const box = frame.getBoundingClientRect();
      const room = { width: box.width, height: box.height };
      const place = placed(runs.shown.photo, room, choices.now.zoom);
      loupe.show(pixel, {
        clientX: box.left + place.left + pixel.x * place.scale,
        clientY: box.top + place.top + pixel.y * place.scale,
      }, true);
    } else if (event.key === 'Escape') {
      choices.set({ pixel: null });
      loupe.hide();
    } else if (event.key === '+' || event.key === '=') control.step(true);
    else if (event.key === '-') control.step(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(bigger) { this.panels[this.app.choices.now.panel].control.step(bigger); }

  // Where one panel is in sight at a time, the one that is chosen is to be it from the start.
  #settle() {
    const { clientWidth, scrollWidth } = this.list;
    if (this.settled || !clientWidth) return;
    this.settled = true;
    if (scrollWidth <= clientWidth + 1) return;
    const { figure } = this.panels[this.app.choices.now.panel];
    const left = figure.offsetLeft - this.list.offsetLeft;
    this.list.scrollTo({ left, behavior: 'instant' });
  }

  // Brings a panel to the front, where only one is in sight, and gives it the keyboard.
  reveal(number, focus = false) {
    this.app.choices.set({ panel: number });
    this.list.scrollTo({ left: this.panels[number].figure.offsetLeft - this.list.offsetLeft });
    if (focus) this.panels[number].frame.focus();
  }

  #seen() {
    const { clientWidth, scrollWidth, scrollLeft } = this.list;
    if (scrollWidth <= clientWidth + 1) return;
    this.app.choices.set({ panel: Math.round(scrollLeft / (scrollWidth / STAGES.length)) });
  }

  // What a panel shows: its labels, those before it, and its levels in a view that shows values.
  stage(panel) {
    const { runs, choices } = this.app;
    const iteration = this.app.iteration;
    const map = runs.shown?.mapOf(panel, iteration);
    if (!map) return null;
    const { view } = choices.now;
    const graded = !['classes', 'changes'].includes(view);
    const at = panel < 2 ? panel : 1 + Math.min(iteration, runs.shown.iterations);
    const known = graded && this.levels?.run === runs.shown.id && this.levels.view === view;
    return {
      map,
      before: panel > 0 ? runs.shown.mapOf(panel - 1, iteration) : null,
      levels: known ? this.levels.stages[at] : null,
    };
  }

  get look() {
    const { palette, opacity, isolated, view } = this.app.choices.now;
    const network = this.app.runs.shown.network;
    const graded = !['classes', 'changes'].includes(view);
    const known = graded && this.levels?.run === this.app.runs.shown.id && this.levels.view === view;
    return {
      network, palette, opacity, isolated, ramp: this.app.facts.ramp,
      view: graded && !known ? 'classes' : view,
    };
  }

  // Takes a new state of the run: its photo is decoded first, so that nothing mixes.
  async receive() {
    const { shown } = this.app.runs;
    if (shown && this.photo?.key !== shown.photo.key) {
      const image = await photoOf(address(`photos/${shown.photo.key}.jpg`)).catch(() => null);
      if (this.app.runs.shown?.photo.key !== shown.photo.key) return;
      this.photo = image && { key: shown.photo.key, image };
    }
    this.describe();
    this.draw();
  }

  describe() {
    const { shown } = this.app.runs;
    this.panels.forEach(({ caption, frame, picture, figure }, panel) => {
      const map = shown?.mapOf(panel, this.app.iteration);
      const words = shown ? this.#caption(shown, panel) : '';
      caption.textContent = words;
      figure.dataset.run = shown?.id ?? '';
      const seen = map ? this.#seenAs(shown, panel, map) : t(`${STAGES[panel]}-empty`);
      frame.setAttribute('aria-label', seen);
      picture.alt = seen;
      frame.toggleAttribute('data-empty', !map);
      frame.toggleAttribute('data-zoomed', this.app.choices.now.zoom.scale > 1);
    });
    this.buttons.forEach((button, panel) => {
      button.setAttribute('aria-pressed', String(panel === this.app.choices.now.panel));
    });
  }

  #caption(shown, panel) {
    const { iteration } = this.app;
    const [first, upsampled] = shown.spent;
    if (!shown.mapOf(panel, iteration)) {
      return this.app.runs.running ? t('coming') : t('stopped-before');
    }
    if (panel === 0) {
      const { width, height } = shown.maps[0];
      return t('score-map-caption', { width, height, stride: shown.stride, time: duration(first) });
    }
    if (panel === 1) {
      const { width, height } = shown.maps[1];
      return t('upsampled-caption', { width, height, time: duration(upsampled) });
    }
    const done = Math.min(iteration, shown.iterations);
    if (done === 0) return t('off-caption');
    return t('refined-caption', {
      iterations: count(done, 'iteration'),
      share: percent(differing(shown.maps[1], shown.mapOf(2, done))),
      time: duration(shown.spent[1 + done]),
    });
  }

  #seenAs(shown, panel, map) {
    const { view } = this.app.choices.now;
    return t('alt', {
      stage: t(STAGES[panel]), network: shown.network.label, view: viewName(view, shown.network),
      named: named(sharesOf(map), shown.network.classes),
    });
  }

  // Only what has changed is painted anew: of the iterations that is one panel of three.
  #draw() {
    const { shown } = this.app.runs;
    if (!shown || !this.photo || this.photo.key !== shown.photo.key) return;
    const { width, height } = shown.photo;
    this.list.style.setProperty('--aspect', Math.min(2, Math.max(0.8, width / height)));
    if (this.app.choices.now.layout === 'one') return void this.app.swipe.draw();
    this.#settle();
    const { look } = this;
    const { zoom, pixel } = this.app.choices.now;
    const ratio = window.devicePixelRatio || 1;
    this.panels.forEach((each, panel) => {
      const { canvas, frame } = each;
      const [across, down] = [frame.clientWidth, frame.clientHeight];
      if (!across || !down) return;
      canvas.dataset.run = shown.id;
      const stage = this.stage(panel);
      const inputs = [this.photo.image, stage?.map, stage?.before, stage?.levels, look.network,
        look.palette, look.opacity, look.isolated, look.view, zoom, pixel, across, down, ratio];
      if (each.drawn?.every((input, index) => input === inputs[index])) return;
      each.drawn = inputs;
      canvas.width = Math.round(across * ratio);
      canvas.height = Math.round(down * ratio);
      const context = canvas.getContext('2d');
      const place = paint(context, this.photo.image, shown.photo, stage, look, zoom, ratio);
      if (pixel) cross(context, pixel, place, ratio);
    });
    this.save();
  }

  // Below each canvas lies the stage's mask as a picture of its own, to be saved or copied.
  async #save() {
    const { shown } = this.app.runs;
    if (!shown?.done) return;
    const { palette } = this.app.choices.now;
    for (const [panel, { picture }] of this.panels.entries()) {
      const map = shown.mapOf(panel, this.app.iteration);
      if (picture.drawn?.map === map && picture.drawn.palette === palette) continue;
      picture.drawn = { map, palette };
      const blob = await maskOf(map, shown.network, palette, shown.photo);
      if (picture.drawn.map !== map) continue;
      if (picture.src.startsWith('blob:')) URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(blob);
    }
  }
}

// A stage's labels in their colours, at the photo's size, as a PNG.
async function maskOf(map, network, palette, { width, height }) {
  const small = new OffscreenCanvas(map.width, map.height);
  const picture = new ImageData(map.width, map.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const table = network.colours[palette].map(
    ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = table[map.values[at]] ?? 0;
  small.getContext('2d').putImageData(picture, 0, 0);
  const large = new OffscreenCanvas(width, height);
  const context = large.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
  return await large.convertToBlob({ type: 'image/png' });
}

export function viewName(view, network) {
  if (!view.startsWith('class-')) return t(view);
  return t('probability', { name: name(network.classes[Number(view.slice(6))] ?? '') });
}

export function differing(one, other) {
  let different = 0;
  for (let at = 0; at < one.values.length; at += 1) {
    different += one.values[at] !== other.values[at];
  }
  return different / one.values.length;
}
