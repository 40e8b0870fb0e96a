import type { UndirectedGraph } from 'graphology';
import type { NodeLabelDrawingFunction } from 'sigma/rendering';
import type { Spotlight } from './spotlight';
import type { LineStyle, Look, NodeStyle } from './style';

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Names of nodes. One that would cover another is left out, unless its node stands out. */
export class Labels {
  /** Where names stand already in this frame. */
  private boxes: Box[] = [];

  constructor(
    private readonly graph: UndirectedGraph<NodeStyle, LineStyle>,
    private readonly spotlight: Spotlight,
    private readonly look: () => Look,
  ) {}

  beginFrame() {
    this.boxes = [];
  }

  /** The name, with how many statements are not drawn, on a halo of the background's colour; a ring around what is selected or pinned. */
  readonly draw: NodeLabelDrawingFunction<NodeStyle, LineStyle> = (context, data, settings) => {
    const key = (data as { key?: string }).key ?? '';
    if (!data.label) return;
    const { ink, paper, faint, accent } = this.look();
    const isSelected = this.spotlight.isSelected(key);
    const more = this.graph.hasNode(key) ? this.graph.getNodeAttribute(key, 'more') : 0;
    const [x, y] = [data.x + data.size + 4, data.y + settings.labelSize / 3];
    context.font = `${isSelected ? 700 : settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    const width = context.measureText(data.label).width;
    const box = { left: x, right: x + width + (more > 0 ? 24 : 0), top: y - settings.labelSize, bottom: y + 4 };
    if (!this.spotlight.isNamed(key) && this.boxes.some((one) => meet(one, box))) return;
    this.boxes.push(box);
    const write = (text: string, at: number, colour: string) => {
      context.lineJoin = 'round';
      context.lineWidth = 3.5;
      context.strokeStyle = paper;
      context.strokeText(text, at, y);
      context.fillStyle = colour;
      context.fillText(text, at, y);
    };
    write(data.label, x, ink);
    if (isSelected || this.spotlight.emphasis.pinned.has(key)) {
      context.beginPath();
      context.arc(data.x, data.y, data.size + 2.5, 0, 2 * Math.PI);
      context.lineWidth = isSelected ? 2.5 : 1.5;
      context.setLineDash(isSelected ? [] : [3, 3]);
      context.strokeStyle = isSelected ? accent : faint;
      context.stroke();
      context.setLineDash([]);
    }
    if (more > 0) {
      context.font = `${settings.labelSize - 2}px ${settings.labelFont}`;
      write(`+${more}`, x + width + 5, faint);
    }
  };
}
