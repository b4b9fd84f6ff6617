// From overview to arithmetic: a network's stages, a stage's maps, a cell's sum.

import { h } from '../dom.js';
import { unpacked } from '../runs.js';
import { askOne, computing } from './ask.js';
import * as draw from './draw.js';
import { choice, section, status, table } from './parts.js';
import { figure, grouped, millions, named, text } from './words.js';

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Explorer {
  constructor(tour, step, networks, folded = false) {
    [this.tour, this.step, this.networks] = [tour, step, networks];
    [this.network] = networks;
    this.status = status();
    this.list = h('ol', { class: 'stages' });
    this.maps = h('div', { class: 'maps' });
    this.sum = h('div', { class: 'sum', role: 'status' });
    const chooser = networks.length > 1 ? choice(text('network'),
      networks.map((each) => [each.key, each.label]), this.network.key, (key) => {
        this.network = networks.find((each) => each.key === key);
        this.begin();
      }) : null;
    this.element = this.network
      ? section('explorer', text('explorer-title'), folded,
        h('p', { class: 'small', text: text('explorer-help') }), chooser?.element,
        this.status.element, this.list, this.maps, this.sum)
      : h('p', { class: 'wrong', text: text('no-network') });
  }

  async begin() {
    if (!this.network) return;
    this.maps.replaceChildren();
    this.sum.replaceChildren();
    await computing(this, async () => {
      const { stages } = await askOne('stages', this.#asked());
      if (this.step.gone) return;
      this.list.replaceChildren(...this.#stages(stages));
    });
  }

  #asked(more = {}) {
    return { photo: this.tour.photo.key, model: this.network.key, ...more };
  }

  #stages(stages) {
    const spent = Math.max(...stages.map((each) => each.milliseconds));
    return stages.map((stage) => {
      const [channels, rows, columns] = stage.gives;
      const line = h('span', { class: 'spent' });
      line.style.width = `${Math.max(1, (100 * stage.milliseconds) / spent)}%`;
      const shown = h('button', {
        type: 'button', class: `stage ${stage.kind}`, 'data-stage': stage.name, 'aria-expanded': 'false',
        disabled: !stage.layers.length,
        onclick: () => this.#open(shown, stage),
      },
      h('b', { text: stage.name.replace('_', ' ') }),
      h('span', { text: `${columns}×${rows}×${channels}` }),
      h('span', { text: text('stride', { stride: Number(stage.stride.toFixed(1)) }) }),
      h('span', { text: stage.parameters ? millions(stage.parameters) : '–' }),
      h('span', { text: `${stage.milliseconds.toFixed(1)} ms` }), line);
      return h('li', {}, shown);
    });
  }

  #open(pressed, stage) {
    for (const each of this.list.querySelectorAll('button')) each.setAttribute('aria-expanded', String(each === pressed));
    const layers = stage.layers.map((layer) => [layer.name, this.#layerName(layer)]);
    const last = layers.at(-1)[0];
    this.sum.replaceChildren();
    this.units = h('div', { class: 'units' });
    this.maps.replaceChildren(choice(text('layer'), layers, last, (name) => this.#layer(name)).element, this.units);
    pressed.closest('li').after(h('li', { class: 'opened' }, this.maps, this.sum));
    for (const stale of this.list.querySelectorAll('.opened:empty')) stale.remove();
    this.#layer(last);
  }

  #layerName({ name, kind, kernel, stride, dilation }) {
    const rate = dilation > 1 ? `, ${text('rate', { rate: dilation })}` : '';
    const step = stride > 1 ? `, ${text('stride', { stride })}` : '';
    const size = kernel ? ` ${kernel}×${kernel}` : '';
    return `${name.replace(/\.conv$/, '')}: ${text(`kind-${kind}`)}${size}${rate}${step}`;
  }

  async #layer(layer) {
    await computing(this, async () => {
      const found = await askOne('maps', this.#asked({ layer }));
      const units = await Promise.all(found.units.map(async (each) => ({ ...each, map: await unpacked(each.levels) })));
      if (this.step.gone) return;
      this.units.replaceChildren(
        h('p', { class: 'small', text: text('strongest', { shown: units.length, all: found.count }) }),
        h('div', { class: 'grid' }, units.map((each) => this.#unit(layer, each))));
    });
  }

  #unit(layer, { unit, map, least, most }) {
    const canvas = h('canvas', {
      tabindex: '0', role: 'application', 'data-arrows': true, 'data-unit': unit,
      'aria-label': text('unit-map', { unit: unit + 1, width: map.width, height: map.height }),
    });
    draw.heat(canvas, map, this.tour.facts.ramp);
    const at = { row: map.height >> 1, column: map.width >> 1 };
    const choose = (row, column) => {
      at.row = Math.min(map.height - 1, Math.max(0, row));
      at.column = Math.min(map.width - 1, Math.max(0, column));
      const context = draw.heat(canvas, map, this.tour.facts.ramp);
      context.strokeStyle = '#fff';
      context.lineWidth = Math.max(0.5, map.width / 120);
      context.strokeRect(at.column - 0.5, at.row - 0.5, 2, 2);
      this.#cell({ layer, unit, ...at });
    };
    canvas.addEventListener('click', (event) => {
      const box = canvas.getBoundingClientRect();
      choose(Math.floor(((event.clientY - box.top) / box.height) * map.height),
        Math.floor(((event.clientX - box.left) / box.width) * map.width));
    });
    canvas.addEventListener('keydown', (event) => {
      if (event.key in MOVES) choose(at.row + MOVES[event.key][0], at.column + MOVES[event.key][1]);
      else if (event.key === 'Enter' || event.key === ' ') choose(at.row, at.column);
      else return;
      event.preventDefault();
    });
    return h('figure', {}, h('figcaption', { text: text('unit', { unit: unit + 1, least: figure(least), most: figure(most) }) }), canvas);
  }

  async #cell(asked) {
    await computing(this, async () => {
      const found = await askOne('cell', this.#asked(asked));
      if (this.step.gone) return;
      this.sum.replaceChildren(...this.#arithmetic(found));
    });
  }

  #arithmetic(found) {
    const [unit, row, column] = found.cell;
    const parts = found.channels.map((each) => figure(each.sum));
    if (found.others > 0) parts.push(text('others', { count: grouped(found.others), sum: figure(found.rest) }));
    if (found.bias) parts.push(text('bias', { bias: figure(found.bias) }));
    return [
      h('h3', { text: text('cell-title', { unit: unit + 1, row, column }) }),
      h('p', { class: 'small', text: text(`sum-${found.sum}`, { terms: grouped(found.terms) }) }),
      h('p', { class: 'equation' }, `${parts.join(' + ').replaceAll('+ −', '− ') || '0'} = `,
        h('b', { 'data-total': found.total, text: figure(found.total) }),
        h('span', { class: 'small', 'data-number': found.number, text: ` ${text('engine-says', { number: figure(found.number) })}` })),
      h('div', { class: 'tables' }, found.channels.map((each) => this.#channel(each)),
        found.softmax ? this.#softmax(found.softmax) : null),
    ];
  }

  // How the pixel's scores become probabilities: its likeliest classes.
  #softmax([scores, powers, probabilities]) {
    const order = scores.map((_, index) => index).sort((a, b) => scores[b] - scores[a]).slice(0, 4);
    return table([text('class'), text('score'), text('power'), text('probability')],
      order.map((index) => [named(this.network.classes[index]), figure(scores[index]), figure(powers[index]), figure(probabilities[index])]),
      text('softmax'));
  }

  #channel({ channel, sum, terms }) {
    const rows = [...new Set(terms.map((each) => each.row))];
    const columns = [...new Set(terms.map((each) => each.column))];
    const at = new Map(terms.map((each) => [`${each.row} ${each.column}`, each]));
    const cell = (row, column) => {
      const term = at.get(`${row} ${column}`);
      return term ? `${figure(term.value)} × ${figure(term.weight)}` : '';
    };
    return table(['', ...columns.map(String)], rows.map((row) => [String(row), ...columns.map((column) => cell(row, column))]),
      text('channel', { channel: channel + 1, sum: figure(sum) }));
  }
}
