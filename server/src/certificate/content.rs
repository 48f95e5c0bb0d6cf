//! What a certificate says, block by block.

use std::borrow::Cow;

use fast_qr::qr::QRBuilder;
use proofs::record::{Counted, Service};

use super::pages::{Column, Pages};
use super::{Certificate, CertificateError};

const YEARS: [Column; 6] = [
    Column { title: Cow::Borrowed("年度"), share: 0.16 },
    Column { title: Cow::Borrowed("基础分"), share: 0.16 },
    Column { title: Cow::Borrowed("加分"), share: 0.16 },
    Column { title: Cow::Borrowed("扣分"), share: 0.16 },
    Column { title: Cow::Borrowed("总分"), share: 0.16 },
    Column { title: Cow::Borrowed("评优资格"), share: 0.2 },
];
const SERVICES: [Column; 5] = [
    Column { title: Cow::Borrowed("日期"), share: 0.18 },
    Column { title: Cow::Borrowed("性质"), share: 0.16 },
    Column { title: Cow::Borrowed("内容"), share: 0.26 },
    Column { title: Cow::Borrowed("地点"), share: 0.26 },
    Column { title: Cow::Borrowed("时长"), share: 0.14 },
];

/// Hours as order 67 asks for them.
fn long(minutes: u64) -> String {
    format!("{} 小时 {:02} 分", minutes / 60, minutes % 60)
}

fn told(counted: Counted) -> String {
    format!("{} 次，{}", counted.times, long(counted.minutes))
}

fn work(service: &Service) -> &'static str {
    match service.work.as_str() {
        "voluntary" => "志愿服务",
        "visit" => "走访",
        _ => "职责任务",
    }
}

/// What visits are made for.
fn visit(kind: &str) -> &str {
    match kind {
        "monthly" => "每月走访",
        "on_demand" => "应需走访",
        other => other,
    }
}

impl Certificate<'_> {
    pub(super) fn write(&self, pages: &mut Pages<'_>) -> Result<(), CertificateError> {
        let claims = &self.claims;
        pages.centred("服务记录证明", 24.0, true);
        pages.space(4.0);
        pages.centred(&format!("编号 {}", claims.certificate), 10.0, false);
        self.identity(pages);
        self.services(pages);
        self.issuer(pages);
        self.proof(pages)
    }

    fn identity(&self, pages: &mut Pages<'_>) {
        pages.heading("一、服务主体");
        let claims = &self.claims;
        if claims.kind == "unit" {
            let name = self.names.name(&claims.sub).to_owned();
            return pages.pairs(&[("单位编号", claims.sub.clone()), ("单位名称", name)]);
        }
        let name = self.shown.iter().find(|one| one.name == "name").and_then(|one| one.value.as_str());
        let unit = claims.unit.as_deref().map_or("—", |unit| self.names.name(unit));
        pages.pairs(&[
            ("姓名", name.unwrap_or("（未出示）").to_owned()),
            ("成员编号", claims.sub.clone()),
            ("所在单位", unit.to_owned()),
        ]);
    }

    fn services(&self, pages: &mut Pages<'_>) {
        pages.heading("二、服务情况");
        let totals = &self.claims.totals;
        let period = self.claims.period.as_ref();
        let mut pairs = vec![
            ("服务期间", period.map_or("—".to_owned(), |period| format!("{} 至 {}", period.from, period.to))),
            ("志愿服务", told(totals.voluntary)),
            ("职责任务", told(totals.duty)),
            ("走访", told(totals.visits)),
        ];
        if let Some(mean) = (totals.stars * 10).checked_div(totals.rated) {
            pairs.push(("群众评价", format!("{} 次，平均 {}.{} 星", totals.rated, mean / 10, mean % 10)));
        }
        pages.pairs(&pairs);
        pages.space(10.0);
        if !totals.cards.is_empty() {
            let rows: Vec<Vec<String>> = totals
                .cards
                .iter()
                .map(|(year, card)| {
                    let fit = if totals.disqualified.contains(year) { "取消" } else { "—" };
                    let points = [card.base, card.awarded, card.deducted, card.total];
                    let mut row = vec![year.to_string()];
                    row.extend(points.iter().map(ToString::to_string));
                    row.push(fit.to_owned());
                    row
                })
                .collect();
            pages.table(&YEARS, &rows);
            pages.space(10.0);
        }
        let rows: Vec<Vec<String>> =
            self.facts.services.iter().map(|service| self.service(service)).collect();
        if rows.is_empty() {
            pages.paragraph("无服务明细。", 10.0, 400.0);
        } else {
            pages.table(&SERVICES, &rows);
        }
    }

    fn service(&self, service: &Service) -> Vec<String> {
        let what = if service.work == "visit" {
            visit(&service.category)
        } else {
            self.names.name(&service.category)
        };
        vec![
            service.on.clone(),
            work(service).to_owned(),
            what.to_owned(),
            self.names.name(&service.community).to_owned(),
            service.minutes.map_or("—".to_owned(), |minutes| format!("{minutes} 分钟")),
        ]
    }

    fn issuer(&self, pages: &mut Pages<'_>) {
        pages.heading("三、记录单位");
        pages.pairs(&[
            ("记录单位", self.claims.issuer.clone()),
            ("签署密钥", self.claims.iss.clone()),
            ("负责人、经办人", "　　　　　　　　　　　　　　　　　　（盖章）".to_owned()),
        ]);
    }

    fn proof(&self, pages: &mut Pages<'_>) -> Result<(), CertificateError> {
        pages.heading("四、证明事项");
        let claims = &self.claims;
        pages.pairs(&[
            ("证明编号", claims.certificate.clone()),
            ("出具日期", claims.issued_on.clone()),
            ("用途", claims.purpose.clone()),
            ("备注", claims.notes.clone().unwrap_or_else(|| "—".to_owned())),
            ("账本", claims.ledger.clone()),
            ("检查点指纹", claims.checkpoint.to_string()),
        ]);
        let failed = |error: fast_qr::qr::QRCodeError| CertificateError::Pdf(error.to_string());
        let code = QRBuilder::new(self.check_at).build().map_err(failed)?;
        let modules: Vec<Vec<bool>> = (0..code.size)
            .map(|row| code[row].iter().take(code.size).map(|module| module.value()).collect())
            .collect();
        let beside = format!(
            "核验：本文件附有完整记录（{} 个事件及其证明）。请扫码或打开\n{}\n放入本文件，即可在浏览器中核验，不经网络；也可用 baodao-verify 核验。印出的数字以核验所得为准。",
            self.record.events.len(),
            self.check_at
        );
        pages.code(&modules, &beside);
        Ok(())
    }
}
