// The form that all tabs have: a title, controls, a status, and what came of it, which names the
// photo it speaks of and is dimmed once another is chosen.

import { h } from '../dom.js';
import { stop, stream } from '../server.js';
import { language, t } from '../words.js';
import { shownName } from '../photo.js';

export class Tab {
  constructor(app, key) {
    this.app = app;
    this.key = key; // of its texts and its panel
    this.status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
    this.origin = h('p', { class: 'origin', hidden: true });
    this.output = h('div', { class: 'output' });
    this.controls = h('div', { class: 'controls' });
    this.element = h('div', { class: 'tab' }, this.controls, this.status, this.origin, this.output);
  }

  translate() { this.draw(); }

  // Says of which photo and result the output is, and dims it if these are not shown any more.
  draw() {
    const { of } = this;
    this.origin.hidden = !of;
    this.element.dataset.photo = of?.photo.key ?? '';
    const stale = of !== undefined && of !== null && this.#stale(of);
    this.element.toggleAttribute('data-stale', stale);
    if (of) this.origin.textContent = t(stale ? 'tab-stale' : 'tab-of', { photo: shownName(of.photo) });
  }

  #stale(of) {
    const { choices, runs } = this.app;
    if (of.photo.key !== choices.now.photo?.key) return true;
    return of.run !== null && (of.run !== runs.shown?.id || runs.stale);
  }

  // Asks the server and shows what it says, message by message; a newer question ends this one.
  async ask(kind, asked, { run = null, photo = this.app.choices.now.photo, take = null } = {}) {
    this.halt();
    this.kind = kind;
    const abort = new AbortController();
    this.abort = abort;
    this.clear();
    this.of = { photo, run };
    this.draw();
    this.working();
    try {
      for await (const message of stream(kind, { ...asked, language }, abort.signal)) {
        if (abort.signal.aborted) return;
        if (message.kind === 'error') this.say(message.sentence, true);
        else if (message.kind === 'stopped') this.say(t('stopped'));
        else {
          if (message.html !== undefined) this.output.innerHTML = message.html;
          if (message.status !== undefined) this.status.innerHTML = message.status;
          take?.(message);
        }
      }
    } catch {
      if (!abort.signal.aborted) this.say(t('lost'), true);
    }
    if (this.abort === abort) this.abort = null;
    this.working();
  }

  say(sentence, wrong = false) {
    this.status.textContent = sentence;
    this.status.classList.toggle('worse', wrong);
  }

  clear() {
    this.say('');
    this.output.replaceChildren();
    this.of = null;
  }

  // Ends what is being asked, and keeps what has come.
  halt() {
    if (!this.abort) return false;
    this.abort.abort();
    this.abort = null;
    stop(this.kind);
    this.working();
    return true;
  }

  working() { this.element.setAttribute('aria-busy', String(Boolean(this.abort))); }

  changed() { this.draw(); }

  opened() {}
}

// A group of boxes to tick, one for each network.
export function checkboxes(networks, chosen, words) {
  return networks.map((network) => h('label', { class: 'tick' },
    h('input', { type: 'checkbox', value: network.key, checked: chosen.has(network.key) }),
    h('span', { text: words(network) })));
}

export const ticked = (place) => [...place.querySelectorAll('input:checked')].map(({ value }) => value);
