//! A runner that cannot fail is a defect: every answer that a fixture expects is changed a little, and the runner must
//! say of each that it is not what came. What is changed is chosen by a seeded generator, so that a survivor comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand::conform::InProcess;
use countermand_conformance::fixture::{Fixture, Message};
use countermand_conformance::run::{Outcome, play};
use serde_json::Value;

/// Chooses what is changed.
const SEED: u64 = 0x00C0_FFEE;

/// How many ways of changing are tried on each answer.
const EACH: usize = 2;

/// A way of changing an expected answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mutation {
    /// Another status.
    Status,
    /// One header has another value.
    Header,
    /// One value of the body is another.
    Value,
    /// One value of the body is of another type; in XML, an element has another name.
    Type,
    /// One item, member or element is gone.
    Drop,
}

const ALL: [Mutation; 5] =
    [Mutation::Status, Mutation::Header, Mutation::Value, Mutation::Type, Mutation::Drop];

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }
}

/// The expected answer, changed; `None` where it has nothing that could be changed in this way.
fn mutated(message: &Message, mutation: Mutation, chance: &mut Chance) -> Option<Message> {
    let mut changed = message.clone();
    match mutation {
        Mutation::Status => {
            let other = if message.status() == 200 { 204 } else { 200 };
            changed.start = format!("HTTP/1.1 {other} Changed");
        }
        Mutation::Header => {
            let count = Some(message.headers.len()).filter(|count| *count > 0)?;
            changed.headers[chance.below(count)].1.push('x');
        }
        Mutation::Value | Mutation::Type | Mutation::Drop => {
            let media = message.header("content-type").unwrap_or_default();
            changed.body = if media.contains("json") {
                let mut document: Value = serde_json::from_str(&message.body).ok()?;
                change_json(&mut document, mutation, chance)?;
                document.to_string()
            } else if media.contains("xml") {
                change_xml(&message.body, mutation, chance)?
            } else {
                return None;
            };
        }
    }
    Some(changed)
}

/// Changes one of the places that this way of changing fits.
fn change_json(document: &mut Value, mutation: Mutation, chance: &mut Chance) -> Option<()> {
    let mut places = Vec::new();
    collect(document, String::new(), mutation, &mut places);
    let count = Some(places.len()).filter(|count| *count > 0)?;
    let value = document.pointer_mut(&places[chance.below(count)])?;
    match (mutation, &mut *value) {
        (Mutation::Drop, Value::Array(items)) => drop(items.remove(chance.below(items.len()))),
        (Mutation::Drop, Value::Object(members)) => {
            let name = members.keys().nth(chance.below(members.len()))?.clone();
            members.remove(&name);
        }
        (Mutation::Type, Value::String(_)) => *value = Value::from(1),
        (Mutation::Type, _) => *value = Value::from(value.to_string()),
        (_, Value::String(text)) => text.push('x'),
        (_, Value::Bool(flag)) => *flag = !*flag,
        (_, Value::Number(number)) => {
            *value = number.as_i64().map_or(Value::from(0.5), |n| Value::from(n ^ 1));
        }
        (_, _) => *value = Value::from(false),
    }
    Some(())
}

/// The pointers of what can be changed so: full arrays and objects for a drop, values without parts for the others.
fn collect(value: &Value, pointer: String, mutation: Mutation, places: &mut Vec<String>) {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let parts: Vec<(String, &Value)> = match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        Value::Object(members) => members.iter().map(|(name, value)| (escaped(name), value)).collect(),
        _ => Vec::new(),
    };
    let is_whole = value.is_array() || value.is_object();
    if (mutation == Mutation::Drop) == (is_whole && !parts.is_empty())
        && (mutation == Mutation::Drop || !is_whole)
    {
        places.push(pointer.clone());
    }
    for (name, part) in parts {
        collect(part, format!("{pointer}/{name}"), mutation, places);
    }
}

fn change_xml(text: &str, mutation: Mutation, chance: &mut Chance) -> Option<String> {
    let document = roxmltree::Document::parse(text).ok()?;
    let mut changes = Vec::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        match mutation {
            Mutation::Drop if node != document.root_element() => changes.push((node.range(), String::new())),
            Mutation::Type => changes.push((node.range(), format!("<other>{}</other>", &text[node.range()]))),
            Mutation::Value => {
                changes
                    .extend(node.attributes().map(|attribute| (attribute.range_value(), "other".to_owned())));
                let leaf =
                    node.first_child().filter(|child| child.is_text() && child.next_sibling().is_none());
                changes.extend(leaf.map(|leaf| (leaf.range(), "other".to_owned())));
            }
            _ => {}
        }
    }
    let count = Some(changes.len()).filter(|count| *count > 0)?;
    let (range, other) = changes.swap_remove(chance.below(count));
    let mut changed = text.to_owned();
    changed.replace_range(range, &other);
    Some(changed)
}

/// Every fixture, a few times over, each time with one answer changed.
pub(crate) fn mutants(fixtures: &[Arc<Fixture>]) -> Vec<(Mutation, Arc<Fixture>)> {
    let mut chance = Chance(SEED);
    let mut mutants = Vec::new();
    for fixture in fixtures.iter().filter(|fixture| fixture.head.mask.is_empty()) {
        for index in 0..fixture.exchanges.len() {
            let mut ways = ALL.to_vec();
            let mut tried = 0;
            while tried < EACH && !ways.is_empty() {
                let way = ways.swap_remove(chance.below(ways.len()));
                let Some(response) = mutated(&fixture.exchanges[index].response, way, &mut chance) else {
                    continue;
                };
                let mut mutant = Fixture::clone(fixture);
                mutant.exchanges[index].response = response;
                mutants.push((way, Arc::new(mutant)));
                tried += 1;
            }
        }
    }
    mutants
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_answer_is_seen_to_be_changed() {
    let (ways, fixtures): (Vec<_>, Vec<_>) = mutants(&crate::replay::fixtures()).into_iter().unzip();
    let verdicts = play(Arc::new(InProcess::new().unwrap()), fixtures, |_| {}).await.unwrap();
    let mut killed: BTreeMap<Mutation, usize> = BTreeMap::new();
    let mut survivors = Vec::new();
    for (way, verdict) in ways.iter().zip(&verdicts) {
        if matches!(verdict.result, Outcome::Failed(_)) {
            *killed.entry(*way).or_default() += 1;
        } else {
            survivors.push(format!("{way:?} of {}: {:?}", verdict.fixture.name, verdict.result));
        }
    }
    let count: usize = killed.values().sum();
    println!("{count} of {} changed answers are seen: {killed:?}", verdicts.len());
    assert!(survivors.is_empty(), "{} changes are not seen:\n{}", survivors.len(), survivors.join("\n"));
    assert!(count >= 200 && killed.len() == ALL.len(), "too few to say anything: {killed:?}");
}
