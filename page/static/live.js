// The camera's stream, segmented frame by frame. One frame is on its way at a time: what the camera
// films until its answer comes is left out, so that the picture is never behind.

import { Refused, frame } from './server.js';
import { h } from './dom.js';
import { paint } from './paint.js';
import { unpacked } from './runs.js';
import { language, t } from './words.js';

const LONG_SIDE = 640; // pixels; as page/server/live.py
const WINDOW = 3000; // milliseconds over which the rate is told
const WHOLE = { scale: 1, x: 0.5, y: 0.5 };

export class Live {
  constructor(app) {
    this.app = app;
    this.button = h('button', { type: 'button', class: 'plain', id: 'live', onclick: () => this.#open() });
    this.button.hidden = !app.facts.live || !navigator.mediaDevices?.getUserMedia;
  }

  translate() { this.button.textContent = t('live'); }

  async #open() {
    const { error } = this.app.photoPlace;
    error.textContent = '';
    let source;
    try {
      source = await navigator.mediaDevices.getUserMedia({ video: { width: LONG_SIDE } });
    } catch {
      error.textContent = t('no-camera');
      return;
    }
    const video = h('video', { autoplay: true, playsinline: true, muted: true });
    video.srcObject = source;
    const canvas = h('canvas', { role: 'img', 'aria-label': t('live') });
    const rate = h('p', { class: 'small' });
    const stopped = new AbortController();
    const dialog = h('dialog', { class: 'camera', id: 'live-dialog', 'aria-label': t('live') },
      canvas, rate, h('div', { class: 'row' },
        h('button', { type: 'button', text: t('stop'), onclick: () => dialog.close() })));
    dialog.addEventListener('close', () => {
      stopped.abort();
      for (const track of source.getTracks()) track.stop();
      dialog.remove();
    });
    this.app.root.append(dialog);
    dialog.showModal();
    try {
      await this.#follow(video, canvas, rate, stopped.signal);
    } catch (problem) {
      if (stopped.signal.aborted) return;
      rate.textContent = problem instanceof Refused ? problem.message : t('lost');
      for (const track of source.getTracks()) track.stop();
    }
  }

  async #follow(video, canvas, rate, signal) {
    const network = this.app.network ?? this.app.networks.get(this.app.facts.model);
    const { palette } = this.app.choices.now;
    const look = { network, palette, opacity: 60, isolated: null, view: 'classes' };
    const times = []; // when the last frames were drawn
    await video.play();
    while (!signal.aborted) {
      await newest(video);
      const shot = shrunk(video);
      const blob = await shot.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
      const said = await frame(blob, network.key, language, signal);
      const map = await unpacked(said.map);
      if (signal.aborted) return;
      const size = { width: map.width, height: map.height };
      Object.assign(canvas, size);
      paint(canvas.getContext('2d'), shot, size, { map }, look, WHOLE);
      const now = performance.now();
      times.push(now);
      while (now - times[0] > WINDOW) times.shift();
      canvas.dataset.frames = Number(canvas.dataset.frames ?? 0) + 1;
      rate.textContent = t('live-rate', {
        rate: perSecond(times), network: network.label, spent: Math.round(said.milliseconds),
      });
    }
  }
}

// Waits for a frame that has not been seen; of a hidden page none comes, and nothing is sent.
const newest = (video) => new Promise((resolve) => {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
  else requestAnimationFrame(resolve);
});

function shrunk(video) {
  const scale = Math.min(1, LONG_SIDE / Math.max(video.videoWidth, video.videoHeight));
  const side = (length) => Math.max(1, Math.round(length * scale));
  const shot = new OffscreenCanvas(side(video.videoWidth), side(video.videoHeight));
  shot.getContext('2d').drawImage(video, 0, 0, shot.width, shot.height);
  return shot;
}

function perSecond(times) {
  const spent = times.at(-1) - times[0];
  return spent > 0 ? ((1000 * (times.length - 1)) / spent).toFixed(1) : '…';
}
