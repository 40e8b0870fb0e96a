import { iconMarks } from '../look/icons';
import type { Icon } from '../queries/typed';
import type { Canvas, Look } from './canvas';

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The drawing as a document of SVG 1.1, as it stands on the page. */
export function drawSvg(canvas: Canvas, look: Look, kinds: ReadonlyMap<string, { icon: Icon | null; label: string }>, title: string): string {
  const { width, height, nodes, lines } = canvas.drawn();
  const places = new Map(nodes.map((node) => [node.key, node]));
  const round = (number: number) => Number(number.toFixed(2));
  const drawnLines = lines.flatMap((line) => {
    const [from, to] = [places.get(line.source), places.get(line.target)];
    if (!from || !to) return [];
    const far = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const reach = (far - to.size - 2) / far;
    const [x, y] = [from.x + (to.x - from.x) * reach, from.y + (to.y - from.y) * reach];
    const arrow = line.isDirected ? ' marker-end="url(#arrow)"' : '';
    return [`<line x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(x)}" y2="${round(y)}"${arrow}><title>${escaped(line.label)}</title></line>`];
  });
  const drawnNodes = nodes.map(({ x, y, size, colour, kind }) => {
    const known = kinds.get(kind);
    const scale = (1.25 * size) / 24;
    const marks = iconMarks(known?.icon, known?.label ?? kind);
    return `<g><circle cx="${round(x)}" cy="${round(y)}" r="${round(size)}" fill="${colour}"/><g transform="translate(${round(x - 12 * scale)} ${round(y - 12 * scale)}) scale(${round(scale)})" color="#fff" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" fill="none">${marks}</g></g>`;
  });
  const labels = nodes.map(({ x, y, size, label }) => `<text x="${round(x + size + 4)}" y="${round(y + 4.5)}">${escaped(label)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${look.line}"/></marker></defs>
<rect width="100%" height="100%" fill="${look.paper}"/>
<g stroke="${look.line}" stroke-width="1.2">
${drawnLines.join('\n')}
</g>
${drawnNodes.join('\n')}
<g font-family="system-ui, sans-serif" font-size="13" font-weight="500" fill="${look.ink}" stroke="${look.paper}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">
${labels.join('\n')}
</g>
</svg>
`;
}
