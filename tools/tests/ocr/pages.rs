//! Files of several pages.

use crate::support::Sandbox;
use crate::{ocr, receipt};

/// An uncompressed TIFF of grey pages.
fn tiff(pages: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (width, height, grey) in pages {
        let pixels = file.len() as u32;
        file.extend(grey);
        file.resize(file.len().next_multiple_of(2), 0);
        let directory = file.len() as u32;
        file[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let entries: [(u16, u32); 8] = [
            (256, *width as u32),
            (257, *height as u32),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, pixels),
            (278, *height as u32),
            (279, grey.len() as u32),
        ];
        file.extend((entries.len() as u16).to_le_bytes());
        for (tag, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(4u16.to_le_bytes());
            file.extend(1u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

/// The receipt's title, a blank page, the receipt's last line.
fn three_pages() -> Vec<u8> {
    let receipt = receipt();
    let grey = |top: usize, height: usize| {
        let part = receipt.crop(0, top, 420, height).unwrap();
        (420, height, part.data().chunks_exact(3).map(|p| p[1]).collect::<Vec<u8>>())
    };
    tiff(&[grey(0, 60), (100, 80, vec![255; 8000]), grey(450, 60)])
}

#[test]
fn all_pages_are_read_one_after_the_other() {
    let sandbox = Sandbox::new();
    sandbox.write("scan.tif", three_pages());
    let rows = ocr(&sandbox, &["scan.tif", "--json"]).status(0).json();
    let told: Vec<(u64, usize)> = rows.iter().map(|row| (row["page"].as_u64().unwrap(), row["lines"].as_array().unwrap().len())).collect();
    assert_eq!(told, [(1, 1), (2, 0), (3, 1)]);
    let text = ocr(&sandbox, &["scan.tif"]).status(0).out;
    let pages: Vec<&str> = text.split('\u{c}').map(str::trim).collect();
    assert_eq!(pages, ["CORNER BAKERY", "", "Thank you for your visit!"]);
}

/// A page that can't be read keeps its place: what follows is neither taken for another page's text nor for another file's.
#[test]
fn a_page_that_fails_keeps_its_place() {
    let sandbox = Sandbox::new();
    let mut scan = three_pages();
    // The first directory's width, which no picture has.
    let first = u32::from_le_bytes(scan[4..8].try_into().unwrap()) as usize;
    scan[first + 10..first + 14].copy_from_slice(&u32::MAX.to_le_bytes());
    sandbox.write("scan.tif", &scan);
    sandbox.write("other.tif", three_pages());
    let done = ocr(&sandbox, &["scan.tif"]).status(1).says(&["error: scan.tif, page 1: "]);
    assert_eq!(done.out.split('\u{c}').map(str::trim).collect::<Vec<_>>(), ["", "", "Thank you for your visit!"]);
    let both = ocr(&sandbox, &["other.tif", "scan.tif"]).status(1).out;
    let parts: Vec<&str> = both.split("==> scan.tif <==").collect();
    assert_eq!((parts.len(), parts[0].matches('\u{c}').count(), parts[1].matches('\u{c}').count()), (2, 2, 2), "{both}");
    let rows = ocr(&sandbox, &["scan.tif", "--json"]).status(1).json();
    assert_eq!((rows[0]["page"].as_u64(), rows[0]["error"].is_object(), rows[2]["page"].as_u64()), (Some(1), true, Some(3)));
}

#[test]
fn pages_are_asked_only_of_what_has_pages() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.jpg", "notes");
    ocr(&sandbox, &["absent.png", "notes.jpg", "--pages", "3"]).status(1).says(&["absent.png: no such file", "notes.jpg: not a picture"]);
}

#[test]
fn some_pages_are_read_on_request() {
    let sandbox = Sandbox::new();
    sandbox.write("scan.tif", three_pages());
    let pages = |wanted: &str| -> Vec<u64> {
        let rows = ocr(&sandbox, &["scan.tif", "--json", "--pages", wanted]).status(0).json();
        rows.iter().map(|row| row["page"].as_u64().unwrap()).collect()
    };
    assert_eq!(pages("3"), [3]);
    assert_eq!(pages("2-"), [2, 3]);
    ocr(&sandbox, &["scan.tif", "--pages", "4-5"]).status(1).says(&["scan.tif: has 3 pages", "--pages"]);
    ocr(&sandbox, &["scan.tif", "--pages", "0"]).status(2).says(&["counted from 1"]);
}

#[test]
fn pages_from_standard_input_and_in_a_folder_of_drawings() {
    let sandbox = Sandbox::new();
    let done = crate::Done::fed(&mut sandbox.vtk(&["ocr", "-", "--json"]), &three_pages()).status(0);
    assert_eq!(done.json().len(), 3);
    sandbox.write("scan.tif", three_pages());
    ocr(&sandbox, &["scan.tif", "--save", "out"]).status(0);
    let drawn: Vec<String> = sandbox.files().into_iter().filter(|file| file.starts_with("out/")).collect();
    assert_eq!(drawn, ["out/scan-p1.ocr.png", "out/scan-p2.ocr.png", "out/scan-p3.ocr.png"]);
    ocr(&sandbox, &["scan.tif", "--save", "one.png"]).status(2).says(&["3 inputs"]);
}
