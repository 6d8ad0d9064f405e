//! What an application consists of: the meaning of its static API files.

use crate::api::{self, Api, Kind};
use crate::source::{Place, Span};

/// A C expression of the application.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As it goes into the generated C.
    pub text: String,
    /// Its value where it is made of literals and names of the standard; of others only the C compiler knows.
    pub value: Option<i64>,
    /// Where it stands.
    pub place: Place,
    pub(crate) span: Span,
    /// Names that occur in it.
    pub(crate) names: Vec<String>,
}

/// What one call of a static API makes.
#[derive(Clone, Debug)]
pub struct Object {
    /// Which API.
    pub kind: Kind,
    /// Name of a created object.
    pub name: Option<String>,
    /// Number of an object from 1; of DEF_TEX the task's; of the others the place in order of definition from 1.
    pub number: u32,
    /// INTEVT or EXPEVT code of a handler.
    pub code: Option<Expression>,
    /// Fields of the packet in the order of the API.
    pub fields: Vec<Expression>,
    /// Place of the call.
    pub place: Place,
    pub(crate) span: Span,
    /// Place among all calls.
    pub(crate) order: usize,
}

impl Object {
    pub(crate) fn api(&self) -> &'static Api {
        api::of(self.kind)
    }

    /// A field of the packet by its name in the uITRON specification (`itskpri`, `maxsem`).
    pub fn field(&self, name: &str) -> Option<&Expression> {
        self.fields.get(self.api().index(name)?)
    }

    /// API and name, for messages.
    pub fn title(&self) -> String {
        let what = match (&self.name, &self.code) {
            (Some(name), _) => name.clone(),
            (None, Some(code)) => code.text.clone(),
            (None, None) => self.number.to_string(),
        };
        format!("{}({what})", self.api().name)
    }
}

/// A configured application.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// Headers of INCLUDE with their quotes or angle brackets, each once.
    pub includes: Vec<String>,
    pub(crate) objects: Vec<Object>,
}

impl System {
    /// Objects of a kind by ascending number; handlers and routines in order of definition.
    pub fn objects(&self, kind: Kind) -> Vec<&Object> {
        let mut objects: Vec<_> = self.objects.iter().filter(|object| object.kind == kind).collect();
        objects.sort_by_key(|object| object.number);
        objects
    }

    /// Numbers of the tasks in order of definition, the order in which TA_ACT tasks start.
    pub fn task_order(&self) -> Vec<u32> {
        let mut tasks = self.objects(Kind::Tsk);
        tasks.sort_by_key(|task| task.order);
        tasks.iter().map(|task| task.number).collect()
    }
}
