// A row of the dense CRF's kernel matrix, as seg_models/explain/affinity.py computes it: here, so
// that it follows a finger. A test compares the two.

const SILENT = 1e-12; // a million such pixels are not a millionth of the loudest
const gaussian = (square, reach) => Math.exp(-square / (2 * reach ** 2));

// Takes the photo's RGBA bytes, its { width, height }, the pixel { x, y } that listens, and
// { appearanceReach, colourReach, smoothnessReach, appearanceWeight, smoothnessWeight }. Returns
// how loud each pixel is for it (equation 3), and the sum of each kernel without its weight.
export function affinity(pixels, { width, height }, at, settings) {
  const along = (length, from, reach) =>
    Float64Array.from({ length }, (_, index) => gaussian((index - from) ** 2, reach));
  const { appearanceReach, colourReach, smoothnessReach } = settings;
  const [farRows, nearRows] = [appearanceReach, smoothnessReach]
    .map((reach) => along(height, at.y, reach));
  const [farColumns, nearColumns] = [appearanceReach, smoothnessReach]
    .map((reach) => along(width, at.x, reach));
  // A Gaussian of three differences is a product of three: small tables, which stay in the cache.
  const own = 4 * (at.y * width + at.x);
  const [reds, greens, blues] = [0, 1, 2]
    .map((channel) => along(256, pixels[own + channel], colourReach));
  const { appearanceWeight, smoothnessWeight } = settings;
  const loud = new Float32Array(width * height);
  const sums = { appearance: 0, smoothness: 0 };
  for (let y = 0; y < height; y += 1) {
    const [far, near] = [farRows[y], nearRows[y]];
    if (Math.max(far, near) < SILENT) continue;
    for (let x = 0, pixel = y * width; x < width; x += 1, pixel += 1) {
      const appearance = far * farColumns[x] * reds[pixels[4 * pixel]]
        * greens[pixels[4 * pixel + 1]] * blues[pixels[4 * pixel + 2]];
      const smoothness = near * nearColumns[x];
      sums.appearance += appearance;
      sums.smoothness += smoothness;
      loud[pixel] = appearanceWeight * appearance + smoothnessWeight * smoothness;
    }
  }
  return { loud, sums };
}
