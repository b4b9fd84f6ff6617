// The photo that all figures are drawn of: an example, or the visitor's own.

import { h } from '../dom.js';
import { photoOf } from '../paint.js';
import { address, get, upload } from '../server.js';
import { unpacked } from '../runs.js';
import { askOne } from './ask.js';
import { language, named, text } from './words.js';

export class Photo {
  key = null;

  constructor(tour) {
    this.tour = tour;
    this.error = '';
  }

  // The domain whose networks know what is on it; of an own photo that is chosen beside it.
  get domain() { return this.facts?.domain ?? this.ownDomain ?? this.#domains()[0] ?? null; }

  get own() { return Boolean(this.facts) && !this.facts.example; }

  get size() {
    const { width, height } = this.facts;
    const scale = Math.min(1, this.tour.facts.side / Math.max(width, height));
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  }

  // Those of that domain: a network of more classes knows them, too.
  get classes() {
    return this.facts?.classes ?? this.tour.facts.networks.find((each) => each.domain === this.domain)?.classes ?? null;
  }

  #domains() {
    return [...new Set(this.tour.facts.networks.map((each) => each.domain))];
  }

  // The example named, or else one with a truth that a network's domain has, or any.
  async choose(key) {
    if (key && key === this.key) return;
    const { examples, networks } = this.tour.facts;
    const rich = (each) => networks.filter(({ domain }) => domain === each.domain).length + (each.truth ? 100 : 0);
    const best = [...examples].sort((a, b) => rich(b) - rich(a))[0];
    const facts = examples.find((each) => each.key === key) ?? (this.own ? this.facts : best);
    await this.#take(facts);
  }

  async #take(facts) {
    this.picture = await photoOf(address(`photos/${facts.key}.png`));
    [this.facts, this.key] = [facts, facts.key];
  }

  // The true labels at the figures' size, or null.
  async truth() {
    const { labels } = await askOne('truth', { photo: this.key });
    return labels ? await unpacked(labels) : null;
  }

  element() {
    const options = this.tour.facts.examples.map((each) =>
      h('option', { value: each.key, text: `${named(each.name)}${each.truth ? ` · ${text('has-truth')}` : ''}`, selected: each.key === this.key }));
    if (this.own) options.push(h('option', { value: '', text: this.facts.name, selected: true }));
    const select = h('select', { 'aria-label': text('photo'), onchange: () => this.#chosen(select.value) }, options);
    const file = h('input', { type: 'file', accept: 'image/*', onchange: () => this.#upload(file.files[0]) });
    return h('div', { class: 'photo' }, select,
      h('label', { class: 'file' }, file, h('span', { text: text('own-photo') })),
      this.own ? this.#ownDomains() : null,
      this.error ? h('p', { class: 'wrong', role: 'alert', text: this.error }) : null);
  }

  #ownDomains() {
    const select = h('select', { 'aria-label': text('shows'), onchange: () => { this.ownDomain = select.value; this.tour.photoChanged(); } },
      this.#domains().map((each) => h('option', { value: each, text: named(each), selected: each === this.domain })));
    return select;
  }

  async #chosen(key) {
    this.error = '';
    await this.choose(key);
    this.tour.photoChanged();
  }

  async #upload(file) {
    if (!file) return;
    this.error = '';
    try {
      const { largestFile } = this.tour.facts;
      if (file.size > largestFile) throw new Error(text('too-large', { size: largestFile >> 20 }));
      const { key } = await upload('photos', file, file.name, language);
      await this.#take(await get(`photos/${key}.json`));
    } catch (error) {
      this.error = error.message;
    }
    this.tour.photoChanged();
  }
}
