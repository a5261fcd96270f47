//! A drawing of costs: points with their quartiles over a logarithmic axis, as SVG. Knows nothing of what is drawn.

use std::fmt::Write;

use crate::figure::{Figure, digits};

/// What is drawn.
pub(crate) struct Plot<'t> {
    pub(crate) title: &'t str,
    pub(crate) across: &'t str,
    pub(crate) up: &'t str,
    /// Each with its name and its points, from left to right.
    pub(crate) lines: Vec<(&'t str, Vec<(f64, Figure)>)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 48.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 56.0;

/// Told apart also by those who see few colours. <https://jfly.uni-koeln.de/color/>
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

impl Plot<'_> {
    /// The drawing.
    pub(crate) fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|(_, points)| points);
        let most = points().map(|(_, figure)| figure.high).fold(0.0, f64::max);
        let step = step(most / 5.0);
        let top = (most / step).ceil().max(1.0) * step;
        let first = points().map(|(x, _)| x.log10()).fold(f64::INFINITY, f64::min).floor();
        let last = points().map(|(x, _)| x.log10()).fold(f64::NEG_INFINITY, f64::max).ceil().max(first + 1.0);
        let x = |value: f64| LEFT + (value.log10() - first) / (last - first) * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
        );
        text(&mut svg, LEFT, 20.0, "start", "font-size=\"15\" font-weight=\"bold\"", self.title);
        let mut tick = 0.0;
        while tick <= top + step / 2.0 {
            line(&mut svg, (LEFT, y(tick)), (WIDTH - RIGHT, y(tick)), "#dddddd");
            text(&mut svg, LEFT - 8.0, y(tick) + 4.0, "end", "", &short(tick));
            tick += step;
        }
        for power in first as i32..=last as i32 {
            let value = 10_f64.powi(power);
            line(&mut svg, (x(value), HEIGHT - BOTTOM), (x(value), HEIGHT - BOTTOM + 5.0), "#333333");
            text(&mut svg, x(value), HEIGHT - BOTTOM + 20.0, "middle", "", &short(value));
        }
        line(&mut svg, (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM), "#333333");
        line(&mut svg, (LEFT, TOP), (LEFT, HEIGHT - BOTTOM), "#333333");
        text(&mut svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12.0, "middle", "", self.across);
        let middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        text(&mut svg, 16.0, middle, "middle", &format!("transform=\"rotate(-90 16 {middle})\""), self.up);
        for (place, ((name, points), colour)) in self.lines.iter().zip(COLOURS).enumerate() {
            let path: Vec<String> =
                points.iter().map(|(at, figure)| format!("{:.1},{:.1}", x(*at), y(figure.middle))).collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join(" ")
            );
            for (at, figure) in points {
                let (at, low, high) = (x(*at), y(figure.low), y(figure.high));
                line(&mut svg, (at, low), (at, high), colour);
                line(&mut svg, (at - 4.0, low), (at + 4.0, low), colour);
                line(&mut svg, (at - 4.0, high), (at + 4.0, high), colour);
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{at:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"/>",
                    y(figure.middle)
                );
                text(
                    &mut svg,
                    at + 6.0,
                    y(figure.middle) - 7.0,
                    "start",
                    "font-size=\"10\"",
                    &digits(figure.middle),
                );
            }
            let along = LEFT + 150.0 * place as f64;
            line(&mut svg, (along, 34.0), (along + 18.0, 34.0), colour);
            text(&mut svg, along + 24.0, 38.0, "start", "", name);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// The next of 1, 2, 5, 10, 20 and so on.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|part| part * power)
        .find(|step| *step >= least)
        .unwrap_or(10.0 * power)
}

/// `1000000` as `1 M`.
fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", value / 1e6),
        value if value >= 1e3 => format!("{} k", value / 1e3),
        value => format!("{}", (value * 1000.0).round() / 1000.0),
    }
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, more: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#222222\" {more}>{text}</text>"
    );
}
