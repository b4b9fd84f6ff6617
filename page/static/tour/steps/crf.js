// The dense CRF: its two rules, one pixel's messages, iterations for one class and for all.

import { h } from '../../dom.js';
import { affinity } from '../../affinity.js';
import { cross } from '../../paint.js';
import { unpacked } from '../../runs.js';
import { ask, askOne, computing } from '../ask.js';
import * as draw from '../draw.js';
import { check, choice, slider, status, table, titled } from '../parts.js';
import { figure as shown, named, percent, text } from '../words.js';

export const [key, answers, right] = ['crf', 3, 1];
const REACHES = {
  appearance_reach: { min: 1, max: 80 }, colour_reach: { min: 1, max: 60 }, smoothness_reach: { min: 1, max: 30 },
};
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 8; // pixels that an arrow key moves

export function figure(tour, step) {
  const network = tour.network('deeplab_v1', 'deeplab_v3');
  if (!network) return h('p', { class: 'wrong', text: text('no-network') });
  const made = new Crf(tour, step, network);
  made.element.begin = () => made.begin();
  return made.element;
}

class Crf {
  #pixel = null;
  #frames = [];

  constructor(tour, step, network) {
    [this.tour, this.step, this.network] = [tour, step, network];
    this.settings = Object.fromEntries(Object.keys(REACHES).map((name) => [name, network.crf[name]]));
    this.off = new Set();
    this.label = 0;
    this.status = status();
    this.canvas = h('canvas', { tabindex: '0', role: 'application', 'data-arrows': true, 'aria-label': text('crf-photo') });
    this.heard = h('p', { class: 'equation', role: 'status' });
    this.message = h('div', { class: 'message' });
    this.frame = draw.canvas();
    this.caption = h('figcaption');
    const reaches = Object.entries(REACHES).map(([name, range]) => slider(
      text(`crf-${name}`), { ...range, step: 1, value: this.settings[name] }, (value) => this.#set(name, value)));
    this.iteration = slider(text('crf-iteration'), { min: 0, max: tour.facts.iterations, value: 0 }, () => { this.#show(); this.#ask(); });
    this.classes = choice(text('crf-class'), [[-1, text('crf-all')], ...network.classes.map((each, index) => [index, named(each)])], -1, (value) => this.#follow(Number(value)));
    this.kernels = ['appearance', 'smoothness'].map((name) => check(text(`crf-without-${name}`), (on) => {
      if (on) this.off.add(name);
      else this.off.delete(name);
      this.#draw();
      this.#rerun();
    }));
    this.canvas.addEventListener('click', (event) => this.#point(event));
    this.canvas.addEventListener('keydown', (event) => this.#key(event));
    this.element = h('section', {},
      titled(text('crf-live'), h('div', { class: 'controls' }, reaches.map((each) => each.element), this.kernels.map((each) => each.element)),
        h('div', { class: 'two even' }, h('div', {}, this.canvas, this.heard),
          h('figure', {}, this.caption, this.frame, this.iteration.element, this.classes.element)),
        this.status.element, this.message));
  }

  async begin() {
    const { size, picture } = this.tour.photo;
    const context = new OffscreenCanvas(size.width, size.height).getContext('2d');
    context.drawImage(picture, 0, 0, size.width, size.height);
    this.pixels = context.getImageData(0, 0, size.width, size.height);
    this.#pixel = { x: size.width >> 1, y: size.height >> 1 };
    this.#draw();
    await this.#rerun();
  }

  #set(name, value) {
    this.settings = { ...this.settings, [name]: value };
    this.#draw();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.#rerun(), 400);
  }

  // Which pixels the chosen one listens to: computed here, while a slider moves.
  #draw() {
    if (!this.#pixel) return;
    const { crf } = this.network;
    const weights = ['appearance', 'smoothness'].map((name) => (this.off.has(name) ? 0 : crf[`${name}_weight`]));
    const { loud, sums } = affinity(this.pixels.data, this.pixels, this.#pixel, {
      appearanceReach: this.settings.appearance_reach, colourReach: this.settings.colour_reach,
      smoothnessReach: this.settings.smoothness_reach, appearanceWeight: weights[0], smoothnessWeight: weights[1],
    });
    const most = weights[0] + weights[1] || 1;
    const { width, height } = this.pixels;
    const values = Uint8Array.from(loud, (value) => Math.round(255 * Math.sqrt(Math.min(1, value / most))));
    const context = draw.heat(this.canvas, { width, height, values }, this.tour.facts.ramp, this.tour.photo.picture);
    cross(context, this.#pixel, { left: 0, top: 0, scale: 1 }, 1);
    this.heard.textContent = text('crf-heard', {
      x: this.#pixel.x, y: this.#pixel.y, colour: shown(sums.appearance), place: shown(sums.smoothness),
    });
    this.heard.dataset.appearance = sums.appearance;
  }

  #asked(more = {}) {
    return {
      photo: this.tour.photo.key, model: this.network.key, off: [...this.off].sort(),
      settings: this.settings, ...more,
    };
  }

  #follow(index) {
    this.label = Math.max(0, index);
    this.one = index >= 0;
    return this.#rerun();
  }

  async #rerun() {
    await computing(this, async () => {
      const messages = await ask('crf', this.#asked({ label: this.label }));
      const frames = messages.filter(({ kind }) => kind === 'iteration');
      this.#frames = await Promise.all(frames.map(async (each) => ({
        ...each, map: await unpacked(each.labels), belief: await unpacked(each.levels),
      })));
      if (this.step.gone) return;
      this.#show();
      await this.#message();
    });
  }

