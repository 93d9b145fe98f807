//! Tags: found one after the other, never looked for twice.

/// The elements that matter, by what they do to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Br,
    Hr,
    P,
    Div,
    Span,
    Blockquote,
    Table,
    Tr,
    Td,
    Li,
    List,
    Heading,
    Pre,
    /// Its content is not text: skipped to its end tag.
    Raw(RawTag),
    Img,
    OtherBlock,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RawTag {
    Style,
    Script,
    Title,
}

impl RawTag {
    fn end(self) -> &'static [u8] {
        match self {
            Self::Style => b"</style",
            Self::Script => b"</script",
            Self::Title => b"</title",
        }
    }
}

pub(super) enum Piece<'a> {
    Text(&'a str),
    Start { tag: Tag, attributes: &'a str, closed: bool },
    End(Tag),
}

/// What an element's attributes say about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Nothing,
    Quote,
    Signature,
    Hidden,
    /// Everything from here on is an earlier message.
    RestIsQuote,
    /// A line is drawn above, as Outlook does before an earlier message.
    Rule,
}

pub(super) struct TagReader<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> TagReader<'a> {
    pub fn new(html: &'a str) -> Self {
        Self { html, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    pub fn next_piece(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('<') {
                let length = rest.find('<').unwrap_or(rest.len());
                self.at += length;
                return rest.get(..length).map(Piece::Text);
            }
            match rest.as_bytes().get(1) {
                Some(b'!' | b'?') => self.skip_markup(rest),
                Some(b'/') if rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => {
                    let (name, _) = self.read_tag(rest, 2);
                    return Some(Piece::End(tag_of(name)));
                }
                Some(byte) if byte.is_ascii_alphabetic() => {
                    let (name, attributes) = self.read_tag(rest, 1);
                    let tag = tag_of(name);
                    if let Tag::Raw(raw) = tag {
                        self.skip_raw(raw);
                        continue;
                    }
                    let closed = attributes.ends_with('/');
                    return Some(Piece::Start { tag, attributes, closed });
                }
                // A lone "<", as in "BP < 120".
                _ => {
                    self.at += 1;
                    return rest.get(..1).map(Piece::Text);
                }
            }
        }
    }

    /// Comments, document types and the conditions of Outlook; unended ones take the rest, as in browsers.
    fn skip_markup(&mut self, rest: &str) {
        let length = if rest.starts_with("<!--") && !rest.starts_with("<!-->") {
            rest.get(4..).and_then(|body| body.find("-->")).map(|end| end + 7)
        } else {
            rest.find('>').map(|end| end + 1)
        };
        self.at += length.unwrap_or(rest.len());
    }

    /// Reads from a name on to behind `>`, minding quotes.
    fn read_tag(&mut self, rest: &'a str, from: usize) -> (&'a str, &'a str) {
        let bytes = rest.as_bytes();
        let name_length = bytes
            .iter()
            .skip(from)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-'))
            .count();
        let name = rest.get(from..from + name_length).unwrap_or_default();
        let mut quote: Option<u8> = None;
        let mut end = bytes.len();
        let mut after_equals = false;
        for (at, byte) in bytes.iter().enumerate().skip(from + name_length) {
            match (quote, byte) {
                (None, b'>') => {
                    end = at;
                    break;
                }
                (None, b'"' | b'\'') if after_equals => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
            after_equals = *byte == b'=' || (after_equals && byte.is_ascii_whitespace());
        }
        self.at += (end + 1).min(bytes.len());
        (name, rest.get(from + name_length..end).unwrap_or_default().trim())
    }

    fn skip_raw(&mut self, raw: RawTag) {
        let rest = self.rest().as_bytes();
        let end = raw.end();
        let found = (0..rest.len()).find(|at| {
            rest.get(*at) == Some(&b'<')
                && rest.get(*at..at + end.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(end))
        });
        self.at += found.unwrap_or(rest.len());
    }
}

fn tag_of(name: &str) -> Tag {
    const TABLE: &[(&str, Tag)] = &[
        ("br", Tag::Br),
        ("hr", Tag::Hr),
        ("p", Tag::P),
        ("div", Tag::Div),
        ("span", Tag::Span),
        ("blockquote", Tag::Blockquote),
        ("table", Tag::Table),
        ("tr", Tag::Tr),
        ("td", Tag::Td),
        ("th", Tag::Td),
        ("li", Tag::Li),
        ("ul", Tag::List),
        ("ol", Tag::List),
        ("pre", Tag::Pre),
        ("img", Tag::Img),
        ("style", Tag::Raw(RawTag::Style)),
        ("script", Tag::Raw(RawTag::Script)),
        ("title", Tag::Raw(RawTag::Title)),
        ("h1", Tag::Heading),
        ("h2", Tag::Heading),
        ("h3", Tag::Heading),
        ("h4", Tag::Heading),
        ("h5", Tag::Heading),
        ("h6", Tag::Heading),
        ("body", Tag::OtherBlock),
        ("section", Tag::OtherBlock),
        ("article", Tag::OtherBlock),
        ("header", Tag::OtherBlock),
        ("footer", Tag::OtherBlock),
        ("center", Tag::OtherBlock),
        ("form", Tag::OtherBlock),
        ("dl", Tag::OtherBlock),
        ("dt", Tag::OtherBlock),
        ("dd", Tag::OtherBlock),
    ];
    TABLE.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map_or(Tag::Other, |(_, tag)| *tag)
}

pub(super) fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Div
            | Tag::Table
            | Tag::Tr
            | Tag::List
            | Tag::Pre
            | Tag::OtherBlock
            | Tag::P
            | Tag::Li
            | Tag::Heading
            | Tag::Blockquote
    )
}

