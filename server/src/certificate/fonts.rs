//! The font that certificates are written in: a Chinese one of the machine, for nobody can read boxes.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use fontdb::{Database, Family, ID, Query, Weight};
use krilla::Data;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use ttf_parser::Face;

/// Families, the ones that certificates look best in first.
const FAMILIES: [&str; 8] = [
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimSun",
    "FangSong",
];
/// What every certificate says.
const NEEDED: &str = "服务记录证明0aA";

/// Why there is no font.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The machine has none.
    #[error(
        "no Chinese font is installed: apt-get install fonts-noto-cjk (or fonts-wqy-microhei), or name a font file with BAODAO_FONT"
    )]
    None,
    /// The file that was named is none that Chinese can be written in.
    #[error("{0}: no font that Chinese can be written in")]
    File(String),
}

/// One weight.
struct Weighted {
    font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

/// What certificates are written in.
pub struct Fonts {
    regular: Weighted,
    bold: Option<Weighted>,
}

impl Fonts {
    /// The font in a file, or the best one of the machine.
    pub fn find(file: Option<&Path>) -> Result<Self, FontError> {
        let mut known = Database::new();
        if let Some(file) = file {
            let wrong = || FontError::File(file.display().to_string());
            known.load_font_file(file).map_err(|_| wrong())?;
            let first = known.faces().next().map(|face| face.id).ok_or_else(wrong)?;
            let regular = weighted(&known, first).ok_or_else(wrong)?;
            return Ok(Self { regular, bold: None });
        }
        known.load_system_fonts();
        let found = FAMILIES.iter().find_map(|family| {
            let families = [Family::Name(family)];
            let query = |weight| Query { families: &families, weight, ..Query::default() };
            let regular = known.query(&query(Weight::NORMAL))?;
            let bold = known.query(&query(Weight::BOLD)).filter(|id| *id != regular);
            Some(Self { regular: weighted(&known, regular)?, bold: bold.and_then(|id| weighted(&known, id)) })
        });
        found.ok_or(FontError::None)
    }

    /// The same, looked for once in the life of the process; while there is none, each time anew.
    pub fn shared(file: Option<&Path>) -> Result<Arc<Self>, FontError> {
        static FOUND: OnceLock<Arc<Fonts>> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(Self::find(file)?);
        Ok(Arc::clone(FOUND.get_or_init(|| found)))
    }

    fn of(&self, is_bold: bool) -> &Weighted {
        self.bold.as_ref().filter(|_| is_bold).unwrap_or(&self.regular)
    }

    /// The font, for drawing.
    pub(super) fn font(&self, is_bold: bool) -> Font {
        self.of(is_bold).font.clone()
    }

    /// A text as glyphs, and what it says where a character that the font lacks is told by its number.
    pub(super) fn glyphs(&self, text: &str, is_bold: bool) -> (String, Vec<KrillaGlyph>) {
        let Weighted { data, index, .. } = self.of(is_bold);
        let (mut said, mut glyphs) = (String::new(), vec![]);
        let Ok(face) = Face::parse(data, *index) else { return (said, glyphs) };
        let em = f32::from(face.units_per_em());
        let told = text.chars().flat_map(|c| {
            if face.glyph_index(c).is_some() { c.to_string() } else { format!("[U+{:04X}]", u32::from(c)) }
                .chars()
                .collect::<Vec<_>>()
        });
        for c in told {
            let from = said.len();
            said.push(c);
            let glyph = face.glyph_index(c).unwrap_or_default();
            let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) / em;
            let range: Range<usize> = from..said.len();
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.0.into()), advance, 0.0, 0.0, 0.0, range, None));
        }
        (said, glyphs)
    }

    /// How wide a text is.
    pub(super) fn width(&self, text: &str, size: f32, is_bold: bool) -> f32 {
        self.glyphs(text, is_bold).1.iter().map(|glyph| glyph.x_advance * size).sum()
    }
}

/// A face that Chinese can be written in.
fn weighted(known: &Database, id: ID) -> Option<Weighted> {
    let (data, index) = known.with_face_data(id, |data, index| (Arc::new(data.to_vec()), index))?;
    let face = Face::parse(&data, index).ok()?;
    if NEEDED.chars().any(|c| face.glyph_index(c).is_none()) {
        return None;
    }
    let font = Font::new(Data::from(Arc::clone(&data)), index)?;
    Some(Weighted { font, data, index })
}
