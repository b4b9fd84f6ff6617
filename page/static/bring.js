// Bringing a network of one's own along.

import { h } from './dom.js';
import { short } from './networks.js';
import { stream } from './server.js';
import { count, language, t } from './words.js';

export class Bring {
  constructor(app) {
    this.app = app;
    this.summary = h('summary');
    this.name = h('span');
    this.wish = h('input', { type: 'text', maxlength: 160, placeholder: 'me/my-network', spellcheck: 'false' });
    this.help = h('p', { class: 'help' });
    this.button = h('button', { type: 'submit' });
    this.said = h('p', { id: 'bring-status', class: 'small', role: 'status', 'aria-live': 'polite' });
    const form = h('form', { onsubmit: (event) => this.#open(event) },
      h('label', {}, this.name, this.wish), this.help, this.button, this.said);
    this.element = h('details', { id: 'bring' }, this.summary, form);
  }

  translate() {
    this.summary.textContent = t('bring');
    this.name.textContent = t('bring-repo');
    this.help.textContent = t('bring-help');
    this.button.textContent = t('bring-open');
  }

  async #open(event) {
    event.preventDefault();
    this.#say(t('asking'));
    try {
      for await (const message of stream('bring', { wish: this.wish.value, language })) {
        if (message.kind === 'error') return void this.#say(message.sentence, true);
        if (message.status) this.#say(message.status);
        if (message.network) this.#opened(message.network);
      }
    } catch {
      this.#say(t('lost'), true);
    }
  }

  #opened(network) {
    this.app.networks.set(network.key, network);
    this.app.translate();
    this.app.chooseModel(network.key);
    const classes = count(network.classes.length, 'known');
    this.#say(t('opened', { network: short(network.key), classes }));
  }

  #say(sentence, wrong = false) {
    this.said.textContent = sentence;
    this.said.classList.toggle('worse', wrong);
  }
}
