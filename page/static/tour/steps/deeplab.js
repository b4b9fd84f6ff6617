// DeepLab v1: a grid that stays at stride 8, and how its cells become pixels.

import { h } from '../../dom.js';
import * as draw from '../draw.js';
import { numbers, slider, titled } from '../parts.js';
import { bilinear, total } from '../sums.js';
import { Switches } from '../switches.js';
import { figure as shown, text } from '../words.js';
import { Explorer } from '../explorer.js';

export const [key, answers, right] = ['deeplab', 3, 1];
const STRIDE = 8;
const MAP = [[0, 2, 1], [4, 8, 2], [1, 3, 0]];
const SIDE = (MAP.length - 1) * STRIDE + 1;

export function figure(tour, step) {
  let map = MAP;
  const canvas = draw.canvas({ class: 'cells' });
  const said = h('p', { class: 'equation', role: 'status' });
  const show = () => {
    const values = new Uint8Array(SIDE * SIDE);
    const all = map.flat();
    const [least, most] = [Math.min(...all), Math.max(...all)];
    for (let y = 0; y < SIDE; y += 1) {
      for (let x = 0; x < SIDE; x += 1) {
        const value = total(bilinear(map, STRIDE, y, x));
        values[y * SIDE + x] = Math.round((255 * (value - least)) / (most - least || 1));
      }
    }
    const context = draw.heat(canvas, { width: SIDE, height: SIDE, values }, tour.facts.ramp);
    context.strokeStyle = '#4af';
    context.lineWidth = 0.4;
    context.strokeRect(column.value, row.value, 1, 1);
    const terms = bilinear(map, STRIDE, row.value, column.value);
    const words = `${terms.map(({ value, weight }) => `${shown(value)} × ${shown(weight)}`).join(' + ')} = ${shown(total(terms))}`;
    said.textContent = words;
    said.dataset.total = total(terms);
    canvas.setAttribute('aria-label', text('deeplab-pixel', { row: row.value, column: column.value, sum: words }));
  };
  const row = slider(text('row'), { min: 0, max: SIDE - 1, value: 0 }, show);
  const column = slider(text('column'), { min: 0, max: SIDE - 1, value: 0 }, show);
  const network = tour.network('deeplab_v1');
  const switches = new Switches(tour, step, network);
  const explorer = new Explorer(tour, step, [network].filter(Boolean), true);
  const element = h('div', {},
    titled(text('deeplab-live'), h('div', { class: 'two even' },
      h('div', {}, numbers(text('deeplab-cells'), map, (next) => { map = next; show(); }), row.element, column.element),
      h('div', {}, canvas, said))),
    switches.element, explorer.element);
  show();
  element.begin = async () => {
    await switches.begin();
    await explorer.begin();
  };
  return element;
}
