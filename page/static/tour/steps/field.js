// The receptive field: what rates and poolings make of three small layers, and of a real network.

import { h } from '../../dom.js';
import { unpacked } from '../../runs.js';
import { askOne, computing } from '../ask.js';
import * as draw from '../draw.js';
import { check, slider, status, titled } from '../parts.js';
import { reached } from '../sums.js';
import { named, switchName, text } from '../words.js';

export const [key, answers, right] = ['field', 3, 2];
const SIDE = 67; // cells drawn

export function figure(tour, step) {
  const canvas = draw.canvas({ class: 'cells' });
  const said = h('p', { class: 'equation', role: 'status' });
  let pooling = false;
  const show = () => {
    const places = reached(rates.map((each) => each.value), pooling);
    const width = places.at(-1) - places[0] + 1;
    const context = draw.prepared(canvas, null, { width: SIDE, height: SIDE });
    const middle = SIDE >> 1;
    context.fillStyle = '#8884';
    context.fillRect(0, 0, SIDE, SIDE);
    context.fillStyle = '#e82267';
    for (const y of places) for (const x of places) context.fillRect(middle + x, middle + y, 1, 1);
    context.fillStyle = '#0b57d0';
    context.fillRect(middle, middle, 1, 1);
    const words = text('field-sees', { width, read: places.length ** 2, all: width ** 2, stride: pooling ? 4 : 1 });
    said.textContent = words;
    said.dataset.width = width;
    canvas.setAttribute('aria-label', words);
  };
  const rates = [1, 2, 3].map((number) => slider(text('field-rate', { number }), { min: 1, max: 12, value: 1 }, show));
  const pools = check(text('field-pooling'), (on) => { pooling = on; show(); });
  const photo = new Measured(tour, step);
  const element = h('div', {},
    titled(text('field-live'), h('div', { class: 'two slim' }, canvas,
      h('div', { class: 'controls' }, rates.map((each) => each.element), pools.element, said))),
    photo.element);
  show();
  element.begin = () => photo.begin();
  return element;
}

// What one score of a trained network listens to on the photo, with its dilation and at rate 1.
class Measured {
  #at = { x: 0.5, y: 0.5 };

  constructor(tour, step) {
    [this.tour, this.step, this.network] = [tour, step, tour.network('deeplab_v1', 'dilatednet')];
    this.status = status();
    this.sides = [[], ['dilation']].map((off) => {
      const canvas = h('canvas', { tabindex: '0', role: 'application', 'data-arrows': true });
      canvas.addEventListener('click', (event) => {
        const box = canvas.getBoundingClientRect();
        this.#move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      });
      canvas.addEventListener('keydown', (event) => this.#key(event));
      return { off, canvas, caption: h('figcaption') };
    });
    this.element = this.network
      ? h('section', {}, h('h2', { text: text('field-photo', { network: this.network.label }) }),
        h('p', { class: 'small', text: text('field-help') }), this.status.element,
        h('div', { class: 'masks' }, this.sides.map(({ canvas, caption }) => h('figure', {}, caption, canvas))))
      : h('p', { class: 'wrong', text: text('no-network') });
  }

  #key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#move(this.#at.x + 0.04 * step[0], this.#at.y + 0.04 * step[1]);
  }

  #move(x, y) {
    this.#at = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    this.begin();
  }

  async begin() {
    if (!this.network) return;
    await computing(this, async () => {
      for (const side of this.sides) {
        const found = await askOne('field', { photo: this.tour.photo.key, model: this.network.key, off: side.off, ...this.#at });
        const map = await unpacked(found.levels);
        if (this.step.gone) return;
        this.#draw(side, found, map);
      }
    });
  }

  #draw({ off, canvas, caption }, found, map) {
    const context = draw.heat(canvas, map, this.tour.facts.ramp, this.tour.photo.picture);
    const [top, bottom, left, right] = found.possible;
    const middle = [(left + right + 1) / 2, (top + bottom + 1) / 2];
    context.lineWidth = Math.max(1, map.width / 200);
    context.strokeStyle = '#fff';
    context.strokeRect(left, top, right - left + 1, bottom - top + 1);
    context.setLineDash([6, 4]);
    context.strokeRect(middle[0] - found.within / 2, middle[1] - found.within / 2, found.within, found.within);
    const words = text('field-found', {
      what: off.length ? switchName('dilation') : text('as-trained'),
      theory: right - left + 1, practice: found.within, name: named(this.network.classes[found.label]),
    });
    caption.textContent = words;
    canvas.setAttribute('aria-label', words);
  }
}
