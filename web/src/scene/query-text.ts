import { parse, print, valueFromASTUntyped, visit, Kind, type ASTNode, type DocumentNode, type FieldNode, type SelectionSetNode, type ValueNode } from 'graphql';

/** A value of JSON as a literal. Names of enums are strings in JSON: `isName` knows which they are. */
function literal(value: unknown, isName: boolean): ValueNode {
  if (value === null || value === undefined) return { kind: Kind.NULL };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? Kind.INT : Kind.FLOAT, value: String(value) };
  if (typeof value === 'string') return isName ? { kind: Kind.ENUM, value } : { kind: Kind.STRING, value };
  if (Array.isArray(value)) return { kind: Kind.LIST, values: value.map((one) => literal(one, isName)) };
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return {
    kind: Kind.OBJECT,
    fields: fields.map(([name, one]) => ({ kind: Kind.OBJECT_FIELD, name: { kind: Kind.NAME, value: name }, value: literal(one, isName) })),
  };
}

/** The scalars that JSON writes as strings; every other named type of the pages' variables is an enum. */
const STRINGS = ['String', 'ID', 'PartialDate', 'DateTime', 'Decimal'];

function nameOf(type: ASTNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : 'type' in type && type.type ? nameOf(type.type as ASTNode) : '';
}

/**
 * A document of the pages as somebody would write it by hand: variables by their values, without what
 * is not asked for, and without a view that narrows nothing.
 */
export function plainQuery(text: string, variables: object): string {
  const values = variables as Record<string, unknown>;
  const document = parse(text);
  const isName = new Map<string, boolean>();
  const given = new Map<string, unknown>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type, defaultValue } of definition.variableDefinitions ?? []) {
      const name = variable.name.value;
      const typeName = nameOf(type);
      isName.set(name, !STRINGS.includes(typeName) && !typeName.endsWith('Filter'));
      given.set(name, values[name] ?? (defaultValue && valueFromASTUntyped(defaultValue)));
    }
  }
  const inlined = visit(document, {
    OperationDefinition: (node) => ({ ...node, variableDefinitions: [] }),
    Field: (node) => (isLeftOut(node, given) ? null : { ...node, directives: [] }),
    Argument: {
      leave: (node) => (node.value.kind === Kind.NULL ? null : node),
    },
    Variable: (node) => literal(given.get(node.name.value), isName.get(node.name.value) ?? false),
  }) as DocumentNode;
  const tidy = visit(inlined, {
    Field: {
      leave: (node) => (node.selectionSet && node.selectionSet.selections.length === 0 ? null : node),
    },
    SelectionSet: {
      leave: (node): SelectionSetNode => ({ ...node, selections: node.selections.flatMap((one) => (isIdleView(one) ? (one as FieldNode).selectionSet?.selections ?? [] : [one])) }),
    },
  }) as DocumentNode;
  return print(tidy);
}

function isIdleView(node: ASTNode): boolean {
  return node.kind === Kind.FIELD && node.name.value === 'view' && (node.arguments ?? []).length === 0;
}

/** Whether `@include` or `@skip` leave a field out. */
function isLeftOut(node: FieldNode, given: ReadonlyMap<string, unknown>): boolean {
  return (node.directives ?? []).some((directive) => {
    const [condition] = directive.arguments ?? [];
    const value = condition?.value.kind === Kind.VARIABLE ? given.get(condition.value.name.value) : condition?.value.kind === Kind.BOOLEAN && condition.value.value;
    return directive.name.value === 'include' ? !value : directive.name.value === 'skip' && Boolean(value);
  });
}
