// The keys that work anywhere on the page, and the list of them.

import { h } from './dom.js';
import { t } from './words.js';

const KEYS = [
  ['← →', 'key-step'], ['Space', 'key-play'], ['1 2 3', 'key-panel'], ['↑ ↓ ← →', 'key-cross'],
  ['+ − 0', 'key-zoom'], ['L', 'key-layout'], ['C', 'key-crf'], ['Esc', 'key-stop'], ['?', 'key-help'],
];
const TYPING = 'input, select, textarea, [role=tab], [role=slider], [role=combobox]';

export class Keys {
  constructor(app) {
    this.app = app;
    this.title = h('h2', { id: 'keys-title' });
    this.list = h('dl');
    this.shut = h('button', { type: 'button', onclick: () => this.dialog.close() });
    this.dialog = h('dialog', { id: 'keys', 'aria-labelledby': 'keys-title' }, this.title, this.list, this.shut);
    this.button = h('button', { type: 'button', class: 'plain', onclick: () => this.dialog.showModal() });
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  translate() {
    this.title.textContent = t('keys');
    this.button.textContent = t('keys');
    this.shut.textContent = t('close');
    this.list.replaceChildren(...KEYS.flatMap(([keys, words]) =>
      [h('dt', {}, h('kbd', { text: keys })), h('dd', { text: t(words) })]));
  }

  #key(event) {
    const { choices, instrument, panels, runs } = this.app;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return; // its own: Escape closes it
    const typing = event.target.closest?.(TYPING);
    if (typing && !(event.key === 'Escape' && runs.running)) return;
    const pressing = event.target.closest?.('button, a, summary');
    const acts = {
      ArrowLeft: () => instrument.step(-1),
      ArrowRight: () => instrument.step(1),
      1: () => panels.reveal(0, true),
      2: () => panels.reveal(1, true),
      3: () => panels.reveal(2, true),
      '+': () => panels.step(true),
      '=': () => panels.step(true),
      '-': () => panels.step(false),
      0: () => choices.set({ zoom: this.app.wholeZoom }),
      l: () => choices.set({ layout: choices.now.layout === 'one' ? 'three' : 'one' }),
      c: () => choices.set({ on: !choices.now.on }),
      '?': () => this.dialog.showModal(),
      Escape: () => runs.stop(),
      ' ': pressing ? null : () => instrument.toggle(1),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
