//! TSV, hOCR and ALTO: one document of all pages.

use crate::support::Sandbox;
use crate::{RECEIPT, ocr, put, receipt};

#[test]
fn tsv_has_tesseracts_columns() {
    let sandbox = Sandbox::new();
    let done = ocr(&sandbox, &[RECEIPT, "--format", "tsv"]).status(0).silent();
    let mut rows = done.out.lines();
    assert_eq!(rows.next(), Some("level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 12 && row[..10].iter().all(|cell| cell.parse::<u32>().is_ok())));
    assert!(rows.iter().any(|row| row[0] == "5" && row[11] == "CORNER"));
}

#[test]
fn documents_hold_all_inputs() {
    let sandbox = Sandbox::new();
    put(&sandbox, "b.png", &receipt());
    for (format, page, end) in [("hocr", "class=\"ocr_page\"", "</html>"), ("alto", "<Page ", "</alto>")] {
        let done = ocr(&sandbox, &[RECEIPT, "b.png", "--format", format]).status(0).silent();
        assert_eq!(done.out.matches(page).count(), 2, "{format}");
        assert_eq!(done.out.matches("<?xml").count(), 1);
        assert!(done.out.trim_end().ends_with(end) && done.out.contains("BAKERY"));
        // A failed input is told of, and the document is whole all the same.
        let partly = ocr(&sandbox, &["none.png", "b.png", "--format", format]).status(1).says(&["none.png"]);
        assert!(partly.out.matches(page).count() == 1 && partly.out.trim_end().ends_with(end));
    }
}
