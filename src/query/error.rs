//! What goes wrong in a query, with a stable code and a path.

use async_graphql::{Pos, Value as ConstValue};

/// What sort of error it is: the stable `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// An argument's or variable's value is not of its type, or means nothing in this graph.
    BadUserInput,
    /// The operation that is asked for is not in the document.
    OperationResolutionFailure,
    /// The query asks for more than the server's limits allow.
    QueryTooComplex,
    /// The query took longer than the server's time limit.
    Timeout,
    /// The request is not one that GraphQL over HTTP knows.
    BadRequest,
    /// Changes of a commit are wrong.
    InvalidChange,
    /// The graph is at another revision than the client expected.
    RevisionConflict,
    /// The graph cannot be changed.
    ReadOnly,
    /// What is asked for cannot be had now: the disk is full, the log is damaged, the server stops.
    Unavailable,
}

impl Code {
    /// Every code.
    const ALL: [Self; 11] = [
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::BadUserInput,
        Self::OperationResolutionFailure,
        Self::QueryTooComplex,
        Self::Timeout,
        Self::BadRequest,
        Self::InvalidChange,
        Self::RevisionConflict,
        Self::ReadOnly,
        Self::Unavailable,
    ];

    /// The code with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The code's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::OperationResolutionFailure => "OPERATION_RESOLUTION_FAILURE",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::Timeout => "TIMEOUT",
            Self::BadRequest => "BAD_REQUEST",
            Self::InvalidChange => "INVALID_CHANGE",
            Self::RevisionConflict => "REVISION_CONFLICT",
            Self::ReadOnly => "READ_ONLY",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

/// A step on the way to a value of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A field, by its response key.
    Key(String),
    /// An item of a list.
    Index(usize),
}

/// An error as GraphQL reports it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// What sort of error it is.
    pub code: Code,
    /// What is wrong, for people.
    pub message: String,
    /// Where in the document.
    pub position: Option<Pos>,
    /// Where in the response; empty for an error of the whole request.
    pub path: Vec<PathSegment>,
    /// What programs may want to know beside the code: further `extensions`.
    pub details: Vec<(&'static str, ConstValue)>,
}

impl QueryError {
    /// An error of a kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
            path: Vec::new(),
            details: Vec::new(),
        }
    }

    /// A value that means nothing.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// The error at a place in the document.
    #[must_use]
    pub fn at(mut self, position: Pos) -> Self {
        self.position = Some(position);
        self
    }
}
