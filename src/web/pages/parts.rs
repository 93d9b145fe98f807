//! Small pieces that pages share.

use super::words::Tag;
use maud::{DOCTYPE, Markup, html};

/// A tag with a coloured frame.
pub(super) fn tag(tag: Tag) -> Markup {
    html! { strong class={ "nhsuk-tag nhsuk-tag--" (tag.colour) } { (tag.words) } }
}

/// What stands where a list is empty: that it is, and what to do.
pub(super) fn empty(what: &str, what_to_do: &str) -> Markup {
    html! { p.btw-empty { strong { (what) } " " (what_to_do) } }
}

/// "Surname, Given".
pub(super) fn name(family: &str, given: &str) -> String {
    if given.is_empty() { family.to_owned() } else { format!("{family}, {given}") }
}

/// A link to a person, or who it is when they are not on record.
pub(super) fn person_link(id: Option<&str>, family: Option<&str>, given: Option<&str>) -> Markup {
    if let (Some(id), Some(family)) = (id, family) {
        html! { a href={ "/people/" (id) } { (name(family, given.unwrap_or_default())) } }
    } else {
        html! { "Nobody on record" }
    }
}

/// One line of a summary list.
pub(super) fn row(key: &str, value: &Markup) -> Markup {
    html! {
        div.nhsuk-summary-list__row {
            dt.nhsuk-summary-list__key { (key) }
            dd.nhsuk-summary-list__value { (value) }
        }
    }
}

/// A hidden field that says where to go back to.
pub(super) fn back_field(path: &str) -> Markup {
    html! { input type="hidden" name="back" value=(path); }
}

/// Where a form leads back to: a path of ours, whatever the form says.
pub(super) fn safe_back(path: &str) -> String {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.is_ascii()
        && !path.contains(['\r', '\n']);
    if ours { path.to_owned() } else { "/".to_owned() }
}

/// The head of every page.
pub(super) fn head(title: &str, again_in_seconds: Option<u32>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="robots" content="noindex";
            // While the demo's clock moves the page asks again, so that its progress is seen without a script.
            @if let Some(seconds) = again_in_seconds { meta http-equiv="refresh" content=(seconds); }
            title { (title) " · between" }
            link rel="stylesheet" href="/assets/between.css";
            link rel="icon" href="/assets/mark.svg" type="image/svg+xml";
        }
    }
}

/// A page without anything read from the database: for errors.
pub(super) fn bare_page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            (head(title, None))
            body {
                header.nhsuk-header {
                    div.nhsuk-width-container {
                        a.btw-brand href="/" { "between" }
                    }
                }
                div.nhsuk-width-container {
                    main.nhsuk-main-wrapper id="maincontent" {
                        h1.nhsuk-heading-l { (title) }
                        (body)
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::safe_back;

    #[test]
    fn a_form_cannot_send_people_elsewhere() {
        assert_eq!(safe_back("/people/1?x=2"), "/people/1?x=2");
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x=1"] {
            assert_eq!(safe_back(elsewhere), "/", "{elsewhere}");
        }
    }
}
