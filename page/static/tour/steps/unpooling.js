// Unpooling beside transposed convolution, on numbers that can be changed.

import { h } from '../../dom.js';
import { askOne, computing } from '../ask.js';
import * as draw from '../draw.js';
import { unpacked } from '../../runs.js';
import { numbers, results, status } from '../parts.js';
import { pool, total, transposed, unpool } from '../sums.js';
import { figure as shown, percent, text } from '../words.js';

export const [key, answers, right] = ['unpooling', 3, 0];
const MAP = [[1, 3, 0, 2], [5, 2, 1, 4], [0, 1, 7, 2], [6, 2, 3, 1]];
const KERNEL = [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]];

export function figure(tour, step) {
  let [map, kernel] = [MAP, KERNEL];
  const made = h('div', { class: 'arrows' });
  const said = h('p', { class: 'equation', role: 'status' });
  const show = () => {
    const pooled = pool(map);
    const stamped = transposed(pooled.maxima, kernel);
    const back = unpool(pooled);
    const where = (y, x) => (pooled.places[y >> 1][x >> 1].join() === [y, x].join() ? 'kept' : '');
    made.replaceChildren(
      results(text('unpooling-pooled'), rounded(pooled.maxima)),
      results(text('unpooling-unpooled'), rounded(back), { mark: where, press: (y, x) => {
        said.textContent = where(y, x)
          ? text('unpooling-is', { value: shown(back[y][x]), row: (y >> 1) + 1, column: (x >> 1) + 1 })
          : text('unpooling-empty');
      } }),
      results(text('unpooling-stamped'), rounded(stamped.map), { press: (y, x) => {
        const parts = stamped.terms[y][x].map(({ value, weight }) => `${shown(value)} × ${shown(weight)}`);
        said.textContent = `${parts.join(' + ')} = ${shown(total(stamped.terms[y][x]))}`;
      } }));
    said.textContent = text('unpooling-press');
  };
  const photo = new Maps(tour, step);
  const element = h('div', {},
    h('div', { class: 'grids' },
      h('div', { class: 'inputs' },
        numbers(text('unpooling-map'), map, (next) => { map = next; show(); }),
        numbers(text('unpooling-kernel'), kernel, (next) => { kernel = next; show(); })),
      made, said),
    photo.element);
  show();
  element.begin = () => photo.begin();
  return element;
}

const rounded = (rows) => rows.map((row) => row.map((value) => shown(value)));

// One unit of DeconvNet just after unpooling, and after the deconvolutions that follow.
class Maps {
  constructor(tour, step) {
    [this.tour, this.step, this.network] = [tour, step, tour.network('deconvnet', 'segnet')];
    this.status = status();
    this.pair = h('div', { class: 'masks' });
    this.element = this.network
      ? h('section', {}, h('h2', { text: text('unpooling-photo', { network: this.network.label }) }), this.status.element, this.pair)
      : h('p', { class: 'wrong', text: text('no-network') });
  }

  async begin() {
    if (!this.network) return;
    await computing(this, async () => {
      const { maps } = await askOne('growth', { photo: this.tour.photo.key, model: this.network.key, label: -1 });
      const chosen = maps.filter(({ layer }) => /3$/.test(layer));
      const figures = await Promise.all(chosen.map(async (each) => this.#figure(each, await unpacked(each.levels))));
      if (this.step.gone) return;
      this.pair.replaceChildren(...figures);
    });
  }

  #figure(found, map) {
    const words = text('unpooling-filled', { layer: found.layer, share: percent(found.filled, 0) });
    const canvas = draw.canvas({ 'aria-label': words, class: 'cells', 'data-filled': found.filled });
    draw.heat(canvas, map, this.tour.facts.ramp);
    return h('figure', {}, h('figcaption', { text: words }), canvas);
  }
}
