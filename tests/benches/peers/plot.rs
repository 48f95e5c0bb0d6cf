//! Plots as SVG.

use std::path::Path;

use anyhow::anyhow;
use plotters::prelude::*;

use crate::growth::Size;
use crate::rounds::Line;

/// A line of a plot: its name and its points.
type Series = (String, Vec<(f64, f64)>);

/// Pixels: of a plot, of its lines' height, and of the list of names and each name in it.
const SIZE: (u32, u32) = (900, 520);
const HEIGHT: f64 = 400.0;
const NAMES: f64 = 20.0;
const NAME: f64 = 20.0;

/// Durable commands by clients: every contender of a row.
pub fn by_clients(file: &Path, row: &str, title: &str, lines: &[Line]) -> anyhow::Result<()> {
    let mut series: Vec<Series> = Vec::new();
    for line in lines.iter().filter(|line| line.name == row) {
        let clients = line.clients.unwrap_or(1) as f64;
        for figures in &line.figures {
            let point = (clients, figures.median.rate);
            match series.iter_mut().find(|(name, _)| *name == figures.name) {
                Some((_, points)) => points.push(point),
                None => series.push((figures.name.clone(), vec![point])),
            }
        }
    }
    draw(file, title, ["clients at once", "durable commands a second"], &series)
}

/// What a ledger's size changes, each relative to the smallest size: flat is good.
pub fn by_size(file: &Path, sizes: &[Size]) -> anyhow::Result<()> {
    let mut series: Vec<Series> = Vec::new();
    for on in ["PostgreSQL", "SQLite"] {
        let all: Vec<&Size> = sizes.iter().filter(|size| size.on == on).collect();
        let Some(first) = all.first() else { continue };
        let relative = |name: &str, of: fn(&Size) -> f64| {
            let points = all.iter().map(|size| (size.events as f64, of(size) / of(first))).collect();
            (format!("{on}: {name}"), points)
        };
        series.push(relative("latency of a command", |size| size.append.0));
        series.push(relative("loading a stream", |size| size.load));
        series.push(relative("time of rebuild an event", |size| 1.0 / size.rebuild));
        series.push(relative("memory of rebuild", |size| size.memory));
    }
    draw(file, "What size costs, relative to the smallest", ["events in the ledger", "times"], &series)
}

fn draw(file: &Path, title: &str, axes: [&str; 2], series: &[Series]) -> anyhow::Result<()> {
    let points = || series.iter().flat_map(|(_, points)| points);
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        let low = points().map(of).fold(f64::INFINITY, f64::min);
        (low, points().map(of).fold(low, f64::max).max(low * 1.01))
    };
    let ((left, right), (bottom, top)) = (bounds(|point| point.0), bounds(|point| point.1));
    let failed = |error: &dyn std::fmt::Display| anyhow!("{}: {error}", file.display());
    let (bottom, top) = (bottom * 0.7, top * 1.1);
    // The names stand above the lines, not on them.
    let names = (NAMES + NAME * series.len() as f64) / HEIGHT;
    let above = (top / bottom).powf(names / (1.0 - names));
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(|error| failed(&error))?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 24))
        .margin(16)
        .margin_right(48)
        .x_label_area_size(52)
        .y_label_area_size(84)
        .build_cartesian_2d((left..right).log_scale(), (bottom..top * above).log_scale())
        .map_err(|error| failed(&error))?;
    chart
        .configure_mesh()
        .label_style(("sans-serif", 16))
        .axis_desc_style(("sans-serif", 18))
        .x_desc(axes[0])
        .y_desc(axes[1])
        .x_label_formatter(&|value| crate::report::short(*value))
        .y_label_formatter(&|value| crate::report::short(*value))
        .light_line_style(WHITE.mix(0.0))
        .draw()
        .map_err(|error| failed(&error))?;
    for (n, (name, points)) in series.iter().enumerate() {
        let colour = Palette99::pick(n).to_rgba();
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3))
            .map_err(|error| failed(&error))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(("sans-serif", 16))
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()
        .map_err(|error| failed(&error))?;
    area.present().map_err(|error| failed(&error))
}
