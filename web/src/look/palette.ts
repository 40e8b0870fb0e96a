/**
 * A colour of the space OKLCH as sRGB. Björn Ottosson, "A perceptual color space for image
 * processing", https://bottosson.github.io/posts/oklab/
 */
function oklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const bytes = channels.map((channel) => {
    const part = Math.min(1, Math.max(0, channel));
    const value = part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
    return Math.round(255 * value).toString(16).padStart(2, '0');
  });
  return `#${bytes.join('')}`;
}

/** The golden angle: however many colours there are, neighbours in the list are far apart. */
const STEP = 137.508;

/**
 * A colour for each kind, in the ontology's order. Dark enough for a white icon, bright enough for
 * either background: at least three to one.
 */
export function kindColour(index: number): string {
  const lightness = [0.52, 0.6, 0.46][Math.floor(index / 8) % 3] ?? 0.52;
  return oklch(lightness, 0.125, (195 + index * STEP) % 360);
}
