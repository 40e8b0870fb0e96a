//! Figures over time: one point for each period, with every claim behind it.

use std::cmp::Reverse;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::super::{
    Arena, Item, Resolved, View, World,
    args::SeriesArgs,
    catalog::{Draft, Read, field, input},
    cell::{Cell, RecordType},
};
use crate::{
    graph::{EntityId, Observation, ObservationId},
    model::{Approximation, Closed, Period, Status},
    ontology::MetricIndex,
};

const SERIES: RecordType = RecordType {
    name: "Series",
    description: "The figures of one metric about one entity, in one unit, for periods of one length: a half year never stands between years, nor a target between results.",
    fields: &[
        ("subject", "Entity!", "The entity."),
        ("metric", "Metric!", "The metric."),
        ("unit", "String!", "The unit of all points."),
        ("status", "Status!", "Whether the points are results, targets or forecasts."),
        (
            "months",
            "Int!",
            "How many months each period covers, such as 12 for years and 6 for halves; 0 for less than one.",
        ),
        ("points", "[SeriesPoint!]!", "A point for each period, in order of time."),
        ("growth", "Growth", "From the first point to the last; null if there is one point only."),
    ],
};

const POINT: RecordType = RecordType {
    name: "SeriesPoint",
    description: "A period of a series: the figure that was chosen, and every claim.",
    fields: &[
        ("period", "PartialDate!", "The period."),
        ("value", "Decimal!", "The chosen figure, converted if that was asked for."),
        ("number", "Float!", "The chosen figure as a floating-point number, for charts."),
        ("approximation", "Approximation!", "How the source of the chosen figure words it."),
        ("isConverted", "Boolean!", "Whether the figure was converted from another unit."),
        (
            "chosen",
            "Observation!",
            "The claim the figure is of: the one of the highest rank, then confidence, then the one with the newest source, then an exact one, then the first in the tables.",
        ),
        ("claims", "[Observation!]!", "Every claim for this period, the chosen one first."),
        ("agrees", "Boolean!", "Whether all claims can be right together."),
        ("change", "FigureChange", "The change since the point before; null for the first."),
    ],
};

const STEP: RecordType = RecordType {
    name: "FigureChange",
    description: "The change from one period's figure to another's.",
    fields: &[
        ("since", "PartialDate!", "The period it is counted from."),
        ("absolute", "Decimal!", "The later figure less the earlier one."),
        (
            "percent",
            "Float",
            "The change in percent of the earlier figure; null if that is not above 0.",
        ),
        ("isApproximate", "Boolean!", "Whether one of the two figures is not exact."),
    ],
};

const GROWTH: RecordType = RecordType {
    name: "Growth",
    description: "How far a series went from its first point to its last.",
    fields: &[
        ("from", "PartialDate!", "The first period."),
        ("to", "PartialDate!", "The last period."),
        ("years", "Float!", "How many years lie between the beginnings of the two."),
        ("absolute", "Decimal!", "The last figure less the first."),
        (
            "percent",
            "Float",
            "The change in percent of the first figure; null if that is not above 0.",
        ),
        (
            "compoundAnnual",
            "Float",
            "The compound annual growth rate in percent: the steady growth a year that leads from the first figure to the last. Null if one of them is not above 0, or no time lies between them.",
        ),
        ("isApproximate", "Boolean!", "Whether one of the two figures is not exact."),
    ],
};

const PLACE: RecordType = RecordType {
    name: "FigureRank",
    description: "A place among entities.",
    fields: &[
        (
            "place",
            "Int!",
            "The place, from 1 for the greatest figure; equal figures share a place.",
        ),
        ("of", "Int!", "How many entities have a figure."),
    ],
};

/// Where the chosen claim stands in a point.
const CHOSEN: u8 = 5;

pub(super) fn add(draft: &mut Draft) {
    SERIES.add(draft, Vec::new());
    POINT.add(
        draft,
        vec![
            field("share", "Float", Read::PointShare, "The figure in percent of another metric's figure about the same entity, for the same period, in the same unit; null if there is none.")
                .with([input("of", "Metric!", "The other metric.")]),
            field("rank", "FigureRank!", Read::PointRank, "The place of the figure among those of entities of the same kind, for the same metric, period and unit."),
        ],
    );
    STEP.add(draft, Vec::new());
    GROWTH.add(draft, Vec::new());
    PLACE.add(draft, Vec::new());
}

