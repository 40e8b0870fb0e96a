import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLInterfaceType,
  type GraphQLSchema,
} from 'graphql';
import type { Example } from './examples';

/** The names of the types that a document uses: of its fields, their owners, and its arguments. */
function typesUsed(schema: GraphQLSchema, query: string): Set<string> {
  const used = new Set<string>();
  const info = new TypeInfo(schema);
  const note = (type: GraphQLInputType | undefined | null | ReturnType<TypeInfo['getType']>) => {
    if (type) used.add(getNamedType(type).name);
  };
  visit(
    parse(query),
    visitWithTypeInfo(info, {
      enter: () => {
        note(info.getType());
        note(info.getInputType());
        note(info.getParentType());
      },
    }),
  );
  return used;
}

/** The examples that use a type. */
export function examplesWith(schema: GraphQLSchema, examples: readonly Example[], name: string): Example[] {
  return examples.filter(({ query }) => {
    try {
      return typesUsed(schema, query).has(name);
    } catch {
      return false;
    }
  });
}

type Owner = GraphQLObjectType | GraphQLInterfaceType;
interface Step {
  field: GraphQLField<unknown, unknown>;
  /** The argument that has the type looked for, if it is one of arguments. */
  argument?: GraphQLArgument;
  /** The type that the step leads to, if only some values have it. */
  on?: string;
}

/** How far a query may be looked for. */
const FARTHEST = 7;

/**
 * A query that meets a type, for types that no example uses: the shortest way from a root to a field of
 * the type, to an argument of it, or to a field of an interface that it implements. `start` is the key
 * of an entity, for arguments that want one. Cost: the schema once.
 */
export function queryFor(schema: GraphQLSchema, name: string, start: string): string | undefined {
  const goal = schema.getType(name);
  if (!goal || name.startsWith('__')) return undefined;
  const roots = [
    ['query', schema.getQueryType()],
    ['subscription', schema.getSubscriptionType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  for (const [operation, root] of roots) {
    if (!root) continue;
    const way = root === goal ? [{ field: easiest(root) }] : wayTo(root, goal);
    if (way) return `${operation} Example {\n${written(way, goal, start, '  ')}}\n`;
  }
  return undefined;
}

/** The field of a root that wants the fewest arguments. */
function easiest(root: GraphQLObjectType): GraphQLField<unknown, unknown> {
  const wants = (field: GraphQLField<unknown, unknown>) => field.args.filter((one) => isNonNullType(one.type) && one.defaultValue === undefined).length;
  const [first, ...others] = Object.values(root.getFields());
  return others.reduce((best, field) => (wants(field) < wants(best) ? field : best), first as GraphQLField<unknown, unknown>);
}

function wayTo(root: Owner, goal: GraphQLNamedType): Step[] | undefined {
  const queue: { type: Owner; way: Step[] }[] = [{ type: root, way: [] }];
  const seen = new Set([root.name]);
  for (let at = queue.shift(); at; at = queue.shift()) {
    for (const field of Object.values(at.type.getFields())) {
      const argument = field.args.find((argument) => holds(argument.type, goal, new Set()));
      if (argument) return [...at.way, { field, argument }];
      const below = getNamedType(field.type);
      if (below === goal) return [...at.way, { field }];
      if (isInterfaceType(below) && isObjectType(goal) && goal.getInterfaces().includes(below)) return [...at.way, { field, on: goal.name }];
      if ((isObjectType(below) || isInterfaceType(below)) && !seen.has(below.name) && at.way.length < FARTHEST) {
        seen.add(below.name);
        queue.push({ type: below, way: [...at.way, { field }] });
      }
    }
  }
  return undefined;
}

/** Whether a value of a type can hold one of another. */
function holds(type: GraphQLInputType, goal: GraphQLNamedType, seen: Set<string>): boolean {
  const named = getNamedType(type);
  if (named === goal) return true;
  if (!isInputObjectType(named) || seen.has(named.name)) return false;
  seen.add(named.name);
  return Object.values(named.getFields()).some((field) => holds(field.type, goal, seen));
}

function written([step, ...rest]: Step[], goal: GraphQLNamedType, start: string, indent: string): string {
  if (!step) return '';
  const { field, argument, on } = step;
  const given = field.args.flatMap((one) => {
    if (one === argument) return [`${one.name}: ${value(one.type, one.name, start, goal)}`];
    if (isNonNullType(one.type) && one.defaultValue === undefined) return [`${one.name}: ${value(one.type, one.name, start)}`];
    return one.name === 'first' && rest.length > 0 ? ['first: 3'] : [];
  });
  const head = `${indent}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}`;
  const below = getNamedType(field.type);
  if (isLeafType(below)) return `${head}\n`;
  const inner = rest.length > 0 ? written(rest, goal, start, `${indent}  `) : on ? `${indent}  ... on ${on} { ${leaves(goal as Owner)} }\n` : `${indent}  ${leaves(below as Owner)}\n`;
  return `${head} {\n${inner}${indent}}\n`;
}

/** The fields of a type that need no arguments and have no fields below; else the first that needs none. */
function leaves(type: Owner | GraphQLNamedType): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
  const free = Object.values(type.getFields()).filter((field) => field.args.every((one) => !isNonNullType(one.type) || one.defaultValue !== undefined));
  const names = free.filter((field) => isLeafType(getNamedType(field.type))).map((field) => field.name);
  return names.length > 0 ? names.slice(0, 8).join(' ') : '__typename';
}

/** A value for an argument: what has to be given, and on the way to a type, that. */
function value(type: GraphQLInputType, name: string, start: string, goal?: GraphQLNamedType, above: ReadonlySet<string> = new Set()): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${value(nullable.ofType, name, start, goal, above)}]`;
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? 'null';
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    // An input may hold another of its own sort: what stands above is no way to the goal.
    const met = new Set([...above, nullable.name]);
    const toward = nullable === goal ? undefined : fields.find((field) => goal && getNamedType(field.type) === goal) ?? fields.find((field) => goal && holds(field.type, goal, new Set(met)));
    const isOneOf = 'isOneOf' in nullable && nullable.isOneOf === true;
    const wanted = isOneOf ? [toward ?? fields[0]] : fields.filter((field) => field === toward || (isNonNullType(field.type) && field.defaultValue === undefined));
    return `{ ${wanted.flatMap((field) => (field ? [`${field.name}: ${value(field.type, field.name, start, field === toward ? goal : undefined, met)}`] : [])).join(', ')} }`;
  }
  const words: Record<string, string> = { PartialDate: '"2024"', DateTime: `"${new Date().toISOString().slice(0, 10)}T00:00:00Z"`, Decimal: '"1"', Int: '1', Float: '1', Boolean: 'true' };
  return words[getNamedType(nullable).name] ?? JSON.stringify(/^(of|keys?|from|to|seeds|keys|eq|startsWith)$/.test(name) ? start : /text|prefix/.test(name) ? start : name);
}
