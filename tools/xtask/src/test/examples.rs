//! Every public item of a crate has an example of its own that is run, and that can fail.

use anyhow::{Context, Result, bail};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Type, Visibility};

/// Items without an example in the sources below `folder`: file, line and name of each. Fields and variants are part of their type.
///
/// # Errors
/// When a file is no Rust, or there is none.
pub(super) fn missing(files: &[(String, String)], folder: &str) -> Result<Vec<String>> {
    let sources: Vec<_> = files.iter().filter(|(name, _)| name.starts_with(folder) && name.ends_with(".rs")).collect();
    if sources.is_empty() {
        bail!("no sources in {folder}");
    }
    let mut public_modules = vec!["lib".to_owned()];
    let mut found = Vec::new();
    let mut parsed = Vec::new();
    for (name, text) in sources {
        let file = syn::parse_file(text).with_context(|| name.clone())?;
        let mut looked = Looked { file: name, found: &mut found, modules: &mut public_modules };
        looked.items(&file.items);
        parsed.push((name, file));
    }
    for (name, file) in parsed {
        let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
        let is_public = public_modules.iter().any(|module| path.rsplit('/').next() == Some(module.as_str()));
        if is_public && !has_example(&file.attrs) {
            found.push(format!("{name}:1: the module has no example that is run"));
        }
    }
    Ok(found)
}

/// What a look at a file fills.
struct Looked<'f> {
    file: &'f str,
    found: &'f mut Vec<String>,
    /// Public modules that are files of their own: they are documented there.
    modules: &'f mut Vec<String>,
}

impl Looked<'_> {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Const(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Enum(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Fn(item) => self.item(&item.vis, &item.attrs, &item.sig.ident, ""),
                Item::Static(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Struct(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::TraitAlias(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Type(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Union(item) => self.item(&item.vis, &item.attrs, &item.ident, ""),
                Item::Trait(item) => {
                    self.item(&item.vis, &item.attrs, &item.ident, "");
                    item.items.iter().for_each(|inner| self.in_trait(&item.vis, &item.ident.to_string(), inner));
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let of = type_name(&item.self_ty);
                    item.items.iter().for_each(|inner| self.in_impl(&of, inner));
                }
                Item::Mod(item) if !for_tests(&item.attrs) => match &item.content {
                    Some((_, inner)) => {
                        self.item(&item.vis, &item.attrs, &item.ident, "");
                        self.items(inner);
                    }
                    None if is_public(&item.vis) && !has_example(&item.attrs) => {
                        self.modules.push(item.ident.to_string());
                    }
                    None => {}
                },
                Item::Macro(item) => self.in_macro(item.mac.tokens.clone(), item.ident.is_some()),
                _ => {}
            }
        }
    }

    fn in_trait(&mut self, vis: &Visibility, of: &str, inner: &TraitItem) {
        match inner {
            TraitItem::Const(inner) => self.item(vis, &inner.attrs, &inner.ident, of),
            TraitItem::Fn(inner) => self.item(vis, &inner.attrs, &inner.sig.ident, of),
            TraitItem::Type(inner) => self.item(vis, &inner.attrs, &inner.ident, of),
            TraitItem::Macro(inner) => self.in_macro(inner.mac.tokens.clone(), false),
            _ => {}
        }
    }

    fn in_impl(&mut self, of: &str, inner: &ImplItem) {
        match inner {
            ImplItem::Const(inner) => self.item(&inner.vis, &inner.attrs, &inner.ident, of),
            ImplItem::Fn(inner) => self.item(&inner.vis, &inner.attrs, &inner.sig.ident, of),
            ImplItem::Type(inner) => self.item(&inner.vis, &inner.attrs, &inner.ident, of),
            ImplItem::Macro(inner) => self.in_macro(inner.mac.tokens.clone(), false),
            _ => {}
        }
    }

    /// What the rules of a macro make is looked at like items, with `$name` as a name. Tokens that are something else must not make
    /// anything public.
    fn in_macro(&mut self, tokens: TokenStream, rules: bool) {
        let bodies = if rules { bodies(tokens) } else { vec![tokens] };
        for body in bodies {
            match syn::parse2::<syn::File>(without_dollars(body.clone())) {
                Ok(file) => self.items(&file.items),
                Err(_) => {
                    if let Some(span) = says_pub(body) {
                        let line = span.start().line;
                        self.found.push(format!("{}:{line}: a macro hides what is public here", self.file));
                    }
                }
            }
        }
    }

    fn item(&mut self, vis: &Visibility, attrs: &[Attribute], name: &Ident, of: &str) {
        if is_public(vis) && !for_tests(attrs) && !has_example(attrs) {
            let (line, colons) = (name.span().start().line, if of.is_empty() { "" } else { "::" });
            self.found.push(format!("{}:{line}: {of}{colons}{name} has no example that is run", self.file));
        }
    }
}

const fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

fn for_tests(attrs: &[Attribute]) -> bool {
    let is_test = |attr: &Attribute| attr.parse_args::<Ident>().is_ok_and(|word| word == "test");
    attrs.iter().any(|attr| attr.path().is_ident("cfg") && is_test(attr))
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The right sides of a macro's rules.
fn bodies(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let after_arrow = |three: &[TokenTree]| match three {
        [TokenTree::Punct(one), TokenTree::Punct(two), TokenTree::Group(body)]
            if (one.as_char(), two.as_char()) == ('=', '>') =>
        {
            Some(body.stream())
        }
        _ => None,
    };
    tokens.windows(3).filter_map(after_arrow).collect()
}

fn without_dollars(tokens: TokenStream) -> TokenStream {
    let inside = |tree| match tree {
        TokenTree::Group(group) => {
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without_dollars(group.stream())))
        }
        other => other,
    };
    let dollar = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '$');
    tokens.into_iter().filter(|tree| !dollar(tree)).map(inside).collect()
}