/// The claims for one period, the best first: by rank, confidence, the newest source, exactness, and the
/// order of the tables.
pub(super) fn best_first(world: &World, claims: &mut [ObservationId]) {
    let snapshot = &world.snapshot;
    claims.sort_by_key(|id| {
        let claim = snapshot.observation(*id);
        let newest = snapshot
            .references_of_observation(*id)
            .filter_map(|r| snapshot.source(snapshot.reference(r).source).published)
            .map(|period| period.days().1)
            .max();
        let is_exact = claim.approximation == Approximation::Exact;
        Reverse((claim.rank.index(), claim.confidence.index(), newest, is_exact, Reverse(*id)))
    });
}

/// From where to where, and whether each end belongs to it.
type Range = ((Decimal, bool), (Decimal, bool));

/// The values a claim lets be right, and whether each end itself is one. Sources that say *about* are
/// taken to mean within five percent, *nearly* up to five percent less.
fn range(value: Decimal, approximation: Approximation) -> Range {
    let twentieth = (value / Decimal::from(20)).abs();
    match approximation {
        Approximation::Exact => ((value, true), (value, true)),
        Approximation::About => ((value - twentieth, true), (value + twentieth, true)),
        Approximation::Nearly => ((value - twentieth, true), (value, false)),
        Approximation::Over => ((value, false), (Decimal::MAX, true)),
        Approximation::Under => ((Decimal::MIN, true), (value, false)),
    }
}

/// Whether two claims in one unit can both be right.
pub(super) fn can_agree(a: &Observation, b: &Observation) -> bool {
    overlap(range(a.value, a.approximation), range(b.value, b.approximation))
}

fn overlap(a: Range, b: Range) -> bool {
    let reaches = |low: (Decimal, bool), high: (Decimal, bool)| {
        low.0 < high.0 || (low.0 == high.0 && low.1 && high.1)
    };
    reaches(a.0, b.1) && reaches(b.0, a.1)
}

/// How many months a period covers; for less than one, less than 0 by its days, so that periods of
/// unlike lengths are unlike.
fn months(period: Period) -> i32 {
    let (first, last) = period.days();
    let days = last - first + 1;
    let months = (f64::from(days) / 30.4375).round() as i32;
    if days < 28 { -days } else { months }
}

/// The series that are asked for: by entity, then status, length of periods, and unit.
pub(crate) fn series<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &SeriesArgs,
) -> Resolved<'w> {
    let snapshot = &world.snapshot;
    let mut all = Vec::new();
    for subject in &args.of {
        let mut groups: Vec<((Status, i32, String), Vec<ObservationId>)> = Vec::new();
        for id in snapshot.observations_of(*subject).iter().map(|id| ObservationId(*id)) {
            let claim = snapshot.observation(id);
            let (first, last) = claim.period.days();
            if claim.metric != args.metric
                || !args.statuses.contains(claim.status.index())
                || last < args.from
                || first > args.to
                || !view.has_observation(world, id)
            {
                continue;
            }
            let unit = snapshot.text(claim.unit);
            let rate = args.convert.iter().find(|rate| rate.from == unit);
            let unit = rate.map_or(unit, |rate| rate.to.as_str());
            let group = (claim.status, months(claim.period), unit.to_owned());
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, claims)) => claims.push(id),
                None => groups.push((group, vec![id])),
            }
        }
        groups.sort_by(|(a, _), (b, _)| (a.0, Reverse(a.1), &a.2).cmp(&(b.0, Reverse(b.1), &b.2)));
        for ((status, months, unit), claims) in groups {
            let points = points(world, arena, args, claims);
            let growth = growth(arena, &points);
            let list = arena.list(points.iter().map(|point| point.record.clone()));
            let cells = [
                Cell::Item(Item::Entity(*subject)),
                Cell::Metric(args.metric),
                Cell::text(unit),
                Cell::Name(status.name()),
                Cell::Int(months.max(0).into()),
                list,
                growth,
            ];
            all.push(SERIES.record(arena, cells));
        }
    }
    arena.list(all).resolved(world)
}

struct Point {
    period: Period,
    value: Decimal,
    is_exact: bool,
    record: Cell,
}

