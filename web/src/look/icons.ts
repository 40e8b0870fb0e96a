import {
  BookOpen, BriefcaseBusiness, Building, Building2, Calendar, CalendarDays, Code, Coins, Cpu, Dna, Factory, FileText, FlaskConical, Globe,
  GraduationCap, HeartPulse, Landmark, Languages, Leaf, Lightbulb, Map as MapIcon, MapPin, MapPinned, Music, Newspaper, Package, Palette,
  PawPrint, Scale, Ship, Star, Store, Tag, Trophy, Type, User, UsersRound, type IconNode,
} from 'lucide';
import type { Icon } from '../queries/typed';

/** A drawing for each icon that an ontology can give a kind. */
const ICONS: Record<Icon, IconNode> = {
  ANIMAL: PawPrint, ART: Palette, BOOK: BookOpen, BUILDING: Building, CALENDAR: Calendar, CHEMICAL: FlaskConical, CITY: Building2,
  COMPANY: BriefcaseBusiness, COUNTRY: Globe, DISTRICT: MapPinned, DOCUMENT: FileText, EVENT: CalendarDays, GENE: Dna,
  GOVERNMENT: Landmark, GROUP: UsersRound, HEALTH: HeartPulse, IDEA: Lightbulb, INDUSTRY: Factory, LANGUAGE: Languages, LAW: Scale,
  MEDIA: Newspaper, MONEY: Coins, MUSIC: Music, PERSON: User, PLACE: MapPin, PLANT: Leaf, PLATFORM: Store, PRODUCT: Package,
  REGION: MapIcon, SCHOOL: GraduationCap, SOFTWARE: Code, SPORT: Trophy, STAR: Star, TECHNOLOGY: Cpu, TOPIC: Tag, VEHICLE: Ship, WORD: Type,
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The inner marks of an icon's SVG, 24 by 24; for a kind without an icon, its first letter. */
export function iconMarks(icon: Icon | null | undefined, label: string): string {
  const node = icon ? ICONS[icon] : undefined;
  if (!node) {
    const letter = escaped(([...label.trim()][0] ?? '?').toUpperCase());
    return `<text x="12" y="17.5" text-anchor="middle" font-family="system-ui, sans-serif" font-size="16" font-weight="600" fill="currentColor" stroke="none">${letter}</text>`;
  }
  return node
    .map(([tag, attributes]) => {
      const pairs = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(String(value))}"`);
      return `<${tag} ${pairs.join(' ')}/>`;
    })
    .join('');
}

/** An icon as a picture in an address, drawn in white. */
export function iconAddress(icon: Icon | null | undefined, label: string): string {
  const marks = iconMarks(icon, label);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 24 24" color="white" fill="none" stroke="white" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${marks}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
