// Pixels of a photo under the pointer and the keys, and the cross that marks one. What a canvas
// needs that is pointed at; a size is { width, height }, a pixel { x, y }.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, length) => Math.min(length - 1, Math.max(0, Math.floor(value)));
const middle = (size) => ({ x: size.width >> 1, y: size.height >> 1 });

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
}

// The photo's pixel under the pointer: the picture may be smaller than the box it is fitted into.
function pixelAt(box, size, event) {
  const scale = Math.min(box.width / size.width, box.height / size.height);
  const left = box.left + (box.width - scale * size.width) / 2;
  const top = box.top + (box.height - scale * size.height) / 2;
  return {
    x: clamp((event.clientX - left) / scale, size.width),
    y: clamp((event.clientY - top) / scale, size.height),
  };
}

// Where an arrow key leads: a fiftieth of the photo's width on, with Shift a single pixel.
function stepped(from, size, event) {
  const length = event.shiftKey ? 1 : Math.ceil(size.width / 50);
  const [x, y] = STEPS[event.key].map((step) => step * length);
  return { x: clamp(from.x + x, size.width), y: clamp(from.y + y, size.height) };
}

function cross(context, size, at) {
  const reach = Math.max(size.width, size.height) / 40;
  for (const [colour, width] of [['#000', 5], ['#fff', 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = (width * size.width) / 800;
    context.beginPath();
    for (const [x, y] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(at.x + (x * reach) / 3, at.y + (y * reach) / 3);
      context.lineTo(at.x + x * reach, at.y + y * reach);
    }
    context.stroke();
  }
}