/// The points of claims that are in one unit, once converted.
fn points(
    world: &World,
    arena: &mut Arena,
    args: &SeriesArgs,
    mut claims: Vec<ObservationId>,
) -> Vec<Point> {
    let snapshot = &world.snapshot;
    claims.sort_by_key(|id| (snapshot.observation(*id).period.days(), *id));
    let mut points: Vec<Point> = Vec::new();
    let same = |a: &ObservationId, b: &ObservationId| {
        snapshot.observation(*a).period.days() == snapshot.observation(*b).period.days()
    };
    for claims in claims.chunk_by_mut(same) {
        best_first(world, claims);
        let converted: Vec<Observation> = claims
            .iter()
            .map(|id| {
                let mut claim = *snapshot.observation(*id);
                claim.value = convert(world, args, &claim).0;
                claim
            })
            .collect();
        let chosen = &converted[0];
        let is_converted = convert(world, args, snapshot.observation(claims[0])).1;
        let agrees = converted
            .iter()
            .enumerate()
            .all(|(place, a)| converted[place + 1..].iter().all(|b| can_agree(a, b)));
        let is_exact = chosen.approximation == Approximation::Exact;
        let change = match points.last() {
            None => Cell::Null,
            Some(before) => {
                let absolute = chosen.value - before.value;
                let cells = [
                    Cell::Date(before.period),
                    Cell::Decimal(absolute),
                    percent(absolute, before.value),
                    Cell::Boolean(!(is_exact && before.is_exact)),
                ];
                STEP.record(arena, cells)
            }
        };
        let list = arena.list(claims.iter().map(|id| Cell::Item(Item::Observation(*id))));
        let cells = [
            Cell::Date(chosen.period),
            Cell::Decimal(chosen.value),
            Cell::some(chosen.value.to_f64(), Cell::Float),
            Cell::Name(chosen.approximation.name()),
            Cell::Boolean(is_converted),
            Cell::Item(Item::Observation(claims[0])),
            list,
            Cell::Boolean(agrees),
            change,
        ];
        let record = POINT.record(arena, cells);
        points.push(Point { period: chosen.period, value: chosen.value, is_exact, record });
    }
    points
}

/// A claim's figure in the unit that is wanted, and whether it was converted.
fn convert(world: &World, args: &SeriesArgs, claim: &Observation) -> (Decimal, bool) {
    let unit = world.snapshot.text(claim.unit);
    let rate = args.convert.iter().find(|rate| rate.from == unit);
    rate.and_then(|rate| claim.value.checked_mul(rate.rate))
        .map_or((claim.value, false), |value| (value.normalize(), true))
}

/// A change in percent of what it is a change of.
fn percent(change: Decimal, of: Decimal) -> Cell {
    if of <= Decimal::ZERO {
        return Cell::Null;
    }
    let ratio = change.checked_div(of).and_then(|ratio| ratio.to_f64());
    Cell::some(ratio, |ratio| Cell::Float(rounded(100.0 * ratio)))
}

/// Percents to six places: what is behind them is the noise of binary fractions.
fn rounded(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}

fn growth(arena: &mut Arena, points: &[Point]) -> Cell {
    let [first, .., last] = points else { return Cell::Null };
    let days = last.period.days().0 - first.period.days().0;
    let years = f64::from(days) / 365.2425;
    let absolute = last.value - first.value;
    let ratio = (last.value > Decimal::ZERO && first.value > Decimal::ZERO && days > 0)
        .then(|| last.value.checked_div(first.value).and_then(|ratio| ratio.to_f64()))
        .flatten();
    // Whole years count as whole, whatever the leap days between them.
    let whole = (years - years.round()).abs() < 0.01;
    let years = if whole { years.round() } else { rounded(years) };
    let cells = [
        Cell::Date(first.period),
        Cell::Date(last.period),
        Cell::Float(years),
        Cell::Decimal(absolute),
        percent(absolute, first.value),
        Cell::some(ratio, |ratio| Cell::Float(rounded(100.0 * (ratio.powf(1.0 / years) - 1.0)))),
        Cell::Boolean(!(first.is_exact && last.is_exact)),
    ];
    GROWTH.record(arena, cells)
}

