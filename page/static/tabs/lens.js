// The photo that is looked into: a pixel of it is chosen by pointer, finger or arrow keys. Beside
// the CRF's affinity every pixel is as bright as it is loud for the chosen one.

import { affinity } from '../affinity.js';
import { cross, photoOf } from '../paint.js';
import { address } from '../server.js';
import { h, perFrame } from '../dom.js';
import { t } from '../words.js';

const SETTINGS = {
  appearanceWeight: 'appearance_weight', appearanceReach: 'appearance_reach',
  colourReach: 'colour_reach', smoothnessWeight: 'smoothness_weight',
  smoothnessReach: 'smoothness_reach',
};
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PHOTO = 0.55; // how bright the grey photo is left

export class Lens {
  #photo = null; // { key, pixels (ImageData), grey (ImageData) }
  #cursor = null;

  constructor(app, part, ask) {
    this.app = app;
    this.part = part;
    this.ask = ask;
    this.empty = h('p');
    this.canvas = h('canvas', { hidden: true, tabindex: '0', role: 'application' });
    this.said = h('p', { class: 'spoken', 'aria-live': 'polite' });
    this.element = h('div', { id: 'lens' }, this.empty, this.canvas, this.said);
    this.scale = h('div', { class: 'scale loudness' }, h('span', { class: 'ramp' }));
    this.draw = perFrame(() => this.#draw());
    this.voices = Uint32Array.from(app.facts.ramp, voice);
    this.canvas.addEventListener('pointermove', (event) => { if (event.buttons === 1) this.#point(event); });
    this.canvas.addEventListener('click', (event) => { this.#point(event); ask(this.#cursor); });
    this.canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  translate() {
    this.empty.textContent = t('inside-empty');
    this.canvas.setAttribute('aria-label', t('lens'));
  }

  // Takes the photo that is chosen, once somebody looks, exactly as the CRF sees it.
  async follow(facts) {
    this.facts = facts;
    const { photo, tab } = this.app.choices.now;
    if (tab !== 'inside' || !photo) return;
    if (this.#photo?.key !== photo.key) {
      const image = await photoOf(address(`photos/${photo.key}.png`)).catch(() => null);
      if (!image || this.app.choices.now.photo?.key !== photo.key) return;
      const context = new OffscreenCanvas(photo.width, photo.height).getContext('2d');
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, photo.width, photo.height);
      this.#photo = { key: photo.key, pixels, grey: dimmed(pixels) };
      this.#cursor = this.app.choices.now.pixel ?? { x: photo.width >> 1, y: photo.height >> 1 };
      [this.canvas.width, this.canvas.height] = [photo.width, photo.height];
    }
    this.canvas.dataset.photo = photo.key;
    [this.canvas.hidden, this.empty.hidden] = [false, true];
    this.draw();
  }

  #draw() {
    if (!this.#photo || !this.canvas.checkVisibility()) return;
    const context = this.canvas.getContext('2d');
    const heard = this.part() === 'affinity' && this.app.crf !== null;
    context.putImageData(heard ? this.#photo.grey : this.#photo.pixels, 0, 0);
    if (heard) context.drawImage(this.#light(), 0, 0);
    const ratio = this.canvas.width / Math.max(1, this.canvas.clientWidth);
    cross(context, this.#cursor, { left: 0, top: 0, scale: 1 }, ratio);
  }

  // A canvas of what is heard, clear where nothing is.
  #light() {
    const { crf } = this.app;
    const settings = Object.fromEntries(
      Object.entries(SETTINGS).map(([key, field]) => [key, crf[field]]));
    const { pixels } = this.#photo;
    const { loud, sums } = affinity(pixels.data, pixels, this.#cursor, settings);
    const most = settings.appearanceWeight + settings.smoothnessWeight || 1;
    const picture = new ImageData(pixels.width, pixels.height);
    const painted = new Uint32Array(picture.data.buffer);
    for (let at = 0; at < loud.length; at += 1) {
      painted[at] = this.voices[Math.round(255 * Math.sqrt(loud[at] / most))];
    }
    const say = (value) => value.toLocaleString('en', { maximumFractionDigits: 1 });
    this.facts.replaceChildren(
      h('p', {}, `${t('heard-colour')} `, h('b', { id: 'heard-colour', text: say(sums.appearance) })),
      h('p', {}, `${t('heard-place')} `, h('b', { id: 'heard-place', text: say(sums.smoothness) })),
      h('p', { class: 'help', text: t('heard-help') }));
    this.scale.replaceChildren(h('span', { class: 'ramp' }), h('span', { text: '0' }),
      h('span', { text: say(most / 4) }), h('span', { text: say(most) }));
    const layer = new OffscreenCanvas(pixels.width, pixels.height);
    layer.getContext('2d').putImageData(picture, 0, 0);
    return layer;
  }

  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.canvas;
    const scale = Math.min(box.width / width, box.height / height);
    const at = (place, start, room, length) => Math.min(length - 1,
      Math.max(0, Math.floor((place - start - (room - scale * length) / 2) / scale)));
    this.#cursor = {
      x: at(event.clientX, box.left, box.width, width),
      y: at(event.clientY, box.top, box.height, height),
    };
    this.draw();
  }

  #key(event) {
    if (event.key in MOVES) {
      const { width, height } = this.canvas;
      const far = event.shiftKey ? 1 : Math.ceil(width / 50);
      const [x, y] = MOVES[event.key].map((step) => step * far);
      this.#cursor = {
        x: Math.min(width - 1, Math.max(0, this.#cursor.x + x)),
        y: Math.min(height - 1, Math.max(0, this.#cursor.y + y)),
      };
      this.said.textContent = t('pixel', this.#cursor);
      this.draw();
    } else if (event.key === 'Enter' || event.key === ' ') this.ask(this.#cursor);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function dimmed({ data: bytes, width, height }) {
  const picture = new ImageData(width, height);
  for (let at = 0; at < bytes.length; at += 4) {
    const level = PHOTO * (0.299 * bytes[at] + 0.587 * bytes[at + 1] + 0.114 * bytes[at + 2]);
    picture.data.fill(level, at, at + 3);
    picture.data[at + 3] = 255;
  }
  return picture;
}

// Colours go by the loudness's root, and cover the photo by the root of that: by loudness itself
// only the nearest pixels would show.
function voice([red, green, blue], level) {
  return ((Math.round(Math.sqrt(255 * level)) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
