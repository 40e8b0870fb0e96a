// Types for the queries of the pages: src/queries/*.graphql become src/queries/typed.ts. The pages work
// with any graph, so they are typed by the half of the API that every graph has. A query that it does
// not understand ends the build.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as documentNode from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { Kind, buildASTSchema, parse, specifiedRules, validate } from 'graphql';

const SDL = '../schema/hangzhou.api.graphql';
const FOLDER = 'src/queries';
const TYPED = `${FOLDER}/typed.ts`;

/** The half of the API that every graph has: what an ontology names is a string, its kinds are one. */
function genericHalf(document) {
  const isNamed = (node, names) => names.includes(node.name?.value);
  const isKind = (node) => node.interfaces?.some((known) => isNamed(known, ['Entity']));
  const names = ['Kind', 'Predicate', 'Metric', 'Language'];
  const entity = document.definitions.find((node) => isNamed(node, ['Entity']));
  const anyKind = { ...entity, kind: Kind.OBJECT_TYPE_DEFINITION, name: { kind: Kind.NAME, value: 'AnyEntity' } };
  anyKind.interfaces = ['Node', 'Entity'].map((value) => ({ kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value } }));
  let definitions = document.definitions
    .filter((node) => !isKind(node))
    .map((node) => (isNamed(node, names) ? { kind: Kind.SCALAR_TYPE_DEFINITION, name: node.name } : node))
    .concat(anyKind);
  // A field of a type that is gone is gone, and then a type without fields.
  for (let before = -1; before !== definitions.length; ) {
    before = definitions.length;
    const known = new Set(['ID', 'String', 'Int', 'Float', 'Boolean', ...definitions.map((node) => node.name?.value)]);
    const isKnown = ({ type }) => known.has((type.type?.type?.type ?? type.type?.type ?? type.type ?? type).name.value);
    definitions = definitions
      .map((node) => (node.fields ? { ...node, fields: node.fields.filter((field) => isKnown(field) && (field.arguments ?? []).every(isKnown)) } : node))
      .filter((node) => !node.fields || node.fields.length > 0);
  }
  return { kind: Kind.DOCUMENT, definitions };
}

const schema = genericHalf(parse(readFileSync(SDL, 'utf8')));
const schemaAst = buildASTSchema(schema);
const documents = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => ({ location: `${FOLDER}/${name}`, document: parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) }));

const all = { kind: 'Document', definitions: documents.flatMap(({ document }) => document.definitions) };
const mistakes = validate(schemaAst, all, specifiedRules);
if (mistakes.length > 0) {
  for (const mistake of mistakes) console.error(mistake.toString());
  process.exit(1);
}

const STRINGS = ['ID', 'Decimal', 'PartialDate', 'DateTime', 'Kind', 'Predicate', 'Metric', 'Language'];
const config = {
  documentMode: 'string',
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  skipTypename: true,
  dedupeFragments: true,
  scalars: Object.fromEntries(STRINGS.map((name) => [name, 'string'])),
};
const typed = await codegen({
  filename: TYPED,
  schema,
  schemaAst,
  documents,
  config,
  plugins: [{ operations: {} }, { documentNode: {} }],
  pluginMap: { operations, documentNode },
});
writeFileSync(TYPED, `// Made by codegen.mjs; not kept.\n${typed}`);