fn chosen_of(arena: &Arena, point: u32) -> Option<ObservationId> {
    match arena.cell(point, CHOSEN) {
        Cell::Item(Item::Observation(id)) => Some(*id),
        _ => None,
    }
}

/// The best claim about an entity for a metric, period, unit and status like those of another.
fn like(
    world: &World,
    view: &View,
    entity: EntityId,
    metric: MetricIndex,
    of: &Observation,
) -> Option<Decimal> {
    let snapshot = &world.snapshot;
    let mut claims: Vec<ObservationId> = snapshot
        .observations_of(entity)
        .iter()
        .map(|id| ObservationId(*id))
        .filter(|id| {
            let claim = snapshot.observation(*id);
            claim.metric == metric
                && claim.period.days() == of.period.days()
                && claim.unit == of.unit
                && claim.status == of.status
                && view.has_observation(world, *id)
        })
        .collect();
    best_first(world, &mut claims);
    claims.first().map(|id| snapshot.observation(*id).value)
}

/// A point's figure in percent of another metric's.
pub(crate) fn share(
    world: &World,
    view: &View,
    arena: &Arena,
    point: u32,
    metric: MetricIndex,
) -> Resolved<'static> {
    let Some(chosen) = chosen_of(arena, point) else { return Resolved::Null };
    let claim = world.snapshot.observation(chosen);
    let whole = like(world, view, claim.subject, metric, claim);
    match whole.filter(|whole| *whole > Decimal::ZERO) {
        None => Resolved::Null,
        Some(whole) => {
            let ratio = claim.value.checked_div(whole).and_then(|ratio| ratio.to_f64());
            ratio.map_or(Resolved::Null, |ratio| Resolved::Float(rounded(100.0 * ratio)))
        }
    }
}

/// The place of a point's figure among those of entities of the same kind. Cost: the observations
/// whose time shares a day with the point's.
pub(crate) fn rank<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    point: u32,
) -> Resolved<'w> {
    let snapshot = &world.snapshot;
    let Some(chosen) = chosen_of(arena, point) else { return Resolved::Null };
    let claim = snapshot.observation(chosen);
    let kind = snapshot.kind(claim.subject);
    let (first, last) = claim.period.days();
    let mut ids = Vec::new();
    snapshot.observation_times().overlapping(first, last, &mut ids);
    let mut entities: Vec<EntityId> = ids
        .into_iter()
        .map(|id| snapshot.observation(ObservationId(id)))
        .filter(|other| other.metric == claim.metric && snapshot.kind(other.subject) == kind)
        .map(|other| other.subject)
        .collect();
    entities.sort_unstable();
    entities.dedup();
    let figures: Vec<Decimal> = entities
        .into_iter()
        .filter_map(|entity| like(world, view, entity, claim.metric, claim))
        .collect();
    let greater = figures.iter().filter(|figure| **figure > claim.value).count();
    let cells = [Cell::Int(greater as i64 + 1), Cell::Int(figures.len() as i64)];
    PLACE.record(arena, cells).resolved(world)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_agree_if_one_figure_fits_both() {
        let can = |a: (i64, Approximation), b: (i64, Approximation)| {
            let of = |(value, word): (i64, Approximation)| range(Decimal::from(value), word);
            overlap(of(a), of(b))
        };
        use Approximation::{About, Exact, Nearly, Over, Under};
        assert!(can((100, Exact), (100, Exact)) && !can((100, Exact), (101, Exact)));
        assert!(can((100, About), (104, Exact)) && !can((100, About), (106, Exact)));
        assert!(can((100, Nearly), (99, Exact)) && !can((100, Nearly), (100, Exact)));
        assert!(can((100, Over), (250, Exact)) && !can((100, Over), (100, Exact)));
        assert!(can((100, Over), (120, Under)) && !can((100, Over), (100, Under)));
    }

    #[test]
    fn periods_of_unlike_lengths_are_unlike() {
        let months = |text: &str| months(text.parse().expect("a period"));
        assert_eq!((months("2024"), months("2023-01/2023-12")), (12, 12));
        assert_eq!((months("2021-H1"), months("2021-H2"), months("2017-Q1")), (6, 6, 3));
        assert_eq!((months("2024-02"), months("2021-01/2021-08")), (1, 8));
        assert_ne!(months("2024-02-01"), months("2024-02-01/2024-02-07"));
    }
}
