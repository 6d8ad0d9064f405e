//! From calls to objects, and the rules that they keep.

use crate::api::{self, ABSENT, APIS, Api, Key, Rule};
use crate::assertion::assertions;
use crate::eval;
use crate::model::{Expression, Object, System};
use crate::number;
use crate::parse::{Argument, Call};
use crate::problem::Complaint;
use crate::source::Sources;
use crate::token::{self, Shape, Token};
use std::collections::HashMap;

pub(crate) fn system(calls: &[Call], sources: &Sources, complaints: &mut Vec<Complaint>) -> System {
    let mut drafts = Vec::new();
    for (order, call) in calls.iter().enumerate() {
        match api::find(&call.api.text) {
            Some(api) => drafts.extend(draft(api, call, order, sources, complaints)),
            None => complaints.push(unknown(&call.api)),
        }
    }
    let objects = number::number(drafts, complaints);
    for object in &objects {
        for assertion in assertions(object) {
            if assertion.verdict == Some(false) {
                let (message, cure) = assertion.wrong;
                complaints.push(Complaint::new(assertion.subject.span.clone(), message, cure));
            }
        }
    }
    complaints.extend(shadowed(&objects));
    System { includes: Vec::new(), objects }
}

/// Names of objects are macros in C, so a function of the same name could not be reached.
fn shadowed(objects: &[Object]) -> Vec<Complaint> {
    let created = objects.iter().filter(|object| object.api().key == Key::Object);
    let names: HashMap<&str, &Object> = created.filter_map(|object| Some((object.name.as_deref()?, object))).collect();
    let mut complaints = Vec::new();
    for object in objects {
        for (field, value) in object.api().fields.iter().zip(&object.fields) {
            if let (Rule::Routine, Some(other)) = (field.rule, names.get(value.text.as_str())) {
                let message =
                    format!("`{}` is a name already, of the {} at {}", value.text, other.api().noun, other.place);
                let cure = "give the object another name than the function";
                complaints.push(Complaint::new(value.span.clone(), message, cure));
            }
        }
    }
    complaints
}

/// An object before it has its number, and what it is identified by.
pub(crate) struct Draft {
    pub(crate) key: Option<Expression>,
    pub(crate) object: Object,
}

fn unknown(api: &Token) -> Complaint {
    let name = &api.text;
    if let Some((_, cure)) = ABSENT.iter().find(|(absent, _)| absent == name) {
        return Complaint::new(api.span.clone(), format!("{name} is not supported"), *cure);
    }
    let names = || APIS.iter().map(|api| api.name).chain(["INCLUDE"]);
    let near = |known: &&str| strsim::damerau_levenshtein(&name.to_ascii_uppercase(), known);
    let nearest = names().min_by_key(near).filter(|known| near(known) <= 2);
    let cure = match nearest {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("known are {}", names().collect::<Vec<_>>().join(", ")),
    };
    Complaint::new(api.span.clone(), format!("unknown static API `{name}`"), cure)
}

fn draft(
    api: &'static Api,
    call: &Call,
    order: usize,
    sources: &Sources,
    complaints: &mut Vec<Complaint>,
) -> Option<Draft> {
    let (key, fields) = match (api.key, call.arguments.as_slice()) {
        (Key::None, [Argument::Packet(_, fields)]) => (None, fields),
        (Key::Object | Key::Task | Key::Code(_), [Argument::Plain(key), Argument::Packet(_, fields)]) => {
            (Some(expression(key, sources)?), fields)
        }
        (_, arguments) => {
            let span = arguments.first().and_then(Argument::span).unwrap_or_else(|| call.close.clone());
            let message = format!("{} has other arguments", api.name);
            complaints.push(Complaint::new(span, message, format!("write {}", api.form())));
            return None;
        }
    };
    if fields.len() != api.fields.len() {
        let message = format!("{} has {} values in braces instead of {}", api.name, fields.len(), api.fields.len());
        complaints.push(Complaint::new(call.api.span.to(&call.close), message, format!("write {}", api.form())));
        return None;
    }
    for (field, tokens) in api.fields.iter().zip(fields) {
        complaints.extend(wrong(api, field.name, field.rule, tokens));
    }
    let fields = fields.iter().filter_map(|tokens| expression(tokens, sources)).collect();
    let place = sources.place(&call.api.span);
    let span = call.api.span.to(&call.close);
    let object = Object { kind: api.kind, name: None, number: 0, code: None, fields, place, span, order };
    Some(Draft { key, object })
}

/// Rules that the form of an expression decides.
fn wrong(api: &Api, name: &str, rule: Rule, tokens: &[Token]) -> Option<Complaint> {
    let null = eval::value(tokens) == Some(0);
    match rule {
        Rule::Null if !null => {
            let message = format!("{}: {name} must be NULL", api.name);
            let cure = "write NULL: the configurator makes the memory";
            Some(Complaint::new(token::span(tokens)?, message, cure))
        }
        Rule::Routine if null => {
            let message = format!("{}: {name} is no function", api.name);
            Some(Complaint::new(token::span(tokens)?, message, "name a function that an INCLUDE'd header declares"))
        }
        _ => None,
    }
}

fn expression(tokens: &[Token], sources: &Sources) -> Option<Expression> {
    let span = token::span(tokens)?;
    let names = tokens.iter().filter(|token| token.shape == Shape::Name).map(|token| token.text.clone()).collect();
    let place = sources.place(&span);
    Some(Expression { text: token::text(tokens), value: eval::value(tokens), place, span, names })
}
