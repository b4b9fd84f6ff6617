// One large picture, with a line to draw between any two stages.

import { STAGES } from './panels.js';
import { attach } from './gestures.js';
import { cross, paint } from './paint.js';
import { h } from './dom.js';
import { t } from './words.js';

const PHOTO = 3; // beside the three stages
const STEP = 0.05; // of the width, by a key

export class Swipe {
  constructor(app) {
    this.app = app;
    this.canvas = h('canvas');
    this.line = h('div', {
      class: 'line', role: 'slider', tabindex: '0', 'aria-valuemin': '0', 'aria-valuemax': '100',
    });
    this.frame = h('div', { class: 'frame' }, this.canvas, this.line);
    this.selects = [0, 1].map((side) => h('select', {
      onchange: (event) => this.#choose(side, Number(event.target.value)),
    }));
    this.labels = this.selects.map((select) => h('label', {}, h('span'), select));
    this.element = h('div', { id: 'large', hidden: true },
      h('div', { class: 'sides' }, this.labels), this.frame);
    this.control = attach(this.frame, app.choices, () => app.runs.shown?.photo ?? null, {
      hover: () => {},
      leave: () => {},
      ask: (pixel) => app.choices.set({ pixel }),
    });
    this.line.addEventListener('pointerdown', (event) => this.#hold(event));
    this.line.addEventListener('pointermove', (event) => this.#drag(event));
    this.line.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.app.panels.draw()).observe(this.frame);
  }

  translate() {
    const names = [...STAGES, 'photo'].map((each) => t(each));
    this.selects.forEach((select, side) => {
      select.replaceChildren(...names.map((text, value) => h('option', { value, text })));
      select.value = String(this.app.choices.now.sides[side]);
      this.labels[side].firstChild.textContent = t(side ? 'right-side' : 'left-side');
    });
    this.line.setAttribute('aria-label', t('line'));
  }

  #choose(side, stage) {
    const sides = [...this.app.choices.now.sides];
    sides[side] = stage;
    this.app.choices.set({ sides });
  }

  #hold(event) {
    event.stopPropagation();
    event.preventDefault();
    this.line.setPointerCapture(event.pointerId);
    this.line.focus();
  }

  #drag(event) {
    if (!this.line.hasPointerCapture(event.pointerId)) return;
    event.stopPropagation();
    const { left, width } = this.frame.getBoundingClientRect();
    this.#move((event.clientX - left) / width);
  }

  #key(event) {
    const { line } = this.app.choices.now;
    const places = {
      ArrowLeft: line - STEP, ArrowDown: line - STEP, ArrowRight: line + STEP,
      ArrowUp: line + STEP, Home: 0, End: 1,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#move(places[event.key]);
  }

  #move(line) { this.app.choices.set({ line: Math.min(1, Math.max(0, line)) }); }

  draw() {
    const { runs, choices, panels } = this.app;
    const { shown } = runs;
    const { line, sides, zoom, pixel } = choices.now;
    this.line.style.left = `${100 * line}%`;
    this.line.setAttribute('aria-valuenow', String(Math.round(100 * line)));
    this.element.dataset.run = shown?.id ?? '';
    if (!shown || panels.photo?.key !== shown.photo.key) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.frame.clientWidth, this.frame.clientHeight]
      .map((length) => Math.round(length * ratio));
    if (!width || !height) return;
    [this.canvas.width, this.canvas.height] = [width, height];
    const context = this.canvas.getContext('2d');
    const at = Math.round(line * width);
    [[sides[1], at, width], [sides[0], 0, at]].forEach(([side, from, to]) => {
      const layer = new OffscreenCanvas(width, height).getContext('2d');
      const stage = side === PHOTO ? null : panels.stage(side);
      const place = paint(layer, panels.photo.image, shown.photo, stage, panels.look, zoom, ratio);
      if (pixel) cross(layer, pixel, place, ratio);
      if (to > from) context.drawImage(layer.canvas, from, 0, to - from, height, from, 0, to - from, height);
    });
  }
}
