//! Pages of the docs that are written from the code: held to it, or written anew.

use crate::tidy::root;

/// Fails unless the file says exactly this. With `UPDATE_EXPECT` in the environment it is made to.
#[track_caller]
pub(crate) fn hold(file: &str, written: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().expect("a file of the repository has a folder")).unwrap();
        std::fs::write(&path, written).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == written, "{file} is not what the code says; UPDATE_EXPECT=1 writes it anew:\n{written}");
}

/// A table of Markdown.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut page = line(&mut head.iter().map(|cell| (*cell).to_owned()));
    page += &format!("|{}\n", "---|".repeat(head.len()));
    for row in rows {
        page += &line(&mut row.into_iter());
    }
    page
}
