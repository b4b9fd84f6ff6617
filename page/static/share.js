// A picture to share: the photo and its three stages, what they are, and which network made them.

import { STAGES } from './panels.js';
import { download } from './dom.js';
import { name, percent, t } from './words.js';
import { paint } from './paint.js';
import { sharesOf } from './legend.js';
import { shownName } from './photo.js';
import { whole } from './choices.js';

const [SIDE, GAP, HEAD, FOOT] = [420, 16, 96, 110]; // pixels
const [PAPER, INK, FAINT] = ['#ffffff', '#111111', '#5a5a5a'];
const MOST = 6; // classes named

export async function share(app) {
  const { runs, panels } = app;
  const { shown } = runs;
  const { width, height } = shown.photo;
  const scale = SIDE / Math.max(width, height);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  const canvas = new OffscreenCanvas(4 * across + 5 * GAP, HEAD + down + FOOT);
  const context = canvas.getContext('2d');
  context.fillStyle = PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const write = (text, x, y, font, colour = INK) => {
    context.font = `${font} "IBM Plex Sans", system-ui, sans-serif`;
    context.fillStyle = colour;
    context.fillText(text, x, y, canvas.width - x - GAP);
  };
  write('Coarse to Crisp', GAP, 36, '700 26px');
  const { label, domain, year } = shown.network;
  write([label, year, name(domain), shownName(shown.photo)].filter(Boolean).join(' · '), GAP, 64, '16px', FAINT);
  const titles = [t('photo'), ...STAGES.map((stage) => t(stage))];
  titles.forEach((title, index) => {
    const x = GAP + index * (across + GAP);
    const layer = new OffscreenCanvas(across, down).getContext('2d');
    const stage = index ? panels.stage(index - 1) : null;
    paint(layer, panels.photo.image, shown.photo, stage, panels.look, whole);
    write(title, x, HEAD - 8, '600 15px');
    context.drawImage(layer.canvas, x, HEAD);
  });
  let x = GAP;
  const found = sharesOf(shown.mapOf(2, app.iteration)).slice(0, MOST);
  for (const { index, share: part } of found) {
    const words = `${name(shown.network.classes[index])} ${percent(part)}`;
    const [red, green, blue] = shown.network.colours[app.choices.now.palette][index];
    const clear = shown.network.background && index === 0;
    context.fillStyle = clear ? '#d8d8d8' : `rgb(${red}, ${green}, ${blue})`;
    context.fillRect(x, HEAD + down + 22, 14, 14);
    write(words, x + 20, HEAD + down + 35, '15px');
    x += 44 + context.measureText(words).width;
  }
  const iterations = Math.min(app.iteration, shown.iterations);
  write(t('share-crf', { iterations }), GAP, HEAD + down + 68, '14px', FAINT);
  if (shown.photo.example) write(location.href, GAP, HEAD + down + 92, '14px', FAINT);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const url = URL.createObjectURL(blob);
  download(`coarse-to-crisp-${shown.model.replace(/[^\w.-]+/g, '-')}.png`, url);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
