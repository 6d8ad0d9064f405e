//! Distributions as one SVG picture: a step curve of counts a series, both axes logarithmic where the spread asks for it.

use plotters::prelude::*;

use sh4a_emu::trace::Histogram;

/// One curve of the picture.
pub struct Series<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// Its samples.
    pub samples: &'a Histogram,
}

/// The picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// Every series is empty.
    #[error("nothing to draw: no series has a sample; did the guest under measurement run at all?")]
    Empty,
    /// The drawing library refused.
    #[error("cannot draw the histogram: {0}")]
    Backend(String),
}

/// `min a, median b, 99.9 % c, max d (n samples)`, or `no samples`.
pub fn summary(samples: &Histogram) -> String {
    match (samples.min(), samples.quantile(500), samples.quantile(999), samples.max()) {
        (Some(min), Some(median), Some(p999), Some(max)) => {
            format!("min {min}, median {median}, 99.9 % {p999}, max {max} ({} samples)", samples.count())
        }
        _ => "no samples".to_owned(),
    }
}

/// Number of buckets over the whole range.
const BUCKETS: u64 = 120;

/// Draws `series` over a common axis in `unit` and returns the SVG text. Counts are drawn as log10(1 + count), so that a single worst
/// case stays visible beside ten thousand good ones; a dot marks each maximum.
pub fn draw(title: &str, unit: &str, series: &[Series<'_>]) -> Result<String, DrawError> {
    let low = series.iter().filter_map(|s| s.samples.min()).min().ok_or(DrawError::Empty)?;
    let high = series.iter().filter_map(|s| s.samples.max()).max().ok_or(DrawError::Empty)?;
    let width = (high - low).div_ceil(BUCKETS).max(1);
    let curves: Vec<Vec<(f64, f64)>> = series.iter().map(|s| steps(s.samples, low, high, width)).collect();
    let top = curves.iter().flatten().map(|p| p.1).fold(1.0, f64::max);
    let mut svg = String::new();
    render(&mut svg, title, unit, series, &curves, (low as f64, (high + width) as f64), top)
        .map_err(|e| DrawError::Backend(e.to_string()))?;
    Ok(svg)
}

/// The outline of the buckets `low, low + width, ..` as points (sample value, log10(1 + count)).
fn steps(samples: &Histogram, low: u64, high: u64, width: u64) -> Vec<(f64, f64)> {
    let mut counts = vec![0u64; ((high - low) / width + 1) as usize];
    for (value, count) in samples.iter() {
        counts[((value - low) / width) as usize] += count;
    }
    let outline = counts.iter().enumerate().flat_map(|(i, count)| {
        let left = low + i as u64 * width;
        let y = (1.0 + *count as f64).log10();
        [(left as f64, y), ((left + width) as f64, y)]
    });
    outline.collect()
}

fn render(
    svg: &mut String,
    title: &str,
    unit: &str,
    series: &[Series<'_>],
    curves: &[Vec<(f64, f64)>],
    range: (f64, f64),
    top: f64,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, (960, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(range.0..range.1, 0.0..top * 1.05)?;
    chart
        .configure_mesh()
        .x_desc(unit)
        .y_desc("samples")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{:.0}", 10f64.powf(*y) - 1.0))
        .draw()?;
    for (i, (one, curve)) in series.iter().zip(curves).enumerate() {
        let colour = Palette99::pick(i).to_rgba();
        chart
            .draw_series(LineSeries::new(curve.iter().copied(), colour.stroke_width(2)))?
            .label(format!("{}: {}", one.name, summary(one.samples)))
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)));
        if let Some(max) = one.samples.max() {
            chart.draw_series([Circle::new((max as f64, 2f64.log10()), 4, colour.filled())])?;
        }
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE.mix(0.85)).draw()?;
    root.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|value| histogram.add(*value));
        histogram
    }

    #[test]
    fn every_sample_falls_into_one_bucket() {
        let samples = of(&[10, 10, 11, 500]);
        let curve = steps(&samples, 10, 500, 5);
        // Each bucket gives two points of equal height log10(1 + count): undoing that must give all samples back.
        let total: f64 = curve.iter().step_by(2).map(|p| 10f64.powf(p.1) - 1.0).sum();
        assert!((total - 4.0).abs() < 1e-9);
    }

    #[test]
    fn the_picture_names_each_series_with_its_maximum() {
        let idle = of(&[100, 120]);
        let load = of(&[110, 930]);
        let svg = draw(
            "latency",
            "instructions",
            &[Series { name: "idle", samples: &idle }, Series { name: "load", samples: &load }],
        )
        .unwrap();
        assert!(svg.contains("max 930") && svg.contains("max 120") && svg.contains("<svg"));
    }

    #[test]
    fn nothing_to_draw_is_an_error() {
        assert!(matches!(draw("t", "u", &[]), Err(DrawError::Empty)));
    }
}
