//! Pages as a PDF file for archives (PDF/A-3u), with a record attached where there is one.

use chrono::{DateTime, Datelike, Utc};
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime as Stamp, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::CertificateError;
use super::fonts::Fonts;
use super::pages::{MARGIN, Mark, Pages};

/// What a file says of itself.
pub(super) struct Paper {
    pub title: String,
    pub author: String,
    /// When it was made, in seconds since 1970.
    pub made: i64,
    pub language: &'static str,
    /// Stands at the foot of every page, beside its number.
    pub foot: String,
    /// Name, type, what it is, content.
    pub attached: Option<Attached>,
}

/// A file within the file.
pub(super) struct Attached {
    pub name: String,
    pub media: &'static str,
    pub description: &'static str,
    pub data: Vec<u8>,
}

/// Writes them.
pub(super) fn write(pages: &Pages<'_>, fonts: &Fonts, paper: Paper) -> Result<Vec<u8>, CertificateError> {
    let failed = |what: &str| CertificateError::Pdf(what.to_owned());
    let archival = ConfigurationBuilder::new().with_archival_validator(Archival::A3_U).finish();
    let configuration = archival.map_err(|error| failed(&format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let many = pages.done.len();
    for (number, marks) in pages.done.iter().enumerate() {
        let size = PageSettings::from_wh(pages.width, pages.height).ok_or_else(|| failed("no page"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, fonts);
        }
        for foot in foot(pages, &paper, number + 1, many, fonts) {
            draw(&mut surface, &foot, fonts);
        }
        surface.finish();
        page.finish();
    }
    let made = stamp(paper.made);
    document.set_metadata(
        Metadata::new()
            .title(paper.title)
            .language(paper.language.to_owned())
            .authors(vec![paper.author])
            .creation_date(made),
    );
    if let Some(Attached { name, media, description, data }) = paper.attached {
        let attached = EmbeddedFile {
            path: name,
            mime_type: MimeType::new(media),
            description: Some(description.to_owned()),
            association_kind: AssociationKind::Source,
            data: data.into(),
            modification_date: Some(made),
            // Its reader looks for it, and needs no more than that.
            compress: Some(false),
            location: None,
        };
        document.embed_file(attached).ok_or_else(|| failed("the record could not be attached"))?;
    }
    document.finish().map_err(|error| failed(&format!("{error:?}")))
}

/// What the file is, and the number of the page.
fn foot(pages: &Pages<'_>, paper: &Paper, page: usize, many: usize, fonts: &Fonts) -> [Mark; 2] {
    let (size, y, is_bold) = (8.5, pages.height - 36.0, false);
    let right = match paper.language {
        "en" => format!("page {page} of {many}"),
        _ => format!("第 {page} 页 共 {many} 页"),
    };
    let x = pages.width - MARGIN - fonts.width(&right, size, is_bold);
    [
        Mark::Text { x: MARGIN, y, size, is_bold, text: paper.foot.clone() },
        Mark::Text { x, y, size, is_bold, text: right },
    ]
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Text { x, y, size, is_bold, text } => {
            surface.set_fill(Some(Fill::default()));
            let (said, glyphs) = fonts.glyphs(text, *is_bold);
            if !said.is_empty() {
                surface.draw_glyphs(
                    Point::from_xy(*x, *y),
                    &glyphs,
                    fonts.font(*is_bold),
                    &said,
                    *size,
                    false,
                );
            }
        }
        Mark::Box { x, y, width, height, black } => {
            let paint = luma::Color::new(255 - black).into();
            surface.set_fill(Some(Fill { paint, ..Fill::default() }));
            let mut path = PathBuilder::new();
            if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rectangle);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn stamp(seconds: i64) -> Stamp {
    let at = DateTime::<Utc>::from_timestamp(seconds, 0).unwrap_or_default();
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    Stamp::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(part(at.month()))
        .day(part(at.day()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
