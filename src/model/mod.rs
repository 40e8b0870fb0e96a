//! The nouns every room shares: dates as precise as their source, exact figures, and the small
//! enums that qualify a claim. Knows nothing of ontologies, graphs or GraphQL.
//!
//! Start reading at [`PartialDate`].

mod date;
mod qualifiers;

pub use date::{DateError, EPOCH, PartialDate, Period};
pub use qualifiers::{Approximation, Closed, Confidence, Rank, Status};
pub use rust_decimal::Decimal;

/// The days from one date to another, both included; an end that is not said is open.
pub fn days(from: Option<PartialDate>, until: Option<PartialDate>) -> (i32, i32) {
    (from.map_or(i32::MIN, PartialDate::first_day), until.map_or(i32::MAX, PartialDate::last_day))
}

/// The end of a message that names what was probably meant; empty if nothing is near.
pub fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean \"{name}\"?"))
}

/// The name in `known` nearest to `wrong`, if any is near enough to be what was meant.
///
/// Nearness is the Damerau-Levenshtein distance of the lower-cased names, at most a third of the
/// longer name's length (and at least one edit is always allowed). Cost: O(known) comparisons.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wrong.to_lowercase();
    known
        .into_iter()
        .filter_map(|name| {
            let distance = strsim::damerau_levenshtein(&folded, &name.to_lowercase());
            let allowed = (folded.chars().count().max(name.chars().count()) / 3).max(1);
            (distance <= allowed).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("hangzou", ["hangzhou", "huzhou"]), Some("hangzhou"));
        assert_eq!(nearest("located-in", ["located_in", "part_of"]), Some("located_in"));
        assert_eq!(nearest("zebra", ["hangzhou", "yuhang"]), None);
    }
}
