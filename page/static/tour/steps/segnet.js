// SegNet: what it leaves out of DeconvNet, what that saves, and what the indices are worth.

import { h } from '../../dom.js';
import { bar, check, slider, titled } from '../parts.js';
import { remembered } from '../sums.js';
import { Switches } from '../switches.js';
import { millions, percent, text } from '../words.js';

export const [key, answers, right] = ['segnet', 3, 2];
const LEFT_OUT = ['fc6', 'fc7', 'fc6_deconv'];
const CHANNELS = [64, 128, 256, 512, 512]; // of the five maps that are pooled

export function figure(tour, step) {
  const { deconvnet, segnet } = tour.facts.papers.parameters;
  const out = new Set();
  const bars = h('div', { class: 'bars' });
  const memory = h('div', { class: 'bars' });
  const sum = (parts) => parts.reduce((whole, [, count]) => whole + count, 0);
  const show = () => {
    const kept = deconvnet.filter(([name]) => !out.has(name));
    const all = sum(deconvnet);
    const most = Math.max(...deconvnet.map(([, count]) => count));
    bars.replaceChildren(
      ...deconvnet.map(([name, count]) => bar(name, out.has(name) ? 0 : count, most, out.has(name) ? '–' : millions(count), LEFT_OUT.includes(name) ? 'marked' : '')),
      h('p', { class: 'equation', 'data-kept': sum(kept), text: text('segnet-total', { kept: millions(sum(kept)), saved: percent(1 - sum(kept) / all), segnet: millions(sum(segnet)) }) }));
  };
  const size = slider(text('segnet-width'), { min: 160, max: 1920, step: 32, value: 480 }, () => weigh());
  const weigh = () => {
    const [width, height] = [size.value, Math.round(size.value * 0.75)];
    const { indices, maps } = remembered(width, height, CHANNELS);
    const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    size.output.textContent = `${width}×${height}`;
    size.input.setAttribute('aria-valuetext', size.output.textContent);
    memory.replaceChildren(bar(text('segnet-maps'), maps, maps, megabytes(maps)),
      bar(text('segnet-indices'), indices, maps, megabytes(indices), 'marked'));
  };
  const boxes = LEFT_OUT.map((name) => check(text('segnet-out', { name }), (on) => {
    if (on) out.add(name);
    else out.delete(name);
    show();
  }));
  const switches = new Switches(tour, step, tour.network('segnet'));
  const element = h('div', {},
    h('div', { class: 'two even' },
      titled(text('segnet-live'), h('div', { class: 'controls' }, boxes.map((each) => each.element)), bars),
      titled(text('segnet-memory'), size.element, memory)),
    switches.element);
  show();
  weigh();
  element.begin = () => switches.begin();
  return element;
}
