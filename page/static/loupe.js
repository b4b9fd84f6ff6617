// A loupe at the pointer: all three stages around one pixel, enlarged, with the class of each.

import { cross, paint } from './paint.js';
import { STAGES } from './panels.js';
import { h, perFrame } from './dom.js';
import { name, t } from './words.js';

const SIDE = 92; // pixels of each picture
const ACROSS = 26; // of the photo's pixels in it

export class Loupe {
  #at = null;
  #place = null;

  constructor(app) {
    this.app = app;
    this.pictures = STAGES.map(() => {
      const canvas = h('canvas', { width: SIDE, height: SIDE });
      const stage = h('span');
      const found = h('b');
      return { canvas, stage, found, element: h('div', {}, canvas, stage, found) };
    });
    this.element = h('div', { class: 'loupe', hidden: true, 'aria-hidden': 'true' },
      this.pictures.map(({ element }) => element));
    this.said = h('p', { class: 'spoken', 'aria-live': 'polite' });
    this.draw = perFrame(() => this.#draw());
    document.addEventListener('scroll', () => this.hide(), true);
  }

  translate() {
    this.pictures.forEach(({ stage }, panel) => { stage.textContent = t(STAGES[panel]); });
  }

  show(pixel, { clientX, clientY }, aloud = false) {
    [this.#at, this.#place] = [pixel, { clientX, clientY, aloud }];
    this.draw();
  }

  hide() {
    this.#at = null;
    this.element.hidden = true;
  }

  #draw() {
    const { runs, panels, iteration } = this.app;
    const { shown } = runs;
    if (!this.#at || !shown || panels.photo?.key !== shown.photo.key) return;
    const { width, height } = shown.photo;
    const zoom = {
      scale: Math.max(1, Math.max(width, height) / ACROSS),
      x: (this.#at.x + 0.5) / width, y: (this.#at.y + 0.5) / height,
    };
    const names = this.pictures.map(({ canvas, found }, panel) => {
      const context = canvas.getContext('2d');
      const place = paint(context, panels.photo.image, shown.photo, panels.stage(panel), panels.look, zoom);
      cross(context, this.#at, place, 0.8);
      const map = shown.mapOf(panel, iteration);
      const label = map && labelAt(map, shown.photo, this.#at);
      found.textContent = map ? name(shown.network.classes[label] ?? 'void') : '…';
      return `${t(STAGES[panel])}: ${found.textContent}`;
    });
    this.element.hidden = false;
    const box = this.element.getBoundingClientRect();
    const { clientX, clientY, aloud } = this.#place;
    const left = Math.max(4, Math.min(clientX + 18, window.innerWidth - box.width - 8));
    const below = clientY + 22 + box.height <= window.innerHeight;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${below ? clientY + 22 : Math.max(4, clientY - box.height - 18)}px`;
    if (aloud) this.said.textContent = names.join(', ');
  }
}

export function labelAt(map, { width, height }, { x, y }) {
  const column = Math.min(map.width - 1, Math.floor(((x + 0.5) * map.width) / width));
  const row = Math.min(map.height - 1, Math.floor(((y + 0.5) * map.height) / height));
  return map.values[row * map.width + column];
}
