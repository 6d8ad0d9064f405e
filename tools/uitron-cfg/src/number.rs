//! Names and numbers of objects.

use crate::api::{Key, Kind};
use crate::check::Draft;
use crate::model::{Expression, Object};
use crate::problem::Complaint;
use crate::source::{Place, Span};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Gives every object its number: explicit ones as they are, names the smallest free ones in order of definition.
pub(crate) fn number(drafts: Vec<Draft>, complaints: &mut Vec<Complaint>) -> Vec<Object> {
    let mut by_kind: BTreeMap<Kind, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        by_kind.entry(draft.object.kind).or_default().push(draft);
    }
    let texes = by_kind.remove(&Kind::Tex).unwrap_or_default();
    let mut names: HashMap<String, Place> = HashMap::new();
    let mut objects = Vec::new();
    for drafts in by_kind.into_values() {
        match drafts.first().map(|draft| draft.object.api().key) {
            Some(Key::Object) => objects.extend(identified(drafts, &mut names, complaints)),
            Some(Key::Code(_)) => objects.extend(coded(drafts, complaints)),
            _ => objects.extend(counted(drafts.into_iter().map(|draft| draft.object))),
        }
    }
    let texes = exceptions(texes, &objects, complaints);
    objects.extend(texes);
    objects.sort_by_key(|object| object.order);
    objects
}

fn counted(objects: impl Iterator<Item = Object>) -> Vec<Object> {
    objects.zip(1..).map(|(object, number)| Object { number, ..object }).collect()
}

/// What a first argument says.
enum Identity {
    Name(String),
    Number(u32),
    Neither,
}

fn identity(key: &Expression) -> Identity {
    match (key.value, key.names.as_slice()) {
        (Some(number), _) => {
            u32::try_from(number).ok().filter(|number| *number > 0).map_or(Identity::Neither, Identity::Number)
        }
        (None, [name]) if *name == key.text => Identity::Name(name.clone()),
        _ => Identity::Neither,
    }
}

fn identified(drafts: Vec<Draft>, names: &mut HashMap<String, Place>, complaints: &mut Vec<Complaint>) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut taken: HashMap<u32, Place> = HashMap::new();
    for Draft { key, mut object } in drafts {
        let Some(key) = key else { continue };
        let noun = object.api().noun;
        let twice = match identity(&key) {
            Identity::Number(number) => {
                object.number = number;
                taken.insert(number, key.place.clone()).map(|first| (format!("{noun} {number}"), first))
            }
            Identity::Name(name) => {
                object.name = Some(name.clone());
                names.insert(name.clone(), key.place.clone()).map(|first| (format!("`{name}`"), first))
            }
            Identity::Neither => {
                let message = format!("`{}` is neither a name nor a number from 1", key.text);
                complaints.push(Complaint::new(key.span, message, format!("give the {noun} a name")));
                continue;
            }
        };
        if let Some((what, first)) = twice {
            let message = format!("{what} is defined twice, first at {first}");
            complaints.push(Complaint::new(key.span, message, "give each object its own name and number"));
        }
        objects.push(object);
    }
    let mut free = (1..).filter(|number| !taken.contains_key(number));
    for object in objects.iter_mut().filter(|object| object.number == 0) {
        object.number = free.next().unwrap_or_default();
    }
    complaints.extend(hole(&objects));
    objects
}

/// Numbers go from 1 to the number of objects: the kernel's tables have no holes.
fn hole(objects: &[Object]) -> Option<Complaint> {
    let numbers: HashSet<u32> = objects.iter().map(|object| object.number).collect();
    let missing = (1..).find(|number| !numbers.contains(number))?;
    let beyond = objects.iter().find(|object| object.number > missing)?;
    let noun = beyond.api().noun;
    let message = format!("there is {noun} {}, but no {noun} {missing}", beyond.number);
    Some(Complaint::new(beyond.span.clone(), message, "number from 1 without holes, or use names"))
}

/// Handlers, one a code. Whether codes with different texts are equal, the C compiler checks too.
fn coded(drafts: Vec<Draft>, complaints: &mut Vec<Complaint>) -> Vec<Object> {
    let mut texts: HashMap<String, Place> = HashMap::new();
    let mut values: HashMap<i64, Place> = HashMap::new();
    let mut objects = Vec::new();
    for Draft { key, mut object } in drafts {
        let Some(key) = key else { continue };
        let by_text = texts.insert(key.text.clone(), key.place.clone());
        let by_value = key.value.and_then(|value| values.insert(value, key.place.clone()));
        if let Some(first) = by_text.or(by_value) {
            let message = format!("{} {} has a handler already, at {first}", object.api().key_name, key.text);
            complaints.push(Complaint::new(key.span.clone(), message, "remove one of the two"));
        }
        object.code = Some(key);
        objects.push(object);
    }
    counted(objects.into_iter())
}

/// Task exception routines belong to tasks, whether these are defined before or after.
fn exceptions(drafts: Vec<Draft>, objects: &[Object], complaints: &mut Vec<Complaint>) -> Vec<Object> {
    let tasks: Vec<&Object> = objects.iter().filter(|object| object.kind == Kind::Tsk).collect();
    let names: HashMap<&str, u32> =
        tasks.iter().filter_map(|task| Some((task.name.as_deref()?, task.number))).collect();
    let numbers: HashSet<u32> = tasks.iter().map(|task| task.number).collect();
    let mut firsts: HashMap<u32, Place> = HashMap::new();
    let mut kept = Vec::new();
    for Draft { key, mut object } in drafts {
        let Some(key) = key else { continue };
        let task = match identity(&key) {
            Identity::Name(name) => names.get(name.as_str()).copied(),
            Identity::Number(number) => Some(number).filter(|number| numbers.contains(number)),
            Identity::Neither => None,
        };
        let Some(task) = task else {
            complaints.push(no_task(&key.text, key.span.clone(), names.keys().copied()));
            continue;
        };
        if let Some(first) = firsts.insert(task, key.place.clone()) {
            let message = format!("task {} has an exception routine already, at {first}", key.text);
            complaints.push(Complaint::new(key.span.clone(), message, "remove one of the two"));
        }
        object.number = task;
        object.name = Some(key.text);
        kept.push(object);
    }
    kept
}

fn no_task<'n>(text: &str, span: Span, names: impl Iterator<Item = &'n str>) -> Complaint {
    let near = |name: &&str| strsim::damerau_levenshtein(text, name);
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let cure = match names.into_iter().min_by_key(near).filter(|name| near(name) <= 2) {
        Some(name) => format!("did you mean {name}?"),
        None => "create the task with CRE_TSK".into(),
    };
    Complaint::new(span, format!("DEF_TEX: there is no task `{text}`"), cure)
}
