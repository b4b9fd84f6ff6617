// What a visitor takes home: files, a film, a picture to share, and the calls that give the same.

import { Tab } from './tab.js';
import { address } from '../server.js';
import { h } from '../dom.js';
import { share } from '../share.js';
import { t } from '../words.js';

export class Take extends Tab {
  constructor(app) {
    super(app, 'take');
    this.make = h('button', { type: 'button', id: 'take', class: 'primary', onclick: () => this.#make() });
    this.share = h('button', { type: 'button', id: 'share', onclick: () => this.#share() });
    this.film = h('a', { id: 'film', class: 'button', download: 'coarse-to-crisp.gif' });
    this.controls.append(h('div', { class: 'row buttons' }, this.make, this.share, this.film));
  }

  translate() {
    this.make.textContent = t('take');
    this.share.textContent = t('share');
    this.film.textContent = t('film');
    super.translate();
  }

  draw() {
    super.draw();
    const { runs, choices } = this.app;
    const ready = Boolean(runs.shown?.done) && !runs.stale;
    for (const button of [this.make, this.share]) button.disabled = !ready;
    if (ready) this.film.href = address(`film/${runs.shown.id}.gif?palette=${choices.now.palette}`);
    else this.film.removeAttribute('href');
  }

  #share() { if (this.app.panels.photo) share(this.app); }

  #make() {
    const { runs, choices, iteration } = this.app;
    const { shown } = runs;
    this.ask('take', {
      run: shown.id, iteration: Math.min(iteration, shown.iterations),
      safe: choices.now.palette === 'safe', address: address('..').replace(/\/$/, ''),
    }, { run: shown.id, photo: shown.photo, take: (message) => this.#show(message) });
  }

  #show({ files, folder, calls }) {
    if (!files) return;
    this.output.replaceChildren(
      h('ul', { id: 'files', 'aria-label': t('files') }, files.map(({ name, bytes }) => h('li', {},
        h('a', { href: address(`files/${folder}/${name}`), download: name, text: name }),
        h('span', { text: size(bytes) })))),
      h('div', { id: 'calls' }, calls.map(({ title, code }) => h('section', {},
        h('h3', { text: title }), h('pre', {}, h('code', { text: code }))))));
  }
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(0)} kB`);
