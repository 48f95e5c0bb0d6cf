//! The certificate of service (服务记录证明): a record for people, as a PDF file that carries the record itself.
//!
//! Four blocks, as 民发〔2015〕149 has them: whom it is of, the services, who issues it, number and date. Nothing stands in it that is not in the
//! record; names of divisions, units and categories are those of the ledger.

mod content;
mod fonts;
mod names;
mod pages;
mod table;
mod writing;

use proofs::record::{Claims, Disclosure, Facts, Record, stated};

pub use fonts::{FontError, Fonts};
pub use names::Names;
pub use table::{TableFile, table_pdf};

use writing::{Attached, Paper};

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Nobody states what the record comes to.
    #[error("nobody issues statements here, so there is nothing to certify: name a key with --statement-key")]
    Unstated,
    /// There is nothing to write with.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The file could not be made.
    #[error("the PDF file could not be made: {0}")]
    Pdf(String),
}

/// What is printed.
struct Certificate<'a> {
    record: &'a Record,
    claims: Claims,
    shown: Vec<Disclosure>,
    facts: Facts,
    names: &'a Names,
    /// Address of the page that checks records.
    check_at: &'a str,
}

/// The certificate of a record, which is attached to it.
pub fn pdf(
    record: &Record,
    names: &Names,
    fonts: &Fonts,
    check_at: &str,
) -> Result<Vec<u8>, CertificateError> {
    let (claims, shown) = record.statement.as_deref().and_then(stated).ok_or(CertificateError::Unstated)?;
    let facts = Facts::of(record).ok_or_else(|| CertificateError::Pdf("an event is none".to_owned()))?;
    let certificate = Certificate { record, claims, shown, facts, names, check_at };
    let mut pages = pages::Pages::new(fonts);
    certificate.write(&mut pages)?;
    let file = serde_json::to_vec(record).map_err(|error| CertificateError::Pdf(error.to_string()))?;
    let claims = &certificate.claims;
    let paper = Paper {
        title: format!("服务记录证明 {}", claims.certificate),
        author: claims.issuer.clone(),
        made: claims.iat,
        language: "zh-CN",
        foot: format!("证明编号 {}", claims.certificate),
        attached: Some(Attached {
            name: format!("{}.vsr.json", claims.certificate),
            media: "application/json",
            description: "核验记录 the record, for baodao verify and the check page",
            data: file,
        }),
    };
    writing::write(&pages, fonts, paper)
}
