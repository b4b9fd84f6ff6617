// A row of the dense CRF's kernel matrix, as seg_models/insight/affinity.py computes it: here, so
// that it follows a finger. A test compares the two.

const SILENT = 1e-12; // a million such pixels are not a millionth of the loudest
const gaussian = (square, reach) => Math.exp(-square / (2 * reach ** 2));

// Takes the photo's RGBA bytes, its { width, height }, the pixel { x, y } that listens, and
// { appearanceReach, colourReach, smoothnessReach, appearanceWeight, smoothnessWeight }. Returns
// how loud each pixel is for it (equation 3), and the sum of each kernel without its weight.
function affinity(pixels, { width, height }, at, settings) {
  const along = (length, from, reach) =>
    Float64Array.from({ length }, (_, index) => gaussian((index - from) ** 2, reach));
  const [farRows, nearRows] = [settings.appearanceReach, settings.smoothnessReach]
    .map((reach) => along(height, at.y, reach));
  const [farColumns, nearColumns] = [settings.appearanceReach, settings.smoothnessReach]
    .map((reach) => along(width, at.x, reach));
  const colours = new Float64Array(3 * 255 ** 2 + 1);
  for (let square = 0; square < colours.length; square += 1) {
    colours[square] = gaussian(square, settings.colourReach);
  }
  const own = 4 * (at.y * width + at.x);
  const [red, green, blue] = pixels.slice(own, own + 3);
  const loud = new Float32Array(width * height);
  const sums = { appearance: 0, smoothness: 0 };
  for (let y = 0; y < height; y += 1) {
    if (Math.max(farRows[y], nearRows[y]) < SILENT) continue;
    for (let x = 0, pixel = y * width; x < width; x += 1, pixel += 1) {
      const square = (pixels[4 * pixel] - red) ** 2 + (pixels[4 * pixel + 1] - green) ** 2
        + (pixels[4 * pixel + 2] - blue) ** 2;
      const appearance = farRows[y] * farColumns[x] * colours[square];
      const smoothness = nearRows[y] * nearColumns[x];
      sums.appearance += appearance;
      sums.smoothness += smoothness;
      loud[pixel] = settings.appearanceWeight * appearance + settings.smoothnessWeight * smoothness;
    }
  }
  return { loud, sums };
}
