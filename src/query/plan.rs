//! From a validated document to a plan: what to read, in which order, under which keys. Made once
//! for each operation of a document and each set of values that `@skip` and `@include` ask for.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Positioned, Value as ConstValue,
    indexmap::IndexMap,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field as AstField, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

use super::{
    Coerced, QueryError,
    catalog::{Catalog, Field, Read, Ty, TypeId},
    error::Code,
    json::write_string,
};

/// Index of a set of fields in [`Plan::sets`].
pub(super) type SetId = u32;

/// A compiled operation.
#[derive(Debug)]
pub struct Plan {
    pub(super) sets: Vec<Vec<FieldPlan>>,
    pub(super) root: SetId,
    /// The fields that have arguments, with what the document gives for them.
    pub(super) arguments: Vec<FieldArguments>,
}

/// A field to read and write.
#[derive(Debug)]
pub(super) struct FieldPlan {
    /// `,"key":`; the first field of an object leaves out the comma.
    pub(super) key: Box<[u8]>,
    pub(super) response_key: Name,
    pub(super) position: Pos,
    pub(super) read: Read,
    /// The type's name, for `__typename`.
    pub(super) type_name: Box<str>,
    /// Index into the bound arguments, if the field has arguments.
    pub(super) arguments: Option<u32>,
    pub(super) is_nullable: bool,
    /// Whether the field is a list, and if so, whether its items may be null.
    pub(super) list: Option<bool>,
    pub(super) children: Children,
}

impl FieldPlan {
    /// Whether the field gives a page of rows or a part of the graph.
    pub(super) fn gives_rows(&self) -> bool {
        matches!(
            self.read,
            Read::Entities(_)
                | Read::Statements
                | Read::Observations
                | Read::Sources
                | Read::Relations
                | Read::ObservationsOf
                | Read::SourcesOf
                | Read::Related(_)
                | Read::StatementsDuring
                | Read::ObservationsDuring
                | Read::StatementsFrom
                | Read::ObservationsFrom
                | Read::Neighborhood
                | Read::Connections
        )
    }
}

/// Which fields to read of the object that a field gives.
#[derive(Debug)]
pub(super) enum Children {
    /// The field gives no object.
    None,
    /// The fields of the one type it can be.
    One(SetId),
    /// The fields by the type it is; a type that is not named cannot occur.
    ByType(Vec<(TypeId, SetId)>),
}

/// A field's arguments as the document gives them.
#[derive(Debug)]
pub(super) struct FieldArguments {
    pub(super) parent: TypeId,
    pub(super) field: usize,
    pub(super) values: Vec<(Name, Value)>,
}

/// An operation of a document.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'d> {
    /// The document.
    pub document: &'d ExecutableDocument,
    /// The operation.
    pub definition: &'d OperationDefinition,
}

impl<'d> Operation<'d> {
    /// The operation named `name`, or the only one.
    ///
    /// # Errors
    /// If there is none of the name, or several and no name.
    pub fn find(document: &'d ExecutableDocument, name: Option<&str>) -> Result<Self, QueryError> {
        let failure = |message| QueryError::new(Code::OperationResolutionFailure, message);
        let definition = match (&document.operations, name) {
            (DocumentOperations::Single(only), None) => &only.node,
            (DocumentOperations::Multiple(all), Some(name)) => match all.get(name) {
                Some(found) => &found.node,
                None => {
                    let known = all.keys().map(Name::as_str);
                    let hint = crate::model::hint(crate::model::nearest(name, known));
                    return Err(failure(format!("no operation is named \"{name}\"{hint}")));
                }
            },
            (DocumentOperations::Single(_), Some(name)) => {
                return Err(failure(format!(
                    "no operation is named \"{name}\": the only one has no name"
                )));
            }
            (DocumentOperations::Multiple(all), None) => match all.values().next() {
                Some(only) if all.len() == 1 => &only.node,
                _ => {
                    return Err(failure(
                        "the document has several operations: say which with operationName".into(),
                    ));
                }
            },
        };
        Ok(Self { document, definition })
    }

