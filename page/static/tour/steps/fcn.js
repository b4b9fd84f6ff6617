// FCN: what a coarse grid keeps of the photo's labels, and what FCN-8s loses without its skips.

import { h } from '../../dom.js';
import { unpacked } from '../../runs.js';
import { askOne } from '../ask.js';
import * as draw from '../draw.js';
import { slider, table, titled } from '../parts.js';
import { coarse, ious } from '../sums.js';
import { Switches } from '../switches.js';
import { named, percent, text } from '../words.js';

export const showsPhoto = true;
export const [key, answers, right] = ['fcn', 3, 2];
const STRIDES = [1, 2, 4, 8, 16, 32, 64];

export function figure(tour, step) {
  const network = tour.network('fcn8s');
  const switches = new Switches(tour, step, network);
  const canvas = draw.canvas();
  const left = h('div');
  const caption = h('p', { class: 'small' });
  let whole = null;
  const show = () => {
    if (!whole) return;
    const stride = STRIDES[scale.value];
    const map = coarse(whole, stride);
    scale.output.textContent = stride;
    scale.input.setAttribute('aria-valuetext', stride);
    draw.labels(canvas, tour.photo.picture, map, network);
    const kept = [...ious(map, whole)].sort((a, b) => a[1] - b[1]);
    canvas.setAttribute('aria-label', text('fcn-map', { stride, classes: draw.described(map, network) }));
    left.replaceChildren(table([text('class'), text('fcn-kept')],
      kept.map(([label, iou]) => [named(network.classes[label]), percent(iou, 0)])));
  };
  const scale = slider(text('fcn-stride'), { min: 0, max: STRIDES.length - 1, value: 0 }, show);
  const element = h('div', {},
    titled(text('fcn-live'), scale.element, h('div', { class: 'two' }, canvas, left), caption),
    switches.element);
  element.prepare = async () => {
    if (!network) return;
    const truth = tour.photo.domain === network.domain ? await tour.photo.truth() : null;
    whole = truth ?? await unpacked((await askOne('run', { photo: tour.photo.key, model: network.key, off: [] })).labels);
    if (step.gone) return;
    caption.textContent = text(truth ? 'fcn-of-truth' : 'fcn-of-network');
    show();
  };
  element.begin = () => switches.begin();
  return element;
}
