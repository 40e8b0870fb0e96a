import { plain } from '../look/plain';
import type { Link, Shown } from '../scene/picture';

/** How a kind looks. */
export interface KindLook {
  colour: string;
  /** A picture's address. */
  image: string;
}

/** How everything looks; comes from the page's style sheet and the ontology. Colours are `#rrggbb`. */
export interface Look {
  kinds: ReadonlyMap<string, KindLook>;
  ink: string;
  paper: string;
  faint: string;
  line: string;
  accent: string;
  font: string;
  /** Whether nothing moves by itself. */
  isStill: boolean;
  /** What a line is called. */
  nameOf: (link: Link) => string;
}

/** A node of the drawing. */
export interface NodeStyle {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  type: string;
  image?: string;
  shown: Shown;
  /** From 0, not there, to 1. */
  presence: number;
  /** How many of its statements are not drawn. */
  more: number;
}

/** A line of the drawing. */
export interface LineStyle {
  size: number;
  color: string;
  type: string;
  label: string;
  /** How strongly it pulls. */
  weight: number;
  link: Link;
  presence: number;
}

/** Above so many nodes the drawing does less: no icons, no arrows, no lines that can be pressed, none while it moves. */
const LARGE = 2_000;
/** In a container that is narrower or lower than this, in pixels, everything is smaller. */
const SMALL = 420;

/** How nodes and lines of one picture are drawn: the area of a node grows with what it is measured by. */
export class Style {
  readonly isLarge: boolean;
  private readonly most: number;
  private readonly factor: number;

  constructor(
    readonly look: Look,
    shown: ReadonlyMap<string, Shown>,
    container: HTMLElement,
  ) {
    this.isLarge = shown.size > LARGE;
    let most = 0;
    for (const { measure } of shown.values()) most = Math.max(most, measure);
    this.most = most || 1;
    this.factor = Math.min(container.clientHeight, container.clientWidth) < SMALL ? 0.65 : 1;
  }

  node(shown: Shown, presence: number): Omit<NodeStyle, 'x' | 'y'> {
    const kind = this.look.kinds.get(shown.kind);
    const part = Math.sqrt(Math.max(0, shown.measure) / this.most);
    return {
      shown,
      presence,
      more: Math.max(0, shown.total - shown.drawn),
      size: this.factor * (this.isLarge ? 1.5 + 6 * part : 7 + 13 * part),
      color: kind?.colour ?? this.look.faint,
      label: plain(shown.label),
      type: this.isLarge ? 'point' : kind ? 'icon' : 'circle',
      image: kind?.image,
    };
  }

  line(link: Link, presence: number): LineStyle {
    const rest = { link, presence, color: this.look.line, weight: Math.sqrt(link.facts.length) };
    if (this.isLarge) return { ...rest, size: 0.7, label: '', type: 'thin' };
    const size = 1.6 + Math.min(2, 0.5 * (link.facts.length - 1));
    return { ...rest, size, label: plain(this.look.nameOf(link), 48), type: link.isMutual ? 'line' : 'arrow' };
  }
}

/** Two colours, `#rrggbb`, mixed: so much of the second. */
export function mixed(one: string, other: string, part: number): string {
  const channel = (colour: string, place: number) => Number.parseInt(colour.slice(place, place + 2), 16);
  const bytes = [1, 3, 5].map((place) => Math.round(channel(one, place) * (1 - part) + channel(other, place) * part));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