pub(super) fn is_void(tag: Tag) -> bool {
    matches!(tag, Tag::Br | Tag::Hr | Tag::Img)
}

/// Ids and classes that mail programs put on quotes, signatures and heads of earlier messages.
pub(super) fn marker(attributes: &str) -> Marker {
    if attributes.is_empty() {
        return Marker::Nothing;
    }
    let id = attribute(attributes, "id").unwrap_or_default();
    let class = attribute(attributes, "class").unwrap_or_default();
    let style = attribute(attributes, "style").unwrap_or_default();
    // Outlook on the web prefixes "x_" when it repeats foreign markup: that is inside a quote already.
    if id.ends_with("divrplyfwdmsg") || id == "mail-editor-reference-message-container" || id == "origmsgdiv" {
        return Marker::RestIsQuote;
    }
    if has_word(
        &class,
        &[
            "yahoo_quoted",
            "moz-cite-prefix",
            "gmail_attr",
            "protonmail_quote",
            "tutanota_quote",
            "zmail_extra",
            "yahoo-quoted",
            "aolmail_quote",
        ],
    ) || id.starts_with("yahoo_quoted")
        || id.starts_with("replymessagecontainer")
        || id == "oriquote"
    {
        return Marker::Quote;
    }
    if has_word(
        &class,
        &[
            "gmail_signature",
            "moz-signature",
            "protonmail_signature_block",
            "yahoo-signature",
            "signature",
            "email-signature",
        ],
    ) || has_word(
        &id,
        &[
            "signature",
            "applemailsignature",
            "ms-outlook-mobile-signature",
            "composer_signature",
            "x_signature",
            "applemailsignatureprefix",
        ],
    ) {
        return Marker::Signature;
    }
    let compact: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    if compact.contains("display:none") || has_word(attributes, &["hidden"]) {
        return Marker::Hidden;
    }
    if compact.contains("border-top:") && !compact.contains("border-top:none") && compact.contains("padding:") {
        return Marker::Rule;
    }
    Marker::Nothing
}

fn has_word(value: &str, words: &[&str]) -> bool {
    value.split_ascii_whitespace().any(|part| words.contains(&part))
}

/// The value of an attribute in lower case. Looks at the first 2,000 bytes.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes.get(..attributes.floor_char_boundary(2_000))?;
    while let Some(at) = find_ignoring_case(rest, name) {
        let before = rest.get(..at).and_then(|head| head.bytes().next_back());
        let after = rest.get(at + name.len()..)?.trim_start();
        if before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\''))
            && let Some(value) = after.strip_prefix('=')
        {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let value = match quote {
                Some(quote) => value.get(1..)?.split(quote).next(),
                None => value.split_ascii_whitespace().next(),
            };
            return value.map(str::to_ascii_lowercase);
        }
        rest = rest.get(at + name.len()..)?;
    }
    None
}

fn find_ignoring_case(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len())
        .find(|at| bytes.get(*at..at + name.len()).is_some_and(|part| part.eq_ignore_ascii_case(name.as_bytes())))
}