    /// Whether it is a query for fields of the catalog alone: what a plan takes. Introspection and
    /// history, which stand only among the fields of the root, are not.
    pub fn is_plannable(&self, catalog: &Catalog) -> bool {
        let fields = catalog.fields(catalog.others.query);
        self.definition.ty == OperationType::Query
            && !self.asks_others(fields, &self.definition.selection_set.node, 0)
    }

    fn asks_others(&self, fields: &[Field], set: &SelectionSet, depth: usize) -> bool {
        depth < 64
            && set.items.iter().any(|item| match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    name != "__typename" && !fields.iter().any(|known| known.name == name)
                }
                Selection::InlineFragment(fragment) => {
                    self.asks_others(fields, &fragment.node.selection_set.node, depth + 1)
                }
                Selection::FragmentSpread(spread) => {
                    self.document.fragments.get(&spread.node.fragment_name.node).is_some_and(
                        |fragment| {
                            self.asks_others(fields, &fragment.node.selection_set.node, depth + 1)
                        },
                    )
                }
            })
    }

    /// The variables that `@skip` and `@include` look at anywhere in the document, in a fixed
    /// order: a plan holds for one set of their values.
    pub fn condition_variables(&self) -> Vec<Name> {
        let mut names = Vec::new();
        collect_conditions(&self.definition.selection_set.node, &mut names);
        for fragment in self.document.fragments.values() {
            collect_conditions(&fragment.node.selection_set.node, &mut names);
            // Conditions on a spread of the fragment stand where it is spread.
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn collect_conditions(set: &SelectionSet, names: &mut Vec<Name>) {
    for item in &set.items {
        for directive in item.node.directives() {
            if let Some(Value::Variable(name)) =
                directive.node.get_argument("if").map(|value| &value.node)
            {
                names.push(name.clone());
            }
        }
        match &item.node {
            Selection::Field(field) => {
                collect_conditions(&field.node.selection_set.node, names);
            }
            Selection::InlineFragment(fragment) => {
                collect_conditions(&fragment.node.selection_set.node, names);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

impl Plan {
    /// Compiles an operation that was validated, for the given values of the variables that its
    /// conditions look at. Cost: O(fields of the document · types they can be of).
    ///
    /// # Errors
    /// If the document names a field that the catalog does not have, which validation excludes.
    pub fn compile(
        catalog: &Catalog,
        operation: Operation<'_>,
        variables: &Coerced,
    ) -> Result<Self, QueryError> {
        let mut compiler = Compiler {
            catalog,
            document: operation.document,
            variables,
            known: HashMap::new(),
            plan: Self { sets: Vec::new(), root: 0, arguments: Vec::new() },
        };
        let query = catalog.others.query;
        let root = compiler.set(query, vec![&operation.definition.selection_set.node])?;
        compiler.plan.root = root;
        Ok(compiler.plan)
    }
}

/// The fields of one response key, in the order of the document.
struct Group<'d> {
    fields: Vec<&'d Positioned<AstField>>,
}

struct Compiler<'d> {
    catalog: &'d Catalog,
    document: &'d ExecutableDocument,
    variables: &'d Coerced,
    /// The sets compiled so far, by type and by the selection sets they merge.
    known: HashMap<(TypeId, Vec<*const SelectionSet>), SetId>,
    plan: Plan,
}

impl<'d> Compiler<'d> {
    /// The plan of the fields that selection sets ask of an object of type `object`.
    fn set(
        &mut self,
        object: TypeId,
        selections: Vec<&'d SelectionSet>,
    ) -> Result<SetId, QueryError> {
        let identity = selections.iter().map(|set| std::ptr::from_ref(*set)).collect();
        let identity = (object, identity);
        if let Some(known) = self.known.get(&identity) {
            return Ok(*known);
        }
        let mut groups: IndexMap<&'d Name, Group<'d>> = IndexMap::new();
        let mut spread = Vec::new();
        for selection in selections {
            self.collect(object, selection, &mut groups, &mut spread);
        }
        let mut fields = Vec::with_capacity(groups.len());
        for (key, group) in groups {
            fields.push(self.field(object, key, &group)?);
        }
        let id = self.plan.sets.len() as SetId;
        self.plan.sets.push(fields);
        self.known.insert(identity, id);
        Ok(id)
    }

    /// CollectFields of the specification (section 6.3.2).
    fn collect(
        &self,
        object: TypeId,
        selection: &'d SelectionSet,
        groups: &mut IndexMap<&'d Name, Group<'d>>,
        spread: &mut Vec<&'d Name>,
    ) {
        for item in &selection.items {
            if !self.is_included(item.node.directives()) {
                continue;
            }
            let (condition, inner) = match &item.node {
                Selection::Field(field) => {
                    groups
                        .entry(&field.node.response_key().node)
                        .or_insert_with(|| Group { fields: Vec::new() })
                        .fields
                        .push(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    (condition, &fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(named) => {
                    let name = &named.node.fragment_name.node;
                    if spread.contains(&name) {
                        continue;
                    }
                    spread.push(name);
                    let Some(fragment) = self.document.fragments.get(name) else { continue };
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                }
            };
            let applies = condition.is_none_or(|condition| {
                self.catalog
                    .type_named(condition.node.on.node.as_str())
                    .is_some_and(|condition| self.catalog.applies(object, condition))
            });
            if applies {
                self.collect(object, inner, groups, spread);
            }
        }
    }

    fn is_included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "include" => true,
                "skip" => false,
                _ => return true,
            };
            match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Value::Boolean(value)) => *value == wanted,
                Some(Value::Variable(name)) => {
                    self.variables.get(name) == Some(&ConstValue::Boolean(wanted))
                }
                _ => true,
            }
        })
    }

    fn field(
        &mut self,
        object: TypeId,
        key: &'d Name,
        group: &Group<'d>,
    ) -> Result<FieldPlan, QueryError> {
        let first = group.fields[0];
        let name = first.node.name.node.as_str();
        let mut quoted = vec![b','];
        write_string(key, &mut quoted);
        quoted.push(b':');
        let mut plan = FieldPlan {
            key: quoted.into(),
            response_key: key.clone(),
            position: first.pos,
            read: Read::TypeName,
            type_name: self.catalog.get(object).name.as_str().into(),
            arguments: None,
            is_nullable: false,
            list: None,
            children: Children::None,
        };
        if name == "__typename" {
            return Ok(plan);
        }
        let fields = self.catalog.fields(object);
        let Some(index) = fields.iter().position(|field| field.name == name) else {
            let message = format!("type {} has no field \"{name}\"", self.catalog.get(object).name);
            return Err(QueryError::new(Code::GraphqlValidationFailed, message).at(first.pos));
        };
        let field = &fields[index];
        plan.read = field.read;
        plan.is_nullable = field.ty.is_nullable();
        if let Ty::List(item) = field.ty.nullable() {
            plan.list = Some(item.is_nullable());
        }
        if !field.args.is_empty() {
            let values = first.node.arguments.iter();
            self.plan.arguments.push(FieldArguments {
                parent: object,
                field: index,
                values: values
                    .map(|(name, value)| (name.node.clone(), value.node.clone()))
                    .collect(),
            });
            plan.arguments = Some(self.plan.arguments.len() as u32 - 1);
        }
        plan.children = self.children(field, group)?;
        Ok(plan)
    }

    fn children(&mut self, field: &Field, group: &Group<'d>) -> Result<Children, QueryError> {
        let ty = field.ty.named();
        let selections: Vec<&'d SelectionSet> = group
            .fields
            .iter()
            .map(|field| &field.node.selection_set.node)
            .filter(|set| !set.items.is_empty())
            .collect();
        if selections.is_empty() {
            return Ok(Children::None);
        }
        let possible = self.catalog.possible(ty);
        if possible.is_empty() {
            return self.set(ty, selections).map(Children::One);
        }
        let mut sets = Vec::with_capacity(possible.len());
        for object in possible {
            sets.push((*object, self.set(*object, selections.clone())?));
        }
        Ok(Children::ByType(sets))
    }
}
