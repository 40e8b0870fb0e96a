//! Searches and measures, each against a tight loop over bare arrays in this program.

use std::{
    hint::black_box,
    sync::{Arc, atomic::AtomicBool},
};

use async_graphql::{Request, Variables};
use westlake::{
    analytics::{
        Budget, Lens, Measures, Projection,
        measures::page_rank,
        paths::{Mode, Search},
    },
    api::{Engine, Options},
    graph::{EntityId, Snapshot, StatementId, Table},
    query::World,
    search::{Scope, Wanted},
};

use super::measure::{Random, take_turns};

const ROUNDS: usize = 15;
const PAIRS: usize = 200;

/// Every link in both directions, in two arrays.
struct Bare {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl Bare {
    fn new(snapshot: &Snapshot) -> Self {
        let mut bare = Self { starts: vec![0], targets: Vec::new() };
        for entity in 0..snapshot.bound(Table::Entities) as u32 {
            bare.targets.extend_from_slice(snapshot.outgoing().links(entity).neighbors);
            bare.targets.extend_from_slice(snapshot.incoming().links(entity).neighbors);
            bare.starts.push(bare.targets.len() as u32);
        }
        bare
    }

    fn links(&self, entity: u32) -> &[u32] {
        let at = entity as usize;
        &self.targets[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The distance of two entities, from both ends at once.
    fn distance(&self, from: u32, to: u32) -> Option<u32> {
        if from == to {
            return Some(0);
        }
        // 1 and 2 tell the sides.
        let mut side = vec![0u8; self.count()];
        let (mut ahead, mut back) = (vec![from], vec![to]);
        (side[from as usize], side[to as usize]) = (1, 2);
        let mut length = 0;
        let mut next = Vec::new();
        while !ahead.is_empty() && !back.is_empty() {
            length += 1;
            let (front, own) =
                if back.len() < ahead.len() { (&mut back, 2) } else { (&mut ahead, 1) };
            next.clear();
            for entity in front.iter() {
                for neighbor in self.links(*entity) {
                    let known = &mut side[*neighbor as usize];
                    if *known == 0 {
                        *known = own;
                        next.push(*neighbor);
                    } else if *known != own {
                        return Some(length);
                    }
                }
            }
            std::mem::swap(front, &mut next);
        }
        None
    }

    /// How many entities are within three steps.
    fn within_three(&self, start: u32) -> usize {
        let mut met = vec![false; self.count()];
        met[start as usize] = true;
        let mut order = vec![start];
        let mut front = 0;
        for _ in 0..3 {
            let end = order.len();
            for place in front..end {
                for neighbor in self.links(order[place]) {
                    if !met[*neighbor as usize] {
                        met[*neighbor as usize] = true;
                        order.push(*neighbor);
                    }
                }
            }
            front = end;
        }
        order.len()
    }

    /// Twenty iterations of PageRank.
    fn page_rank(&self) -> Vec<f64> {
        let count = self.count();
        let mut rank = vec![1.0 / count as f64; count];
        let mut passed = vec![0.0; count];
        for _ in 0..20 {
            let mut lost = 0.0;
            for (entity, rank) in rank.iter().enumerate() {
                let degree = f64::from(self.starts[entity + 1] - self.starts[entity]);
                if degree > 0.0 {
                    passed[entity] = rank / degree;
                } else {
                    lost += rank;
                }
            }
            let base = 0.15 / count as f64 + 0.85 * lost / count as f64;
            for (entity, rank) in (0..).zip(&mut rank) {
                let got: f64 = self.links(entity).iter().map(|n| passed[*n as usize]).sum();
                *rank = base + 0.85 * got;
            }
        }
        rank
    }
}

/// A triangle of which each corner is found by filters on all links of the one before.
fn by_filters(snapshot: &Snapshot, predicates: [u16; 3]) -> usize {
    let is = |statement: u32, predicate: u16| {
        snapshot.statement(StatementId(statement)).predicate == predicate
    };
    let links = |entity: u32| {
        let out = snapshot.outgoing().links(entity);
        out.iter()
    };
    let mut found = 0;
    for a in snapshot.ids(Table::Entities) {
        for (b, _) in links(a).filter(|(_, s)| is(*s, predicates[0])) {
            for (c, _) in links(b).filter(|(_, s)| is(*s, predicates[1])) {
                found +=
                    usize::from(a != c && links(a).any(|(n, s)| n == c && is(s, predicates[2])));
            }
        }
    }
    found
}

pub(crate) fn run(world: &Arc<World>) {
    let snapshot = &world.snapshot;
    let bare = Bare::new(snapshot);
    let nouns = snapshot.of_kind(snapshot.ontology().kind("Noun").expect("nouns"));
    let mut random = Random(5);
    let mut noun = || nouns.get(random.below(nouns.len()) as u32);
    let pairs: Vec<(u32, u32)> = (0..PAIRS).map(|_| (noun(), noun())).collect();
    let lens = Lens::whole(snapshot);
    let shortest = |from: u32, to: u32| {
        let search = Search {
            lens: &lens,
            from: EntityId(from),
            to: EntityId(to),
            mode: Mode::Shortest,
            via: &[],
            max_length: 100,
            first: 1,
            cost: None,
        };
        search.run(&mut Budget::new(u64::MAX, None)).first().map(|path| path.nodes.len() as u32 - 1)
    };
    for (from, to) in &pairs {
        assert_eq!(shortest(*from, *to), bare.distance(*from, *to));
    }
    let engine = Engine::new(world, Options::default()).expect("a schema");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a thread");
    let key = |entity: u32| snapshot.text(snapshot.key(EntityId(entity))).to_owned();
    let ask = |query: String| runtime.block_on(engine.execute(Request::new(query), false)).body;

    println!("research    a tight loop over bare arrays of the same run counts as 1");
    let times = take_turns(
        ROUNDS,
        &mut [
            &mut || {
                pairs.iter().for_each(|(a, b)| {
                    black_box(bare.distance(*a, *b));
                })
            },
            &mut || {
                pairs.iter().for_each(|(a, b)| {
                    black_box(shortest(*a, *b));
                })
            },
        ],
    );
    let each = |time: std::time::Duration, count: usize| time.as_secs_f64() * 1e6 / count as f64;
    println!(
        "  shortest path of two nouns     {:8.0} µs  {:5.2} times the bare search ({:.0} µs)",
        each(times[1], PAIRS),
        times[1].as_secs_f64() / times[0].as_secs_f64(),
        each(times[0], PAIRS)
    );

    // Of one document, as clients send it, with other variables each time.
    let starts: Vec<u32> =
        pairs.iter().flat_map(|(a, b)| [*a, *b]).filter(|n| bare.within_three(*n) > 300).collect();
    let near =
        "query($of: [String!]!) { neighborhood(of: $of, depth: 3, limit: 10000) { truncated } }";
    let requests: Vec<Variables> = starts
        .iter()
        .map(|start| Variables::from_json(serde_json::json!({ "of": [key(*start)] })))
        .collect();
    let met: usize = starts.iter().map(|start| bare.within_three(*start)).sum();
    let times = take_turns(
        ROUNDS,
        &mut [
            &mut || {
                starts.iter().for_each(|a| {
                    black_box(bare.within_three(*a));
                })
            },
            &mut || {
                requests.iter().for_each(|variables| {
                    let request = Request::new(near).variables(variables.clone());
                    black_box(runtime.block_on(engine.execute(request, false)).body);
                })
            },
        ],
    );
    println!(
        "  within three steps, as asked   {:8.0} µs  {:5.2} times the bare search ({:.0} µs), {} entities on the average",
        each(times[1], starts.len()),
        times[1].as_secs_f64() / times[0].as_secs_f64(),
        each(times[0], starts.len()),
        met / starts.len()
    );

    let projection = Projection::new(&lens);
    let never = AtomicBool::new(false);
    let times = take_turns(
        7,
        &mut [
            &mut || drop(black_box(bare.page_rank())),
            &mut || drop(black_box(page_rank(&projection, None, 20, 0.0, &never))),
            &mut || drop(black_box(Measures::new(Projection::new(&lens)))),
        ],
    );
    println!(
        "  PageRank of twenty iterations  {:8.1} ms  {:5.2} times the bare loop ({:.1} ms); the projection, once: {:.1} ms",
        times[1].as_secs_f64() * 1e3,
        times[1].as_secs_f64() / times[0].as_secs_f64(),
        times[0].as_secs_f64() * 1e3,
        times[2].as_secs_f64() * 1e3
    );

    for names in [
        ["HYPERNYM", "DERIVATION", "ANTONYM"],
        ["DERIVATION", "TOPIC_MEMBER", "DERIVATION"],
        ["HYPONYM", "HYPONYM", "CAUSE"],
    ] {
        let predicates =
            names.map(|name| snapshot.ontology().predicate(name).expect("a predicate"));
        let pattern = format!(
            "{{ match(pattern: {{ variables: [{{ name: \"a\" }}, {{ name: \"b\" }}, {{ name: \"c\" }}], edges: [{{ from: \"a\", to: \"b\", predicates: [{}] }}, {{ from: \"b\", to: \"c\", predicates: [{}] }}, {{ from: \"a\", to: \"c\", predicates: [{}] }}] }}, first: 0) {{ totalCount }} }}",
            names[0], names[1], names[2]
        );
        let found = by_filters(snapshot, predicates);
        let answer = String::from_utf8(ask(pattern.clone())).expect("JSON");
        assert!(answer.contains(&format!("\"totalCount\":{found}}}")), "{found}: {answer}");
        let times = take_turns(
            ROUNDS,
            &mut [
                &mut || {
                    black_box(by_filters(snapshot, predicates));
                },
                &mut || drop(black_box(ask(pattern.clone()))),
            ],
        );
        println!(
            "  triangle {:40} {:8.2} ms  {:5.1} times as fast as filters one by one ({:.1} ms); {found} found",
            names.join(" "),
            times[1].as_secs_f64() * 1e3,
            times[0].as_secs_f64() / times[1].as_secs_f64(),
            times[0].as_secs_f64() * 1e3
        );
    }

    // As somebody types: one letter, then two, then three.
    for letters in 1..=3 {
        let prefixes: Vec<String> = starts
            .iter()
            .map(|start| {
                let label = snapshot.text(snapshot.label(EntityId(*start), None));
                label.chars().take(letters).collect()
            })
            .collect();
        let suggest = |text: &str| {
            let scope = Scope::Names;
            let wanted =
                Wanted { text, scope, kinds: None, language: None, admits: None, first: 10 };
            world.names.search(snapshot, &wanted).total
        };
        let mut first: Vec<f64> = Vec::new();
        for prefix in &prefixes {
            let start = std::time::Instant::now();
            black_box(suggest(prefix));
            first.push(start.elapsed().as_secs_f64() * 1e6);
        }
        first.sort_unstable_by(f64::total_cmp);
        println!(
            "  suggestions for {letters} letters of {} entities: median {:.0} µs, 99% {:.0} µs, worst {:.0} µs",
            snapshot.entity_count(),
            first[first.len() / 2],
            first[first.len() * 99 / 100],
            first[first.len() - 1]
        );
    }
}
