// A trained network with its ideas switched off, one by one or together: masks, difference, IoU.

import { h } from '../dom.js';
import { unpacked } from '../runs.js';
import { askOne, computing } from './ask.js';
import * as draw from './draw.js';
import { button, check, section, status, table } from './parts.js';
import { millions, named, percent, switchName, text } from './words.js';

export class Switches {
  #rows = new Map(); // by what is off: what was measured

  // `offered` are the switches to show; all of the network's, if it is left out.
  constructor(tour, step, network, { offered = network?.switches ?? [], folded = false } = {}) {
    [this.tour, this.step, this.network] = [tour, step, network];
    this.offered = offered;
    this.off = new Set();
    this.status = status();
    this.whole = draw.canvas();
    this.without = draw.canvas();
    this.differs = draw.canvas();
    this.legend = h('div');
    this.measured = h('div');
    this.facts = h('p', { class: 'small' });
    this.captions = { whole: h('figcaption'), without: h('figcaption'), differs: h('figcaption') };
    this.boxes = offered.map((name) => check(switchName(name), (on) => this.#toggle(name, on), { 'data-switch': name }));
    this.all = button(text('measure-each'), () => this.#measureEach(), { class: 'each' });
    const figure = (canvas, caption) => h('figure', {}, caption, canvas);
    this.element = network
      ? section('switches', text('without-title', { network: network.label }), folded,
        h('div', { class: 'controls' }, this.boxes.map((each) => each.element), this.all, this.status.element),
        h('div', { class: 'masks' }, figure(this.whole, this.captions.whole),
          figure(this.without, this.captions.without), figure(this.differs, this.captions.differs),
          h('div', { class: 'told' }, this.legend, this.facts, this.measured,
            h('p', { class: 'small', text: text('overstates') }))))
      : h('p', { class: 'wrong', text: text('no-network') });
  }

  // Shows the network as it is; what is off comes by the switches.
  async begin() {
    if (this.network) await this.#show();
  }

  #toggle(name, on) {
    if (on) this.off.add(name);
    else this.off.delete(name);
    // Only one thing can stand in the place of unpooling.
    if (on && name.startsWith('unpool-')) {
      for (const each of this.boxes) {
        const other = each.input.dataset.switch;
        if (other !== name && other.startsWith('unpool-')) {
          each.input.checked = false;
          this.off.delete(other);
        }
      }
    }
    this.#show();
  }

  async #run(off) {
    const asked = { photo: this.tour.photo.key, model: this.network.key, off: [...off].sort() };
    const found = await askOne('run', asked);
    return { ...found, map: await unpacked(found.labels) };
  }

  async #show() {
    const off = new Set(this.off);
    await computing(this, async () => {
      const whole = await this.#run([]);
      const without = off.size ? await this.#run(off) : whole;
      if (this.step.gone) return;
      this.#keep('', whole, whole);
      if (off.size) this.#keep([...off].sort().join(' '), without, whole);
      this.#draw(whole, without, off);
    });
  }

  #draw(whole, without, off) {
    const { picture } = this.tour.photo;
    const { network } = this;
    draw.labels(this.whole, picture, whole.map, network);
    draw.labels(this.without, picture, without.map, network);
    draw.difference(this.differs, picture, whole.map, without.map);
    const words = [...off].map(switchName).join(', ');
    const changed = percent(draw.changedShare(whole.map, without.map));
    this.captions.whole.textContent = text('as-trained');
    this.captions.without.textContent = text('without', { what: words });
    for (const each of [this.without, this.differs]) each.closest('figure').hidden = !off.size;
    this.captions.differs.textContent = text('differs', { share: changed });
    this.whole.setAttribute('aria-label', text('mask-of', { network: network.label, classes: draw.described(whole.map, network) }));
    this.without.setAttribute('aria-label', text('mask-of', { network: `${network.label} ${words}`, classes: draw.described(without.map, network) }));
    this.differs.setAttribute('aria-label', text('differs', { share: changed }));
    this.legend.replaceChildren(draw.legend(without.map, network));
    this.facts.textContent = text('run-facts', {
      milliseconds: Math.round(without.milliseconds), parameters: millions(network.parameters),
      width: without.seen[0], height: without.seen[1], stride: without.stride,
    });
    this.#table();
  }

  #keep(key, found, whole) {
    this.#rows.set(key, { found, changed: draw.changedShare(whole.map, found.map) });
  }

  #table() {
    const rows = [...this.#rows];
    if (rows.length < 2) { this.measured.replaceChildren(); return; }
    const { found: { miou: before, iou: all } } = this.#rows.get('');
    const head = before === null
      ? [text('switched-off'), text('changed')]
      : [text('switched-off'), 'mIoU', '±', text('most-lost'), text('changed')];
    this.measured.replaceChildren(table(head, rows.map(([key, { found, changed }]) => [
      key ? key.split(' ').map(switchName).join(', ') : text('nothing'),
      ...(before === null ? [] : [
        percent(found.miou), key ? signed(found.miou - before) : '', key ? this.#lost(all, found.iou) : '',
      ]),
      key ? percent(changed) : '',
    ])));
  }

  // The class whose IoU fell furthest, and by how many points.
  #lost(before, after) {
    const falls = before.map((iou, index) => [index, (after[index] ?? 0) - (iou ?? 0)]);
    const [index, fall] = falls.sort((a, b) => a[1] - b[1])[0];
    return fall < 0 ? `${named(this.network.classes[index])} ${signed(fall)}` : '–';
  }

  async #measureEach() {
    this.all.disabled = true;
    await computing(this, async () => {
      const whole = await this.#run([]);
      this.#keep('', whole, whole);
      for (const name of this.offered) {
        this.status.say(`${text('computing')} ${switchName(name)}`);
        this.#keep(name, await this.#run([name]), whole);
        if (this.step.gone) return;
        this.#table();
      }
    });
    this.all.disabled = false;
  }
}

const signed = (difference) => `${difference > 0 ? '+' : difference < 0 ? '−' : '±'}${Math.abs(100 * difference).toFixed(1)}`;
