// The photo's place: a file that is chosen, dropped, pasted or taken, and the examples. The preview
// is the photo as the server decoded it, which is what every stage works on.

import { Live } from './live.js';
import { Refused, address, upload } from './server.js';
import { h } from './dom.js';
import { language, name, t } from './words.js';

const KINDS = 'image/*,.heic,.heif,.avif,.tif,.tiff,.jp2,.webp,.bmp,.ppm';

export class PhotoPlace {
  #newest = 0; // number of the upload that counts

  constructor(app) {
    this.app = app;
    this.input = h('input', { type: 'file', accept: KINDS, onchange: () => this.#picked() });
    this.preview = h('img', { alt: '', hidden: true });
    this.prompt = h('span', { class: 'prompt' });
    this.title = h('p', { class: 'title' });
    this.error = h('p', { class: 'worse', role: 'alert' });
    this.camera = h('button', { type: 'button', class: 'plain', onclick: () => this.#shoot() });
    this.live = new Live(app);
    this.camera.hidden = !navigator.mediaDevices?.getUserMedia;
    this.element = h('section', { id: 'photo' },
      h('label', { class: 'drop' }, this.input, this.preview, this.prompt),
      h('div', { class: 'row' }, this.title, this.camera, this.live.button), this.error);
    document.addEventListener('dragover', (event) => this.#over(event));
    document.addEventListener('dragleave', (event) => {
      if (!event.relatedTarget) this.element.removeAttribute('data-over');
    });
    document.addEventListener('drop', (event) => this.#dropped(event));
    document.addEventListener('paste', (event) => this.#pasted(event));
  }

  translate() {
    this.input.setAttribute('aria-label', t('photo'));
    this.prompt.textContent = t('drop');
    this.camera.textContent = t('camera');
    this.live.translate();
    this.draw();
  }

  draw() {
    const { photo } = this.app.choices.now;
    this.element.dataset.photo = photo?.key ?? '';
    this.preview.hidden = !photo;
    this.title.textContent = photo ? shownName(photo) : '';
    if (!photo) return;
    const source = address(`photos/${photo.key}.jpg`);
    if (this.preview.src !== source) this.preview.src = source;
    this.preview.alt = language === 'en' && photo.alt ? photo.alt : shownName(photo);
  }

  #picked() {
    const [file] = this.input.files;
    this.input.value = ''; // so that the same file can be chosen again
    if (file) this.take(file, file.name);
  }

  #over(event) {
    if (![...event.dataTransfer.types].includes('Files')) return;
    event.preventDefault();
    this.element.dataset.over = '';
  }

  #dropped(event) {
    this.element.removeAttribute('data-over');
    const [file] = event.dataTransfer.files;
    if (!file || event.target.closest?.('[data-takes-files]')) return;
    event.preventDefault();
    this.take(file, file.name);
  }

  #pasted(event) {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith('image/'));
    if (!file) return;
    event.preventDefault();
    this.take(file, file.name || 'pasted.png');
  }

  // Hands a file in. A newer choice of a photo, whatever its kind, makes this one void.
  async take(file, named) {
    const number = this.supersede();
    const { largestFile } = this.app.facts;
    try {
      if (file.size > largestFile) {
        throw new Refused(t('too-large', { name: named, size: largestFile >> 20 }));
      }
      this.element.setAttribute('aria-busy', 'true');
      const photo = await upload('photos', file, named, language);
      if (number === this.#newest) this.app.choose(photo);
    } catch (error) {
      if (number !== this.#newest) return;
      this.error.textContent = error instanceof Refused ? error.message : t('lost');
    } finally {
      if (number === this.#newest) this.element.removeAttribute('aria-busy');
    }
  }

  supersede() {
    this.error.textContent = '';
    this.element.removeAttribute('aria-busy');
    this.#newest += 1;
    return this.#newest;
  }

  counts(number) { return number === this.#newest; }

  async #shoot() {
    let source;
    try {
      source = await navigator.mediaDevices.getUserMedia({ video: { width: 1280 } });
    } catch {
      this.error.textContent = t('no-camera');
      return;
    }
    const video = h('video', { autoplay: true, playsinline: true });
    video.srcObject = source;
    const dialog = h('dialog', { class: 'camera' }, video, h('div', { class: 'row' },
      h('button', { type: 'button', class: 'primary', text: t('shoot'), onclick: () => {
        const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
        canvas.getContext('2d').drawImage(video, 0, 0);
        canvas.convertToBlob({ type: 'image/png' }).then((blob) => this.take(blob, 'camera.png'));
        dialog.close();
      } }),
      h('button', { type: 'button', text: t('cancel'), onclick: () => dialog.close() })));
    dialog.addEventListener('close', () => {
      for (const track of source.getTracks()) track.stop();
      dialog.remove();
    });
    this.app.root.append(dialog);
    dialog.showModal();
  }
}

export const shownName = (photo) => (photo.example ? name(photo.name) : photo.name);

export class Examples {
  constructor(app) {
    this.app = app;
    this.buttons = app.facts.examples.map((example) => {
      const image = h('img', { src: address(`examples/${example.key}.webp`), loading: 'lazy', alt: '' });
      const button = h('button', {
        type: 'button', 'data-example': example.key, onclick: () => app.chooseExample(example.key),
      }, image);
      if (example.failure) button.append(h('span', { class: 'failure', 'aria-hidden': 'true', text: '!' }));
      return { button, image, example };
    });
    this.element = h('div', { id: 'examples', role: 'group' },
      this.buttons.map(({ button }) => button));
  }

  translate() {
    this.element.setAttribute('aria-label', t('examples'));
    for (const { button, image, example } of this.buttons) {
      const title = name(example.name);
      const words = t(example.failure ? 'example-failure' : 'example', { title });
      image.alt = words;
      button.title = title;
    }
    this.draw();
  }

  draw() {
    const chosen = this.app.choices.now.photo?.example ?? null;
    for (const { button, example } of this.buttons) {
      button.setAttribute('aria-pressed', String(example.key === chosen));
    }
  }
}
