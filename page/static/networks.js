// The list of networks, by domain, each with one line; and a card about the one chosen.

import { drawFigure, family } from './figures.js';
import { h } from './dom.js';
import { count, has, language, name, t } from './words.js';

export class Networks {
  #open = false;
  #active = 0;
  #typed = '';
  #typedAt = 0;

  constructor(app) {
    this.app = app;
    this.label = h('label', { for: 'model-input', class: 'label' });
    this.input = h('input', {
      id: 'model-input', role: 'combobox', readonly: true, 'aria-expanded': 'false',
      'aria-controls': 'model-list', 'aria-haspopup': 'listbox', autocomplete: 'off',
      onclick: () => this.toggle(), onkeydown: (event) => this.#key(event),
      onblur: () => this.close(),
    });
    this.list = h('div', { id: 'model-list', role: 'listbox', hidden: true });
    this.list.addEventListener('mousedown', (event) => event.preventDefault()); // keeps the focus
    this.card = h('div', { id: 'card' });
    this.element = h('section', { id: 'model' }, this.label, h('div', { class: 'box' }, this.input, this.list));
  }

  get all() { return [...this.app.networks.values()]; }

  translate() {
    this.label.textContent = t('network');
    this.list.setAttribute('aria-label', t('network'));
    this.input.setAttribute('aria-label', t('network')); // the label is not shown on a phone
    this.fill();
    this.draw();
  }

  // Builds the list; networks may have come since.
  fill() {
    const domains = [...new Set(this.all.map(({ domain }) => domain))];
    this.options = [];
    this.list.replaceChildren(...domains.map((domain) => {
      const id = `group-${domain}`;
      const networks = this.all.filter((each) => each.domain === domain);
      const group = h('div', { role: 'group', 'aria-labelledby': id },
        h('div', { id, class: 'group', text: heading(domain, networks) }));
      for (const network of networks) {
        const option = h('div', {
          id: `option-${this.options.length}`, role: 'option', 'aria-selected': 'false',
          onclick: () => this.choose(network.key),
        }, h('b', { text: choice(network, false) }), h('small', { text: idea(network) }));
        this.options.push({ option, network });
        group.append(option);
      }
      return group;
    }));
  }

  draw() {
    const network = this.app.network;
    this.input.value = network ? choice(network, true) : '';
    this.element.dataset.model = network?.key ?? '';
    for (const { option, network: each } of this.options ?? []) {
      option.setAttribute('aria-selected', String(each.key === network?.key));
    }
    this.#drawCard(network);
  }

  #drawCard(network) {
    if (!network) return void this.card.replaceChildren();
    const classes = network.background ? network.classes.slice(1) : network.classes;
    const paper = network.paper && h('a', {
      href: network.paper, target: '_blank', rel: 'noopener', text: t('paper', { year: network.year }),
    });
    const look = has(`look-${family(network)}`) ? t(`look-${family(network)}`) : null;
    const open = this.card.querySelector('details')?.open ?? false;
    this.card.replaceChildren(
      h('p', { id: 'knows' }, h('b', { text: `${t('knows')} ` }), classes.map(name).join(', ')),
      h('details', { open }, h('summary', { text: t('about', { network: network.label }) }),
        h('p', { text: idea(network) }), look && h('p', { text: look }),
        drawFigure(network.architecture),
        h('p', { class: 'small', id: 'weights' }, whereabouts(network), ' ', paper)));
  }

  choose(key) {
    this.close();
    this.app.chooseModel(key);
  }

  toggle() { if (this.#open) this.close(); else this.open(); }

  open() {
    this.#open = true;
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
    const at = this.options.findIndex(({ network }) => network.key === this.app.network?.key);
    this.#activate(Math.max(0, at));
  }

  close() {
    this.#open = false;
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  #activate(at) {
    this.options[this.#active]?.option.classList.remove('active');
    this.#active = Math.min(this.options.length - 1, Math.max(0, at));
    const { option } = this.options[this.#active];
    option.classList.add('active');
    option.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', option.id);
  }

  #key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5, Home: -1000, End: 1000 };
    if (event.key in moves) {
      if (!this.#open) this.open();
      else this.#activate(this.#active + moves[event.key]);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (this.#open) this.choose(this.options[this.#active].network.key);
      else this.open();
    } else if (event.key === 'Escape' && this.#open) this.close();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.#type(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Goes to the next network whose name begins as typed.
  #type(letter) {
    const now = performance.now();
    this.#typed = now - this.#typedAt < 700 ? this.#typed + letter : letter;
    this.#typedAt = now;
    if (!this.#open) this.open();
    const begins = this.options.findIndex(({ network }) =>
      network.label.toLowerCase().startsWith(this.#typed.toLowerCase()));
    if (begins >= 0) this.#activate(begins);
  }
}

// What stands above a domain's networks. An mIoU is a mean over classes: of more it is lower.
export function heading(domain, networks) {
  const sizes = new Set(networks.map(({ classes }) => classes.length));
  if (sizes.size > 1) return name(domain);
  return t('heading', { domain: name(domain), classes: count([...sizes][0], 'known') });
}

// A network's line: what it is called, what it knows, how good it is, where it has to come from.
export function choice(network, full) {
  const parts = [network.label];
  if (network.key.includes('/')) parts.push(short(network.key));
  else if (full) parts.push(name(network.domain));
  if (network.miou !== null) parts.push(`val mIoU ${(100 * network.miou).toFixed(0)} %`);
  if (!network.embedded) parts.push(availability(network));
  return parts.join(' · ');
}

// The key of a network that was brought along, its commit shortened.
export const short = (key) => key.replace(/@([0-9a-f]{7})[0-9a-f]+$/, '@$1');

function availability({ state, megabytes }) {
  if (state === 'on the Hub' && megabytes) return t('hub-size', { megabytes });
  return t(`list-${state}`);
}

function whereabouts({ state, reason, key }) {
  if (key.includes('/')) return t('brought', { network: short(key) });
  return t(state, { reason: reason[language] });
}

function idea(network) {
  const key = `idea-${family(network)}`;
  const words = has(key) ? t(key) : network.architecture;
  return network.year ? `${network.year}. ${words}` : words;
}