/// Where `pub` stands in tokens.
fn says_pub(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(word) if word == "pub" => Some(word.span()),
        TokenTree::Group(group) => says_pub(group.stream()),
        _ => None,
    })
}

/// True if the documentation has a block of Rust that rustdoc runs, and that asserts something.
fn has_example(attrs: &[Attribute]) -> bool {
    let docs: String = attrs.iter().filter_map(doc).map(|line| line + "\n").collect();
    let mut inside = false;
    for event in Parser::new(&docs) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => inside = is_run(&kind),
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(code) if inside && asserts(&code) => return true,
            _ => {}
        }
    }
    false
}

/// True if something is asserted that is not true by itself.
fn asserts(code: &str) -> bool {
    code.split("assert").skip(1).any(|rest| !rest.starts_with("!(true"))
}

/// A line of documentation.
fn doc(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attr.meta else { return None };
    match &pair.value {
        Expr::Lit(value) if pair.path.is_ident("doc") => match &value.lit {
            Lit::Str(text) => Some(text.value().trim_start_matches(' ').to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// Blocks that name another language, or that they are not run, are text.
fn is_run(kind: &CodeBlockKind<'_>) -> bool {
    let CodeBlockKind::Fenced(words) = kind else { return false };
    words.split([',', ' ']).all(|word| ["", "rust", "should_panic"].contains(&word) || word.starts_with("edition"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "/// What it is.\n///\n/// ```\n/// assert!(f());\n/// ```\n";

    fn found(source: &str) -> Vec<String> {
        let lib = format!("//! ```\n//! assert!(f());\n//! ```\n{source}");
        missing(&[("a/src/lib.rs".to_owned(), lib)], "a/src/").unwrap()
    }

    #[test]
    fn an_item_without_example_is_named_with_its_place() {
        assert_eq!(found("\n/// What it is.\npub fn f() {}\n"), ["a/src/lib.rs:6: f has no example that is run"]);
        assert!(found(&format!("{EXAMPLE}pub fn f() {{}}")).is_empty());
        let kinds = [
            "const A: u8 = 0;",
            "static A: u8 = 0;",
            "enum A {}",
            "struct A;",
            "trait A {}",
            "type A = u8;",
            "mod A {}",
        ];
        for kind in kinds {
            assert_eq!(found(&format!("pub {kind}")), ["a/src/lib.rs:4: A has no example that is run"]);
            assert!(found(&format!("{EXAMPLE}pub {kind}")).is_empty());
        }
    }

    #[test]
    fn methods_need_their_own() {
        let methods = found("impl A { pub fn f() {} fn g() {} pub(crate) fn h() {} } impl B for A { fn i() {} }");
        assert_eq!(methods, ["a/src/lib.rs:4: A::f has no example that is run"]);
        let methods = found(&format!("{EXAMPLE}pub trait A {{ fn f(); }} trait B {{ fn g(); }}"));
        assert_eq!(methods, ["a/src/lib.rs:9: A::f has no example that is run"]);
    }

    #[test]
    fn what_is_not_run_or_cannot_fail_is_no_example() {
        let itself = format!("assert!({})", true);
        for (words, code) in [
            ("ignore", "assert!(f())"),
            ("no_run", "assert!(f())"),
            ("text", "assert"),
            ("", "f()"),
            ("", itself.as_str()),
        ] {
            let source = format!("/// ```{words}\n/// {code};\n/// ```\npub fn f() {{}}");
            assert_eq!(found(&source), ["a/src/lib.rs:7: f has no example that is run"], "{words} {code}");
        }
        assert!(found("/// ```rust\n/// assert!(f());\n/// ```\npub fn f() {}").is_empty());
    }

    #[test]
    fn macros_are_looked_into() {
        let made = |body: &str| format!("macro_rules! m {{ ($name:ident) => {{ {body} }}; }}");
        let method = "impl $name { pub fn f() {} }";
        assert_eq!(found(&made(method)), ["a/src/lib.rs:4: name::f has no example that is run"]);
        assert!(found(&made("impl $name { fn f() {} }")).is_empty());
        let hidden = "$(#[$doc])* pub struct $name;";
        assert_eq!(found(&made(hidden)), ["a/src/lib.rs:4: a macro hides what is public here"]);
    }

    #[test]
    fn a_module_of_its_own_is_documented_there() {
        let lib = "//! ```\n//! assert!(f());\n//! ```\npub mod a;\nmod b;\n#[cfg(test)]\npub mod c;";
        let file = |name: &str, text: &str| (format!("a/src/{name}"), text.to_owned());
        let plain = [file("lib.rs", lib), file("a.rs", "//! A.\n"), file("b.rs", ""), file("c.rs", "")];
        assert_eq!(missing(&plain, "a/src/").unwrap(), ["a/src/a.rs:1: the module has no example that is run"]);
        assert!(missing(&plain, "b/src/").is_err());
    }
}
