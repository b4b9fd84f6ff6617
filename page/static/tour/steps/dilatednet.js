// DilatedNet: how far the context module sees, layer by layer, and what is left without it.

import { h } from '../../dom.js';
import * as draw from '../draw.js';
import { slider, titled } from '../parts.js';
import { widths } from '../sums.js';
import { Switches } from '../switches.js';
import { text } from '../words.js';

export const showsPhoto = true;
export const [key, answers, right] = ['dilatednet', 3, 0];
const STRIDE = 8; // pixels of the network's input to a cell

export function figure(tour, step) {
  const { rates } = tour.facts.papers;
  const seen = widths(rates);
  const network = tour.network('dilatednet');
  const canvas = draw.canvas();
  const said = h('p', { class: 'equation', role: 'status' });
  const show = () => {
    const { picture, size } = tour.photo;
    const context = draw.prepared(canvas, picture, size);
    const index = layer.value - 1;
    const side = seen[index] * STRIDE;
    context.fillStyle = '#0007';
    context.fillRect(0, 0, size.width, size.height);
    context.save();
    context.beginPath();
    context.rect(size.width / 2 - side / 2, size.height / 2 - side / 2, side, side);
    context.clip();
    context.drawImage(picture, 0, 0, size.width, size.height);
    context.restore();
    context.strokeStyle = '#fff';
    context.lineWidth = 2;
    context.strokeRect(size.width / 2 - side / 2, size.height / 2 - side / 2, side, side);
    const words = text('dilatednet-sees', { layer: layer.value, rate: rates[index], cells: seen[index], pixels: side });
    said.textContent = words;
    said.dataset.cells = seen[index];
    canvas.setAttribute('aria-label', words);
  };
  const layer = slider(text('dilatednet-layer'), { min: 1, max: rates.length, value: 1 }, show);
  const switches = new Switches(tour, step, network);
  const element = h('div', {},
    titled(text('dilatednet-live'), layer.element, h('div', { class: 'narrow' }, canvas), said), switches.element);
  show();
  element.begin = () => switches.begin();
  return element;
}