  #show() {
    const found = this.#frames[this.iteration.value];
    if (!found) return;
    const { picture } = this.tour.photo;
    if (this.one) draw.heat(this.frame, found.belief, this.tour.facts.ramp);
    else draw.labels(this.frame, picture, found.map, this.network);
    const [first] = this.#frames;
    const words = text('crf-after', {
      iteration: found.iteration, changed: percent(draw.changedShare(first.map, found.map)),
      miou: found.miou === null ? '' : ` · mIoU ${percent(found.miou)}`,
      what: this.one ? named(this.network.classes[this.label]) : text('crf-all'),
    });
    this.caption.textContent = words;
    this.frame.setAttribute('aria-label', `${words}. ${draw.described(found.map, this.network)}`);
  }

  #ask() {
    clearTimeout(this.later);
    this.later = setTimeout(() => computing(this, () => this.#message()), 250);
  }

  // What the chosen pixel hears in the iteration that leads to the one shown.
  async #message() {
    const iteration = Math.max(1, this.iteration.value);
    const label = this.one ? this.label : this.#likeliest();
    const found = await askOne('message', this.#asked({ ...this.#pixel, iteration, label }));
    if (this.step.gone) return;
    const order = found.marginals.map((_, index) => index)
      .sort((a, b) => found.marginals[b] + found.prior[b] - found.marginals[a] - found.prior[a]).slice(0, 4);
    this.message.replaceChildren(
      table([text('class'), text('crf-prior'), text('crf-appearance'), text('crf-smoothness'), text('crf-marginal'), text('crf-engine')],
        order.map((index) => [named(this.network.classes[index]), ...['prior', 'appearance', 'smoothness', 'marginals', 'engine'].map((part) => shown(found[part][index]))]),
        text('crf-message', { x: this.#pixel.x, y: this.#pixel.y, iteration })),
      this.#parts(found));
    this.message.dataset.pixel = `${this.#pixel.x} ${this.#pixel.y}`;
  }

  #likeliest() {
    const frame = this.#frames[Math.max(0, this.iteration.value)];
    return frame ? frame.map.values[this.#pixel.y * frame.map.width + this.#pixel.x] : 0;
  }

  // From which parts of the photo the message came.
  #parts({ parts, label }) {
    const most = Math.max(...parts.flat()) || 1;
    const values = Uint8Array.from(parts.flat(), (each) => Math.round((255 * Math.max(0, each)) / most));
    const canvas = draw.canvas({ 'aria-label': text('crf-parts', { name: named(this.network.classes[label]) }) });
    const { width, height } = this.pixels;
    const context = draw.prepared(canvas, this.tour.photo.picture, { width, height });
    const picture = new ImageData(parts[0].length, parts.length);
    values.forEach((level, at) => picture.data.set([...this.tour.facts.ramp[level], 255], 4 * at));
    draw.over(context, picture, 0.7);
    cross(context, this.#pixel, { left: 0, top: 0, scale: 1 }, 1);
    return h('figure', {}, h('figcaption', { text: text('crf-parts', { name: named(this.network.classes[label]) }) }), canvas);
  }

  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    this.#move(Math.floor(((event.clientX - box.left) / box.width) * this.pixels.width),
      Math.floor(((event.clientY - box.top) / box.height) * this.pixels.height));
  }

  #key(event) {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const far = event.shiftKey ? 1 : FAR;
    const [across, down] = MOVES[event.key];
    this.#move(this.#pixel.x + far * across, this.#pixel.y + far * down);
  }

  #move(x, y) {
    const { width, height } = this.pixels;
    this.#pixel = { x: Math.min(width - 1, Math.max(0, x)), y: Math.min(height - 1, Math.max(0, y)) };
    this.#draw();
    this.#ask();
  }
}
