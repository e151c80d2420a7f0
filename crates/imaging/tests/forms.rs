//! Every form of picture file in `tests/forms` decodes to what OpenCV or Pillow makes of it, or is refused by a message that names what
//! is missing. The files and the table beside them are made by `experiments/pictures/forms.py`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]
#![cfg(feature = "decode")]

use std::path::{Path, PathBuf};

use vtk_imaging::{DecodeOptions, RgbImage, decode};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms")
}

struct Row {
    file: String,
    page: usize,
    alpha: String,
    expected: String,
    last: String,
}

fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(folder().join("forms.tsv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        Row {
            file: cells[0].to_owned(),
            page: cells[1].parse().unwrap(),
            alpha: cells[2].to_owned(),
            expected: cells[3].to_owned(),
            last: cells[4].to_owned(),
        }
    };
    table.lines().skip(1).map(row).collect()
}

fn read(name: &str, options: &DecodeOptions) -> Result<RgbImage, vtk_imaging::ImagingError> {
    decode(name, &std::fs::read(folder().join(name)).unwrap(), options)
}

/// What is wrong with a row, if anything.
fn fault(row: &Row) -> Option<String> {
    let options = DecodeOptions { page: row.page, alpha: row.alpha.parse().unwrap(), ..DecodeOptions::default() };
    let got = match (read(&row.file, &options), row.expected.as_str()) {
        (Err(error), "refused") => {
            let fits = error.kind() == "unsupported" && error.to_string().contains(&row.last) && error.to_string().starts_with(&row.file);
            return (!fits).then(|| format!("refused by “{error}”, which does not name “{}”", row.last));
        }
        (Ok(picture), "refused") => return Some(format!("read as {picture:?}, should be refused")),
        (Err(error), _) => return Some(error.to_string()),
        (Ok(picture), _) => picture,
    };
    let expected = read(&row.expected, &DecodeOptions::default()).unwrap();
    if got.size() != expected.size() {
        return Some(format!("{} pixels, wanted {}", got.size(), expected.size()));
    }
    let differences = got.data().iter().zip(expected.data()).map(|(a, b)| a.abs_diff(*b));
    let most = differences.clone().max().unwrap();
    let off = differences.filter(|d| *d > 0).count() as f64 / got.data().len() as f64;
    let allowed: u8 = row.last.parse().unwrap();
    if std::env::var_os("VTK_SHOW_FORMS").is_some() {
        eprintln!("{}\tpage {}\t{}\tlargest difference {most}\tshare off {off:.3}", row.file, row.page, row.alpha);
    }
    (most > allowed).then(|| format!("up to {most} levels off in {:.1} % of values, allowed {allowed}", off * 100.0))
}

#[test]
fn every_form_is_read_right_or_refused_by_name() {
    let rows = rows();
    assert!(rows.len() > 100, "the table has {} rows", rows.len());
    let faults: Vec<String> =
        rows.iter().filter_map(|row| Some(format!("{} page {} {}: {}", row.file, row.page, row.alpha, fault(row)?))).collect();
    assert!(faults.is_empty(), "{} of {} forms:\n{}", faults.len(), rows.len(), faults.join("\n"));
}

#[test]
fn a_page_that_is_not_there_is_named() {
    let bytes = std::fs::read(folder().join("pages.tif")).unwrap();
    assert_eq!(vtk_imaging::pages("pages.tif", &bytes).unwrap(), 3);
    for (name, page) in [("pages.tif", 0), ("pages.tif", 4), ("rgb16.png", 2)] {
        let error = read(name, &DecodeOptions { page, ..DecodeOptions::default() }).unwrap_err();
        assert!(error.to_string().contains(&format!("no page {page}")), "{error}");
    }
}
