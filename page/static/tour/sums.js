// The layers' arithmetic on a few numbers, as the engine does it; tests compare the two.

// 2x2 maxima of a square of numbers, and where each was: [row, column].
export function pool(map) {
  const half = map.length / 2;
  const places = square(half, (y, x) => {
    const window = [[2 * y, 2 * x], [2 * y, 2 * x + 1], [2 * y + 1, 2 * x], [2 * y + 1, 2 * x + 1]];
    return window.reduce((best, at) => (map[at[0]][at[1]] > map[best[0]][best[1]] ? at : best));
  });
  return { maxima: places.map((row) => row.map(([y, x]) => map[y][x])), places };
}

// Puts each maximum back where it was, zeros everywhere else.
export function unpool({ maxima, places }) {
  const fine = square(2 * maxima.length, () => 0);
  maxima.forEach((row, y) => row.forEach((value, x) => {
    const [down, across] = places[y][x];
    fine[down][across] = value;
  }));
  return fine;
}

// Transposed convolution, 3x3 kernel, stride 2, of a square: padding 1 and one more at the end, so
// that n cells become 2 n. Returns the numbers and, of each, its terms: { row, column, value, weight }.
export function transposed(map, kernel) {
  const terms = square(2 * map.length, (y, x) => {
    const found = [];
    for (let row = 0; row < map.length; row += 1) {
      for (let column = 0; column < map.length; column += 1) {
        const [down, across] = [y + 1 - 2 * row, x + 1 - 2 * column];
        if (down >= 0 && down < 3 && across >= 0 && across < 3) {
          found.push({ row, column, value: map[row][column], weight: kernel[down][across] });
        }
      }
    }
    return found;
  });
  return { terms, map: terms.map((row) => row.map(total)) };
}

export const total = (terms) => terms.reduce((sum, { value, weight }) => sum + value * weight, 0);

// The four cells that a pixel is mixed of, where cell k lies on pixel k times `stride`.
export function bilinear(map, stride, row, column) {
  const [y, x] = [row / stride, column / stride];
  const [top, left] = [y, x].map((at) => Math.min(map.length - 2, Math.floor(at)));
  const [down, across] = [y - top, x - left];
  return [[0, 0, (1 - down) * (1 - across)], [0, 1, (1 - down) * across], [1, 0, down * (1 - across)], [1, 1, down * across]]
    .map(([below, right, weight]) => ({
      row: top + below, column: left + right, value: map[top + below][left + right], weight,
    }));
}

// Which places along a line 3-tap layers of these rates reach from place 0; with `pooling`, each
// layer but the last is followed by a 2-cell pooling of stride 2.
export function reached(rates, pooling) {
  let places = new Set([0]);
  const widen = (steps) => {
    places = new Set([...places].flatMap((place) => steps.map((step) => place + step)));
  };
  rates.forEach((rate, index) => {
    const stride = pooling ? 2 ** index : 1;
    widen([-rate * stride, 0, rate * stride]);
    if (pooling && index < rates.length - 1) widen([0, stride]);
  });
  return [...places].sort((a, b) => a - b);
}

// How wide a stack of 3x3 layers sees, in cells, after each of them.
export function widths(rates) {
  let width = 1;
  return rates.map((rate) => { width += 2 * rate; return width; });
}

// The maps that each layer of a dense block reads, and what its 3x3 convolutions cost.
export function dense(before, growth, depth) {
  const reads = Array.from({ length: depth }, (_, index) => before + index * growth);
  return {
    reads, after: before + depth * growth,
    weights: reads.reduce((sum, each) => sum + 9 * each * growth, 0),
  };
}

// Of a 3x3 filter's positions on a map of `side`, how many have 9, fewer, or a single weight on it.
export function valid(side, rate) {
  const counts = { all: 0, some: 0, one: 0 };
  const along = Array.from({ length: side }, (_, at) =>
    [at - rate, at, at + rate].filter((place) => place >= 0 && place < side).length);
  for (const down of along) {
    for (const across of along) {
      const taps = down * across;
      counts[taps === 9 ? 'all' : taps === 1 ? 'one' : 'some'] += 1;
    }
  }
  return counts;
}

// Labels as a grid of `stride` pixels a cell keeps them: each cell its most frequent label.
export function coarse({ width, height, values }, stride) {
  const fine = new Uint8Array(values.length);
  const counts = new Uint32Array(256);
  for (let top = 0; top < height; top += stride) {
    for (let left = 0; left < width; left += stride) {
      counts.fill(0);
      const [bottom, right] = [Math.min(height, top + stride), Math.min(width, left + stride)];
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) counts[values[y * width + x]] += 1;
      }
      let best = 0;
      for (let label = 1; label < 256; label += 1) if (counts[label] > counts[best]) best = label;
      for (let y = top; y < bottom; y += 1) fine.fill(best, y * width + left, y * width + right);
    }
  }
  return { width, height, values: fine };
}

// IoU of each label that `truth` has, 255 left out: Map by label.
export function ious(map, truth) {
  const [hits, found, wanted] = [0, 1, 2].map(() => new Uint32Array(256));
  for (let at = 0; at < truth.values.length; at += 1) {
    const [label, right] = [map.values[at], truth.values[at]];
    if (right === 255) continue;
    found[label] += 1;
    wanted[right] += 1;
    if (label === right) hits[label] += 1;
  }
  const result = new Map();
  wanted.forEach((count, label) => {
    if (count) result.set(label, hits[label] / (found[label] + count - hits[label]));
  });
  return result;
}

// What an encoder must remember of five poolings for its decoder, in bytes: 2 bits for each window
// and channel, or the maps themselves as float32.
export function remembered(width, height, channels) {
  let [indices, maps] = [0, 0];
  channels.forEach((count, stage) => {
    const [w, h] = [width, height].map((length) => Math.ceil(length / 2 ** stage));
    maps += 4 * w * h * count;
    indices += (2 / 8) * Math.ceil(w / 2) * Math.ceil(h / 2) * count;
  });
  return { indices, maps };
}

export function square(side, of) {
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (__, x) => of(y, x)));
}
