//! Figures with their spread.

/// The median of what was measured again and again, with its quartiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) low: f64,
    pub(crate) middle: f64,
    pub(crate) high: f64,
    /// How often it was measured.
    pub(crate) count: usize,
}

impl Figure {
    /// `None` where nothing was measured.
    pub(crate) fn of(values: &[f64]) -> Option<Figure> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |share: f64| sorted[(last as f64 * share).round() as usize];
        Some(Figure { low: at(0.25), middle: at(0.5), high: at(0.75), count: sorted.len() })
    }

    /// `2.10 (2.05–2.20)`.
    pub(crate) fn text(&self) -> String {
        format!("{} ({}–{})", digits(self.middle), digits(self.low), digits(self.high))
    }
}

/// Three significant digits, more or less.
pub(crate) fn digits(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
