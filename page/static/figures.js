// Each network's figure, drawn by one hand: a bar per stage, as high as its maps are fine, so that
// the way down to coarse maps and up again is the outline of the figure.

import { h } from './dom.js';
import { t } from './words.js';

const FAMILIES = ['deeplab_v1_msc', 'deeplab_v1', 'deeplab_v3', 'deconvnet', 'dilatednet',
  'fc_densenet', 'segnet_basic', 'segnet', 'unet', 'fcn'];
export const family = ({ architecture }) =>
  FAMILIES.find((each) => architecture.startsWith(each)) ?? architecture;

// Stages as kind and stride exponent; skips as [from, to, kind], by index.
const FIGURES = {
  fcn: ['c0 c1 c2 c3 c4 f5 u4 u3 o0', [[4, 6, 'add'], [3, 7, 'add']]],
  deeplab_v1: ['c0 c1 c2 c3 d3 d3 f3 o0', []],
  deeplab_v1_msc: ['c0 c1 c2 c3 d3 d3 f3 o0', [[0, 7, 'add'], [1, 7, 'add'], [2, 7, 'add']]],
  deeplab_v3: ['c0 c1 c2 c3 c4 p4 o0', []],
  deconvnet: ['c0 c1 c2 c3 c4 f6 n4 n3 n2 n1 n0',
    [[4, 6, 'index'], [3, 7, 'index'], [2, 8, 'index'], [1, 9, 'index'], [0, 10, 'index']]],
  segnet: ['c0 c1 c2 c3 c4 n4 n3 n2 n1 n0',
    [[4, 5, 'index'], [3, 6, 'index'], [2, 7, 'index'], [1, 8, 'index'], [0, 9, 'index']]],
  segnet_basic: ['c0 c1 c2 c3 n3 n2 n1 n0',
    [[3, 4, 'index'], [2, 5, 'index'], [1, 6, 'index'], [0, 7, 'index']]],
  unet: ['c0 c1 c2 c3 c4 u3 u2 u1 u0',
    [[3, 5, 'copy'], [2, 6, 'copy'], [1, 7, 'copy'], [0, 8, 'copy']]],
  dilatednet: ['c0 c1 c2 c3 d3 d3 f3 k3 k3 k3 o0', []],
  fc_densenet: ['b0 b1 b2 b3 b4 b5 u4 u3 u2 u1 u0',
    [[4, 6, 'copy'], [3, 7, 'copy'], [2, 8, 'copy'], [1, 9, 'copy'], [0, 10, 'copy']]],
};
const [WIDTH, HEIGHT, BAR, TOP] = [320, 128, 16, 34];
const SVG = 'http://www.w3.org/2000/svg';

export function drawFigure(architecture) {
  const spec = FIGURES[family({ architecture })];
  if (!spec) return null;
  const [stages, skips] = [spec[0].split(' '), spec[1]];
  const step = (WIDTH - BAR) / (stages.length - 1);
  const places = stages.map((stage, index) => {
    const height = 84 * 0.68 ** Number(stage[1]);
    return { kind: stage[0], x: index * step, y: TOP + (84 - height) / 2, height };
  });
  const svg = make('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
  for (const [from, to, kind] of skips) {
    const [a, b] = [places[from], places[to]];
    const [x, end] = [a.x + BAR / 2, b.x + BAR / 2];
    const up = TOP - 6 - (end - x) * 0.07;
    svg.append(make('path', {
      d: `M${x} ${a.y} C${x} ${up} ${end} ${up} ${end} ${b.y}`, class: `skip ${kind}`,
    }));
  }
  for (const { kind, x, y, height } of places) {
    svg.append(make('rect', { x, y, width: BAR, height, rx: 2, class: `kind-${kind}` }));
  }
  const kinds = [...new Set(places.map(({ kind }) => kind))];
  const arcs = [...new Set(skips.map(([, , kind]) => kind))];
  const words = [...kinds.map((kind) => t(`kind-${kind}`)), ...arcs.map((kind) => t(`arc-${kind}`))];
  svg.setAttribute('aria-label', words.join(', '));
  const legend = h('figcaption', {},
    kinds.map((kind) => h('span', { class: `key kind-${kind}`, text: t(`kind-${kind}`) })),
    arcs.map((kind) => h('span', { class: `key arc ${kind}`, text: t(`arc-${kind}`) })));
  return h('figure', { class: 'architecture' }, svg, legend);
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
