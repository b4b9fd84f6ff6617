// Mouse, wheel, touch and keys over a picture: all pictures share one zoom.

import { whole } from './choices.js';
import { pixelAt, placed } from './paint.js';

const LARGEST = 32; // times the size at which all is in sight
const STEP = 1.25; // of the keys and the buttons
const QUIET = 300; // milliseconds after the page was scrolled in which the wheel goes on doing that
const STILL = 6; // pixels that a press may move and be a click
let scrolled = -Infinity;
document.addEventListener('scroll', () => { scrolled = performance.now(); }, true);

// The zoom after `factor`, the photo's point under (x, y) of the frame staying where it is.
export function zoomed(size, frame, zoom, factor, x = frame.width / 2, y = frame.height / 2) {
  const scale = Math.min(LARGEST, Math.max(1, zoom.scale * factor));
  if (scale === 1) return whole;
  const before = placed(size, frame, zoom);
  const grown = (before.scale * scale) / zoom.scale;
  const middle = (at, offset, room, length) =>
    ((at - offset) / before.scale - (at - room / 2) / grown) / length;
  return {
    scale,
    x: middle(x, before.left, frame.width, size.width),
    y: middle(y, before.top, frame.height, size.height),
  };
}

export function panned(size, frame, zoom, across, down) {
  const { scale, left, top } = placed(size, frame, zoom);
  const along = (at, moved, offset, room, length) => {
    const drawn = length * scale;
    if (drawn <= room) return at;
    const start = Math.min(0, Math.max(room - drawn, offset + moved));
    return (room / 2 - start) / drawn;
  };
  return {
    ...zoom,
    x: along(zoom.x, across, left, frame.width, size.width),
    y: along(zoom.y, down, top, frame.height, size.height),
  };
}

// Lets a frame be pointed at, zoomed and moved. `about` tells the photo's size, or null; `act` is
// told of `hover` (pixel, event), `leave`, `ask` (pixel, event).
export function attach(frame, choices, about, act) {
  const box = () => frame.getBoundingClientRect();
  const at = (event) => {
    const { left, top } = box();
    return [event.clientX - left, event.clientY - top];
  };
  const room = () => ({ width: frame.clientWidth, height: frame.clientHeight });
  const pixel = (event) =>
    pixelAt(about(), placed(about(), room(), choices.now.zoom), ...at(event));
  const zoom = (factor, x, y) =>
    choices.set({ zoom: zoomed(about(), room(), choices.now.zoom, factor, x, y) });
  const pan = (across, down) =>
    choices.set({ zoom: panned(about(), room(), choices.now.zoom, across, down) });

  frame.addEventListener('wheel', (event) => {
    const out = event.deltaY > 0;
    const passing = !event.ctrlKey && performance.now() - scrolled < QUIET;
    if (!about() || passing || (out && choices.now.zoom.scale === 1)) return;
    event.preventDefault();
    zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(0.4, Math.abs(event.deltaY) / 300)), ...at(event));
  }, { passive: false });

  const fingers = new Map(); // pointers that are down, by their id
  let start = null;
  let moved = false;
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  };
  frame.addEventListener('pointerdown', (event) => {
    if (!about() || event.button !== 0) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) [start, moved] = [event, false];
    else moved = true;
  });
  frame.addEventListener('pointermove', (event) => {
    if (!about()) return;
    const last = fingers.get(event.pointerId);
    if (last && fingers.size === 2) {
      const before = spread();
      fingers.set(event.pointerId, event);
      const [one, other] = [...fingers.values()].map(at);
      zoom(spread() / Math.max(1, before), (one[0] + other[0]) / 2, (one[1] + other[1]) / 2);
    } else if (last) {
      moved ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL;
      if (moved && choices.now.zoom.scale > 1) {
        if (!frame.hasPointerCapture(event.pointerId)) frame.setPointerCapture(event.pointerId);
        pan(event.clientX - last.clientX, event.clientY - last.clientY);
      }
      fingers.set(event.pointerId, event);
    }
    if (event.pointerType !== 'touch') act.hover(pixel(event), event);
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && !moved && !fingers.size && about()) {
      act.ask(pixel(event), event);
    }
  };
  for (const kind of ['pointerup', 'pointercancel']) frame.addEventListener(kind, lift);
  frame.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') act.leave();
  });
  frame.addEventListener('dblclick', (event) => {
    if (!about()) return;
    if (choices.now.zoom.scale > 5) choices.set({ zoom: whole });
    else zoom(2.5, ...at(event));
  });
  return {
    step: (bigger) => about() && zoom(bigger ? STEP : 1 / STEP),
    pan: (across, down) => about() && pan(across, down),
  };
}
