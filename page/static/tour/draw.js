// Painting on canvases: labels over the photo, values as heat, what differs.

import { h } from '../dom.js';
import { named, percent } from './words.js';

const OPACITY = 0.62;
const CHANGED = [255, 90, 40];
const LEAST = 0.005; // of the area: what is less has no line in a legend
const DIM = 0.4; // of the photo, where nothing changed

export function canvas(attributes = {}) {
  return h('canvas', { role: 'img', ...attributes });
}

// Draws `{ width, height, values }` labels over the photo, in the network's colours.
export function labels(target, photo, map, network) {
  const picture = new ImageData(map.width, map.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const colours = Uint32Array.from(network.colours.safe, (colour) => packed(colour));
  if (network.background) colours[0] = 0;
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = colours[map.values[at]] ?? 0;
  const context = prepared(target, photo, map);
  over(context, picture, OPACITY);
}

// Draws where two maps differ, in one colour over the dimmed photo.
export function difference(target, photo, one, other) {
  const picture = new ImageData(one.width, one.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const [changed, shade] = [packed(CHANGED), packed([0, 0, 0], 255 * (1 - DIM))];
  for (let at = 0; at < pixels.length; at += 1) {
    pixels[at] = one.values[at] === other.values[at] ? shade : changed;
  }
  over(prepared(target, photo, one), picture, 1);
}

// Draws values, 0 to 255, in the colours of `ramp`; over the photo where there is one.
export function heat(target, map, ramp, photo = null) {
  const picture = new ImageData(map.width, map.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const colours = Uint32Array.from(ramp, (colour, level) =>
    packed(colour, photo ? 90 + (165 * level) / 255 : 255));
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = colours[map.values[at]];
  const context = prepared(target, photo, map);
  over(context, picture, 1);
  return context;
}

export function prepared(target, photo, size) {
  [target.width, target.height] = [size.width, size.height];
  const context = target.getContext('2d');
  if (photo) context.drawImage(photo, 0, 0, size.width, size.height);
  return context;
}

export function over(context, picture, alpha) {
  const layer = new OffscreenCanvas(picture.width, picture.height);
  layer.getContext('2d').putImageData(picture, 0, 0);
  context.globalAlpha = alpha;
  context.imageSmoothingEnabled = false;
  context.drawImage(layer, 0, 0, context.canvas.width, context.canvas.height);
  context.globalAlpha = 1;
}

const packed = ([red, green, blue], alpha = 255) =>
  ((Math.round(alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;

// How often each label occurs, the most frequent first: [[label, share], ...].
export function shares(map) {
  const counts = new Map();
  for (const label of map.values) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].filter(([label]) => label !== 255)
    .map(([label, count]) => [label, count / map.values.length]).sort((a, b) => b[1] - a[1]);
}

export const described = (map, network) => shares(map).slice(0, 5)
  .map(([label, share]) => `${named(network.classes[label])} ${percent(share, 0)}`).join(', ');

export function legend(map, network) {
  return h('ul', { class: 'legend' }, shares(map).filter(([, share]) => share >= LEAST).map(([label, share]) => {
    const [red, green, blue] = network.colours.safe[label];
    const swatch = h('span', { class: 'swatch' });
    swatch.style.background = network.background && label === 0
      ? 'transparent' : `rgb(${red} ${green} ${blue})`;
    return h('li', {}, swatch, `${named(network.classes[label])} ${percent(share, 0)}`);
  }));
}

export function changedShare(one, other) {
  let count = 0;
  for (let at = 0; at < one.values.length; at += 1) {
    if (one.values[at] !== other.values[at]) count += 1;
  }
  return count / one.values.length;
}
