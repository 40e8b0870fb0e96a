//! Closed vocabularies that qualify a claim. Each is an enum with one name per value; the name is
//! the same in GraphQL (`HIGH`) and, in any case, in tables (`high`).

/// A vocabulary whose values are known to the program, not to the ontology.
pub trait Closed: Copy + Eq + Sized + 'static {
    /// The vocabulary's name in GraphQL.
    const NAME: &'static str;
    /// What the vocabulary says, for people.
    const DESCRIPTION: &'static str;
    /// Every value with its GraphQL name and its description, in order.
    const VALUES: &'static [(Self, &'static str, &'static str)];

    /// The value's GraphQL name.
    fn name(self) -> &'static str {
        Self::VALUES.iter().find(|(value, _, _)| *value == self).map_or("", |(_, name, _)| name)
    }

    /// The value named `name`, in any case; `None` if there is none.
    fn parse(name: &str) -> Option<Self> {
        Self::VALUES
            .iter()
            .find(|(_, known, _)| known.eq_ignore_ascii_case(name))
            .map(|(value, _, _)| *value)
    }

    /// The value at `index` of [`Self::VALUES`]; the first one if the index is out of range.
    fn at(index: usize) -> Self {
        Self::VALUES.get(index).unwrap_or(&Self::VALUES[0]).0
    }

    /// The index of this value in [`Self::VALUES`].
    fn index(self) -> usize {
        Self::VALUES.iter().position(|(value, _, _)| *value == self).unwrap_or(0)
    }
}

macro_rules! closed {
    ($(#[doc = $text:literal])* $name:ident { $($(#[doc = $value_text:literal])* $value:ident = $graphql:literal,)* }) => {
        $(#[doc = $text])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "lowercase")]
        #[repr(u8)]
        pub enum $name { $($(#[doc = $value_text])* $value,)* }

        impl Closed for $name {
            const NAME: &'static str = stringify!($name);
            const DESCRIPTION: &'static str = concat!($($text, "\n",)*);
            const VALUES: &'static [(Self, &'static str, &'static str)] =
                &[$(($name::$value, $graphql, concat!($($value_text,)*)),)*];
        }
    };
}

closed! {
    /// How sure the data set is of a statement, from low to high.
    Confidence {
        /// Named in passing, or by a source of low quality.
        Low = "LOW",
        /// Likely, but inferred or said by one side only.
        Medium = "MEDIUM",
        /// Said plainly by a source that should know.
        High = "HIGH",
    }
}

closed! {
    /// Which of several claims an editor prefers.
    Rank {
        /// Kept for the record, known to be wrong or outdated.
        Deprecated = "DEPRECATED",
        /// Neither preferred nor deprecated.
        Normal = "NORMAL",
        /// The claim to show where only one can be shown.
        Preferred = "PREFERRED",
    }
}

closed! {
    /// How a source words a figure: its own qualifier, kept with the value.
    Approximation {
        /// The figure as it stands.
        Exact = "EXACT",
        /// About this much.
        About = "ABOUT",
        /// A little less than this.
        Nearly = "NEARLY",
        /// More than this.
        Over = "OVER",
        /// Less than this.
        Under = "UNDER",
    }
}

closed! {
    /// What kind of claim a figure is: a result, a plan, or an expectation.
    Status {
        /// Measured or reported for a period that has passed.
        Result = "RESULT",
        /// What a plan wants to reach.
        Target = "TARGET",
        /// What somebody expected.
        Forecast = "FORECAST",
    }
}
