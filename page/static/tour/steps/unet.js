// U-Net: four skips, each of which can be cut.

import { h } from '../../dom.js';
import { bar, titled } from '../parts.js';
import { Switches } from '../switches.js';
import { text } from '../words.js';

export const [key, answers, right] = ['unet', 3, null];
const LEVELS = [64, 128, 256, 512]; // channels of the four maps that are copied over

export function figure(tour, step) {
  const network = tour.network('unet');
  const switches = new Switches(tour, step, network);
  const rows = LEVELS.map((channels, index) => bar(
    text('switch-skip', { number: index + 1 }), 1, 2 ** index,
    text('unet-level', { scale: index ? `1/${2 ** index}` : '1', channels }), 'marked'));
  const element = h('div', {}, titled(text('unet-live'), h('div', { class: 'bars' }, rows)), switches.element);
  element.begin = () => switches.begin();
  return element;
}
