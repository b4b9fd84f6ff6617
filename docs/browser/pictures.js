// The arithmetic between a photo and the network, as seg_models/preprocess.py and upsample.py do it.

// Pillow computes with weights of 22 binary places. So does this, to the bit: where max pooling finds
// two values alike, one level more or less moves what SegNet's unpooling puts back.
const ONE = 2 ** 22;

/** The size of this shape whose longer side has `longSide` pixels. */
export function fit({ width, height }, longSide) {
  const scale = longSide / Math.max(width, height);
  const side = (length) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

/**
 * Resize `(height, width, channels)` bytes as Pillow's bilinear filter does: when it shrinks, the
 * filter widens, so that nothing aliases. Columns first, then rows, bytes in between.
 */
export function resize(pixels, channels, from, to) {
  const wide = alongRows(pixels, channels, from, to.width);
  return alongColumns(wide, channels, { width: to.width, height: from.height }, to.height);
}

function alongRows(pixels, channels, { width, height }, target) {
  if (target === width) return pixels;
  const made = new Uint8Array(height * target * channels);
  taps(width, target).forEach(({ first, weights }, x) => {
    for (let y = 0; y < height; y++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = ONE / 2;
        let place = (y * width + first) * channels + channel;
        for (const weight of weights) {
          sum += weight * pixels[place];
          place += channels;
        }
        made[(y * target + x) * channels + channel] = Math.floor(sum / ONE);
      }
    }
  });
  return made;
}

function alongColumns(pixels, channels, { width, height }, target) {
  if (target === height) return pixels;
  const row = width * channels;
  const made = new Uint8Array(target * row);
  taps(height, target).forEach(({ first, weights }, y) => {
    for (let x = 0; x < row; x++) {
      let sum = ONE / 2;
      let place = first * row + x;
      for (const weight of weights) {
        sum += weight * pixels[place];
        place += row;
      }
      made[y * row + x] = Math.floor(sum / ONE);
    }
  });
  return made;
}

/** For each of `target` pixels: the first of `length` that it is made of, and their weights. */
function taps(length, target) {
  const scale = length / target;
  const reach = Math.max(1, scale);
  return Array.from({ length: target }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(length, Math.trunc(centre + reach + 0.5));
    const weights = [];
    for (let each = first; each < end; each++) {
      weights.push(Math.max(0, 1 - Math.abs((each - centre + 0.5) * (1 / reach))));
    }
    const sum = weights.reduce((total, each) => total + each, 0);
    return { first, weights: weights.map((each) => Math.round((each / sum) * ONE)) };
  });
}

/** The network's input `(3, height, width)` of RGBA bytes. */
export function normalised(rgba, { mean, std }) {
  const count = rgba.length / 4;
  const images = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < count; pixel++) {
      const unit = rgba[4 * pixel + channel] / 255;
      images[channel * count + pixel] = (unit - mean[channel]) / std[channel];
    }
  }
  return images;
}

/** The class of every pixel at `to`: `scores` `(classes, height, width)`, enlarged bilinearly. */
export function labels(scores, classes, from, to) {
  const columns = neighbours(from.width, to.width);
  const rows = neighbours(from.height, to.height);
  const made = new Uint8Array(to.width * to.height);
  const best = new Float32Array(to.width);
  for (let y = 0; y < to.height; y++) {
    const { low, high, share } = rows[y];
    best.fill(-Infinity);
    for (let label = 0; label < classes; label++) {
      const upper = (label * from.height + low) * from.width;
      const lower = (label * from.height + high) * from.width;
      for (let x = 0; x < to.width; x++) {
        const column = columns[x];
        const above = mix(scores[upper + column.low], scores[upper + column.high], column.share);
        const below = mix(scores[lower + column.low], scores[lower + column.high], column.share);
        const score = mix(above, below, share);
        if (score > best[x]) {
          best[x] = score;
          made[y * to.width + x] = label;
        }
      }
    }
  }
  return made;
}

function mix(one, other, share) {
  return one + (other - one) * share;
}

/** For each of `target` pixels the two of `length` between whose centres its own lies. */
function neighbours(length, target) {
  return Array.from({ length: target }, (_, index) => {
    const place = Math.max(0, (index + 0.5) * length / target - 0.5);
    const low = Math.min(length - 1, Math.trunc(place));
    return { low, high: Math.min(length - 1, low + 1), share: place - low };
  });
}
