import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { linksOf, NOTHING, type Fact, type Picture, type Shown } from '../scene/picture';
import type { Answered } from './answers';

type Values = Record<string, unknown>;

/** Whether a type's values are entities: kinds, the interface Entity, and interfaces of kinds. */
function isEntity(type: GraphQLNamedType): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return type.name === 'Entity' || (['key', 'kind', 'relations'] as const).every((field) => field in type.getFields());
}

/**
 * What an answer draws: its entities, by key; between them its statements, and a line from each entity
 * to those that were asked for below it. Nothing if the answer has no two entities with something
 * between them.
 */
export function graphOf(schema: GraphQLSchema, { query, operationName, data }: Answered): Picture | undefined {
  const document = parse(query);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operation = operations.find((one) => one.name?.value === operationName) ?? operations[0];
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root || typeof data !== 'object' || data === null) return undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const entities = new Map<string, Shown>();
  const facts = new Map<string, Fact>();

  function draw(subject: string, predicate: string, object: string, rest: Partial<Fact> = {}) {
    const key = rest.key ?? `${subject}\n${predicate}\n${object}`;
    facts.set(key, { validFrom: null, validUntil: null, confidence: 'MEDIUM', references: [], ...rest, key, subject, predicate, object });
  }

  /** The fields of selection sets, with the type that has each; fragments taken apart. */
  function fieldsOf(type: GraphQLNamedType, selections: SelectionSetNode): { field: FieldNode; on: GraphQLNamedType }[] {
    return selections.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [{ field: selection, on: type }];
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment) return [];
      const named = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      return fieldsOf(named ?? type, fragment.selectionSet);
    });
  }

  /** Walks a value; gives the keys of the entities that stand at its top. */
  function walk(type: GraphQLNamedType, selections: SelectionSetNode, value: unknown, owner: string | undefined, via: string): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => walk(type, selections, item, owner, via));
    if (typeof value !== 'object' || value === null) return [];
    const values = value as Values;
    const fields = fieldsOf(type, selections);
    const read = (name: string) => {
      const found = fields.find(({ field }) => field.name.value === name && (field.alias ?? field.name).value in values);
      return found && values[(found.field.alias ?? found.field.name).value];
    };
    const isThing = isEntity(type) || fields.some(({ on }) => isEntity(on));
    const key = isThing ? (read('key') ?? read('id') ?? read('label')) : undefined;
    let self: string | undefined;
    if (typeof key === 'string') {
      self = key;
      const label = read('label') ?? (read('labels') as { text?: string }[] | undefined)?.[0]?.text;
      const kind = read('kind') ?? (isObjectType(type) ? constant(type.name) : '');
      const known = entities.get(key);
      entities.set(key, {
        key,
        kind: String(kind || known?.kind || ''),
        label: String(label ?? known?.label ?? key),
        total: 0,
        drawn: 0,
        measure: 1 + (known?.measure ?? 0),
      });
      if (owner !== undefined && owner !== key) draw(owner, via, key);
    }
    const isStatement = type.name === 'Statement';
    const ends: Record<string, string | undefined> = {};
    for (const { field, on } of fields) {
      const name = (field.alias ?? field.name).value;
      const definition = isObjectType(on) || isInterfaceType(on) ? on.getFields()[field.name.value] : undefined;
      const below = definition && getNamedType(definition.type);
      if (!below || !field.selectionSet || !isCompositeType(below) || !(name in values)) continue;
      // A line begins at the nearest entity above; below a statement, the statement is the line.
      const isOwn = !isStatement && below.name !== 'Statement';
      const from = isOwn ? (self ?? owner) : undefined;
      const word = self !== undefined ? name : via;
      const top = walk(below, field.selectionSet, values[name], from, word);
      if (isStatement && (field.name.value === 'subject' || field.name.value === 'object')) ends[field.name.value] = top[0];
    }
    if (isStatement && ends.subject !== undefined && ends.object !== undefined) {
      const confidence = read('confidence') as Fact['confidence'] | undefined;
      draw(ends.subject, String(read('predicate') ?? ''), ends.object, { key: String(read('key') ?? read('id') ?? `${ends.subject}\n${ends.object}`), ...(confidence && { confidence }) });
    }
    return self === undefined ? [] : [self];
  }

  walk(root, operation.selectionSet, data, undefined, '');
  const links = linksOf([...facts.values()].filter((fact) => entities.has(fact.subject) && entities.has(fact.object) && fact.subject !== fact.object));
  return entities.size < 2 || links.length === 0 ? undefined : { ...NOTHING, entities, links };
}

/** `DigitalTrade` as the enum Kind has it: `DIGITAL_TRADE`. */
function constant(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}
