//! Tables in Markdown, and where they stand in the docs.

use std::path::Path;

use crate::figure::{Figure, digits};
use crate::measure::Measured;
use crate::results::Results;

const BEGIN: &str = "<!-- What the bench of costs writes begins here. -->";
const END: &str = "<!-- What the bench of costs writes ends here. -->";

/// All tables.
pub(crate) fn markdown(results: &Results) -> String {
    let Results { jobs, rounds, .. } = results;
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let today = jiff::Timestamp::now().strftime("%F");
    let mut text = format!(
        "{today}, {processors} processors, {rounds} rounds; {jobs} jobs and 64 connections where nothing else is said.\n\n"
    );
    text.push_str("### Goals\n\n| goal | limit | measured (quartiles) | |\n|---|---|---|---|\n");
    for goal in results.goals() {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            goal.what,
            goal.limit(),
            shown(goal.figure),
            goal.verdict()
        ));
    }
    for (name, rows) in &results.groups {
        let head = "| case | R | CPU µs | p50 ms | p99 ms | peak MiB | n |\n|---|---|---|---|---|---|---|";
        text.push_str(&format!("\n### Measured: {name}\n\n{head}\n"));
        rows.iter().for_each(|measured| text.push_str(&row(measured)));
    }
    if let Some(anchor) = results.anchor {
        text.push_str(&format!("\nThe anchor took {} µs of CPU per request.\n", anchor.text()));
    }
    if let Some(open) = &results.open {
        let (half, most) = (shown(open.half), shown(open.most));
        text.push_str(&format!(
            "\nOpen loop, 2,000 cancels a second beside 1,000 connections that poll once a second: p50 {half} ms, p99 {most} ms.\n"
        ));
    }
    if let Some(standing) = &results.standing {
        let ready =
            standing.ready.iter().map(|(jobs, figure)| format!("{} ms with {jobs} jobs", shown(*figure)));
        text.push_str(&format!("\nStart to ready: {}.\n", ready.collect::<Vec<_>>().join(", ")));
    }
    if let Some(kept) = results.kept {
        text.push_str(&format!(
            "\n`kill -9` under this load: {kept} answered cancels, none lost; the audit has one row for each command that took effect, and no other.\n"
        ));
    }
    text
}

fn row(measured: &Measured) -> String {
    let middle = |values: &[f64]| shown(Figure::of(values));
    let ratio = match measured.ratio() {
        Ok(figure) => figure.text(),
        Err(why) => return format!("| {} | {why} | | | | | |\n", measured.name),
    };
    format!(
        "| {} | {ratio} | {} | {} | {} | {} | {} |\n",
        measured.name,
        shown(measured.cost()),
        middle(&measured.half),
        middle(&measured.most),
        digits(measured.peak),
        measured.ratios.len()
    )
}

fn shown(figure: Option<Figure>) -> String {
    figure
        .map_or("–".to_owned(), |figure| if figure.count > 1 { figure.text() } else { digits(figure.middle) })
}

/// Puts a text between the marks of a page.
pub(crate) fn write(page: &Path, text: &str) {
    let before = std::fs::read_to_string(page).expect("the page is in the repository");
    let (head, rest) = before.split_once(BEGIN).expect("the page has the mark of the beginning");
    let (_, tail) = rest.split_once(END).expect("the page has the mark of the end");
    std::fs::write(page, format!("{head}{BEGIN}\n\n{text}\n{END}{tail}"))
        .expect("the repository is a folder to write in");
}
