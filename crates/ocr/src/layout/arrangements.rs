//! Tests of the reading order on many arrangements of a page.

use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::Quad;

/// A page under construction: boxes with the text that should be read there.
#[derive(Clone, Default)]
struct Sheet {
    quads: Vec<Quad>,
    texts: Vec<String>,
}

impl Sheet {
    fn put(&mut self, text: &str, x: f32, y: f32, width: f32, height: f32) -> &mut Self {
        self.quads.push([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]);
        self.texts.push(text.to_owned());
        self
    }

    /// Lines of running text below each other, the last one short.
    fn column(&mut self, name: &str, x: f32, y: f32, width: f32, lines: usize) -> &mut Self {
        for line in 0..lines {
            let short = if line + 1 == lines { 0.5 } else { 1.0 - 0.07 * (line % 3) as f32 };
            self.put(&format!("{name}{line}"), x, y + 28.0 * line as f32, width * short, 20.0);
        }
        self
    }

    /// Turned clockwise about the origin.
    fn turned(&self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let turn = |[x, y]: [f32; 2]| [x * cos - y * sin, x * sin + y * cos];
        Self { quads: self.quads.iter().map(|quad| quad.map(turn)).collect(), ..self.clone() }
    }

    /// In another order, the same for the same number of boxes.
    fn shuffled(&self) -> Self {
        let count = self.quads.len();
        let step =
            (1..).map(|i| count / 2 + i).find(|step| (2..=*step).all(|d| !step.is_multiple_of(d) || !count.is_multiple_of(d))).unwrap();
        let order = (0..count).map(|i| i * step % count);
        order.fold(Self::default(), |mut sheet, i| {
            sheet.quads.push(self.quads[i]);
            sheet.texts.push(self.texts[i].clone());
            sheet
        })
    }

    /// The page as read: `|` between pieces of a row, `/` between rows, `//` between paragraphs, `///` between blocks.
    fn read(&self) -> String {
        let sheet = self.shuffled();
        let layout = read_order(&sheet.quads);
        let row = |row: &Row| row.pieces.iter().map(|piece| sheet.texts[piece.line].as_str()).collect::<Vec<_>>().join("|");
        let paragraph = |p: &Paragraph| p.rows.iter().map(row).collect::<Vec<_>>().join(" / ");
        let block = |b: &Block| b.paragraphs.iter().map(paragraph).collect::<Vec<_>>().join(" // ");
        layout.blocks.iter().map(block).collect::<Vec<_>>().join(" /// ")
    }

    /// Reads the page straight and turned up to five degrees to either side.
    fn reads(&self, expected: &str) {
        for degrees in [0.0, 1.0, -1.0, 3.0, -3.0, 5.0, -5.0] {
            assert_eq!(self.turned(degrees).read(), expected, "turned by {degrees} degrees");
        }
    }
}

fn sheet(build: impl Fn(&mut Sheet)) -> Sheet {
    let mut sheet = Sheet::default();
    build(&mut sheet);
    sheet
}

fn chain(build: impl FnOnce(&mut Sheet) -> &mut Sheet) -> Sheet {
    build(&mut Sheet::default()).clone()
}

#[test]
fn nothing_one_letter_one_line() {
    assert_eq!(read_order(&[]), PageLayout::default());
    chain(|s| s.put("I", 5.0, 5.0, 8.0, 30.0)).reads("I");
    chain(|s| s.put("one line", 5.0, 5.0, 300.0, 30.0)).reads("one line");
    chain(|s| s.put("b", 120.0, 6.0, 40.0, 30.0).put("a", 5.0, 5.0, 80.0, 30.0)).reads("a|b");
}

#[test]
fn two_columns_come_one_after_the_other() {
    let page = chain(|s| s.column("l", 50.0, 50.0, 300.0, 5).column("r", 400.0, 50.0, 300.0, 5));
    page.reads("l0 / l1 / l2 / l3 / l4 /// r0 / r1 / r2 / r3 / r4");
    let shifted = chain(|s| s.column("l", 50.0, 50.0, 300.0, 4).column("r", 385.0, 63.0, 300.0, 6));
    shifted.reads("l0 / l1 / l2 / l3 /// r0 / r1 / r2 / r3 / r4 / r5");
}

#[test]
fn three_columns_below_a_heading_and_above_a_footer() {
    let page = sheet(|s| {
        s.put("heading", 150.0, 10.0, 500.0, 40.0);
        s.column("a", 50.0, 80.0, 200.0, 4).column("b", 300.0, 80.0, 200.0, 4).column("c", 550.0, 80.0, 200.0, 4);
        s.put("footer across all of it", 100.0, 260.0, 600.0, 20.0);
    });
    page.reads("heading /// a0 / a1 / a2 / a3 /// b0 / b1 / b2 / b3 /// c0 / c1 / c2 / c3 /// footer across all of it");
}

#[test]
fn a_heading_between_columns_parts_them() {
    let page = sheet(|s| {
        s.put("A", 200.0, 10.0, 350.0, 24.0);
        s.column("l", 50.0, 50.0, 300.0, 3).column("r", 400.0, 50.0, 300.0, 3);
        s.put("B", 180.0, 150.0, 390.0, 24.0);
        s.column("m", 50.0, 190.0, 300.0, 3).column("s", 400.0, 190.0, 300.0, 3);
    });
    page.reads("A /// l0 / l1 / l2 /// r0 / r1 / r2 /// B /// m0 / m1 / m2 /// s0 / s1 / s2");
}

#[test]
fn paragraphs_of_columns_that_end_on_one_row_do_not_part_them() {
    let page = sheet(|s| {
        s.column("l", 50.0, 50.0, 300.0, 4).column("m", 50.0, 190.0, 300.0, 4);
        s.column("r", 400.0, 50.0, 300.0, 4).column("s", 400.0, 190.0, 300.0, 4);
    });
    page.reads("l0 / l1 / l2 / l3 // m0 / m1 / m2 / m3 /// r0 / r1 / r2 / r3 // s0 / s1 / s2 / s3");
}

#[test]
fn a_receipt_is_read_row_by_row() {
    let page = sheet(|s| {
        s.put("CORNER SHOP", 120.0, 10.0, 200.0, 30.0).put("12 Main Street", 130.0, 45.0, 180.0, 20.0);
        for (row, width) in [210.0, 90.0, 160.0, 240.0].into_iter().enumerate() {
            let y = 90.0 + 28.0 * row as f32;
            s.put(&format!("item{row}"), 20.0, y, width, 20.0).put(&format!("{row}.99"), 380.0, y + 1.0, 45.0, 19.0);
        }
        s.put("TOTAL", 20.0, 225.0, 120.0, 36.0).put("9.96", 350.0, 225.0, 75.0, 36.0);
    });
    page.reads("CORNER SHOP // 12 Main Street // item0|0.99 / item1|1.99 / item2|2.99 / item3|3.99 // TOTAL|9.96");
}

#[test]
fn a_table_is_read_row_by_row() {
    let page = sheet(|s| {
        for row in 0..6 {
            for (column, width) in [80.0, 160.0, 60.0, 40.0].into_iter().enumerate() {
                s.put(&format!("{row}{column}"), 20.0 + 190.0 * column as f32, 20.0 + 40.0 * row as f32, width, 22.0);
            }
        }
    });
    page.reads("00|01|02|03 / 10|11|12|13 / 20|21|22|23 / 30|31|32|33 / 40|41|42|43 / 50|51|52|53");
}

#[test]
fn a_table_of_long_cells_that_stand_far_apart_is_read_row_by_row() {
    let page = sheet(|s| {
        for row in 0..5 {
            let y = 20.0 + 60.0 * row as f32;
            s.put(&format!("l{row}"), 20.0, y, 300.0, 22.0).put(&format!("r{row}"), 400.0, y, 280.0, 22.0);
        }
    });
    page.reads("l0|r0 / l1|r1 / l2|r2 / l3|r3 / l4|r4");
}

#[test]
fn columns_above_a_table_whose_cells_stand_under_the_gutter() {
    let page = sheet(|s| {
        s.column("l", 30.0, 50.0, 260.0, 3).column("r", 450.0, 50.0, 280.0, 3);
        for row in 0..4 {
            let y = 210.0 + 41.0 * row as f32;
            s.put(&format!("i{row}"), 30.0, y, 90.0, 25.0).put(&format!("q{row}"), 300.0, y, 40.0, 25.0);
            s.put(&format!("p{row}"), 555.0, y, 70.0, 25.0);
        }
    });
    page.reads("l0 / l1 / l2 /// r0 / r1 / r2 /// i0|q0|p0 / i1|q1|p1 / i2|q2|p2 / i3|q3|p3");
}

#[test]
fn a_slide_has_its_title_and_its_points() {
    let page = sheet(|s| {
        s.put("Title", 60.0, 30.0, 500.0, 60.0);
        for (row, width) in [400.0, 520.0, 310.0].into_iter().enumerate() {
            s.put(&format!("point{row}"), 100.0, 150.0 + 70.0 * row as f32, width, 34.0);
        }
        s.put("more", 140.0, 360.0, 300.0, 34.0);
        s.put("3", 900.0, 600.0, 14.0, 20.0);
    });
    page.reads("Title // point0 / point1 / point2 / more // 3");
}

#[test]
fn words_of_a_line_make_one_row_and_lines_of_different_height_do_not() {
    let page = sheet(|s| {
        for row in 0..4 {
            let y = 40.0 + 30.0 * row as f32;
            s.put(&format!("a{row}"), 20.0, y, 80.0 + 17.0 * row as f32, 22.0);
            s.put(&format!("b{row}"), 112.0 + 17.0 * row as f32, y + 2.0, 130.0, 21.0);
            s.put(&format!("c{row}"), 255.0 + 17.0 * row as f32, y - 1.0, 90.0, 23.0);
        }
    });
    page.reads("a0|b0|c0 / a1|b1|c1 / a2|b2|c2 / a3|b3|c3");
    let logo = chain(|s| s.put("BIG", 20.0, 20.0, 200.0, 60.0).put("s1", 260.0, 22.0, 150.0, 20.0).put("s2", 260.0, 50.0, 150.0, 20.0));
    assert_eq!(logo.read(), "BIG // s1 / s2");
}

#[test]
fn a_staircase_stays_apart() {
    let page = sheet(|s| {
        for step in 0..6 {
            s.put(&format!("{step}"), 30.0 + 120.0 * step as f32, 20.0 + 26.0 * step as f32, 100.0, 20.0);
        }
    });
    assert_eq!(page.read(), "0 / 1 / 2 / 3 / 4 / 5");
}

#[test]
fn an_indented_row_begins_a_paragraph() {
    let page = sheet(|s| {
        for (row, x) in [50.0, 50.0, 50.0, 80.0, 50.0, 50.0, 80.0, 50.0].into_iter().enumerate() {
            s.put(&format!("{row}"), x, 50.0 + 26.0 * row as f32, 420.0 - x, 20.0);
        }
    });
    page.reads("0 / 1 / 2 // 3 / 4 / 5 // 6 / 7");
}

#[test]
fn vertical_lines_run_from_right_to_left_below_their_heading() {
    let page = sheet(|s| {
        s.put("heading", 40.0, 10.0, 260.0, 30.0);
        for line in 0..5 {
            s.put(&format!("{line}"), 270.0 - 45.0 * line as f32, 60.0, 28.0, if line == 4 { 150.0 } else { 380.0 });
        }
        s.put("page 7", 130.0, 470.0, 80.0, 24.0);
    });
    page.reads("heading /// 0 / 1 / 2 / 3 / 4 /// page 7");
    let layout = read_order(&page.quads);
    assert_eq!(layout.blocks.iter().map(|block| block.vertical).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn a_vertical_line_beside_horizontal_ones_comes_after_them() {
    let page = sheet(|s| {
        for row in 0..6 {
            s.put(&format!("{row}"), 20.0, 20.0 + 30.0 * row as f32, 250.0, 20.0);
        }
        s.put("side", 300.0, 40.0, 18.0, 90.0);
    });
    page.reads("0 / 1 / 2 / 3 / 4 / 5 /// side");
}

#[test]
fn cells_of_several_lines_stay_in_their_table() {
    // Names of two lines, numbers half way between them; a wide cell now and then crosses the gutter.
    let page = sheet(|s| {
        for row in 0..4 {
            let y = 20.0 + 33.0 * row as f32;
            s.put(&format!("name{row}"), 23.0, y, 110.0, 17.0).put(&format!("rest{row}"), 23.0, y + 16.0, 30.0, 16.0);
            s.put(&format!("count{row}"), 145.0, y + 7.0, 65.0, 16.0);
            s.put(&format!("share{row}"), 212.0, y + 7.0, if row % 2 == 0 { 115.0 } else { 49.0 }, 16.0);
            s.put(&format!("kind{row}"), 478.0, y + 7.0, 50.0, 18.0);
        }
    });
    let rows = |row: usize| format!("name{row}|count{row}|share{row}|kind{row} / rest{row}");
    assert_eq!(page.read(), (0..4).map(rows).collect::<Vec<_>>().join(" / "));
}

#[test]
fn digits_below_each_other_are_no_vertical_line() {
    let page = sheet(|s| {
        for row in 0..5 {
            let y = 20.0 + 30.0 * row as f32;
            s.put("1", 20.0, y, 9.0, 22.0).put(&format!("entry{row}"), 50.0, y, 120.0, 22.0);
        }
    });
    page.reads("1|entry0 / 1|entry1 / 1|entry2 / 1|entry3 / 1|entry4");
}

#[test]
fn lines_that_fan_out_keep_their_rows() {
    // A receipt photographed from the side: the upper lines rise, the lower ones fall.
    let mut page = Sheet::default();
    for row in 0..7 {
        let (y, lean) = (60.0 + 34.0 * row as f32, (row as f32 - 3.0) * 0.012);
        for (name, x0, x1) in [("item", 40.0f32, 260.0f32), ("price", 520.0, 590.0)] {
            let at = |x: f32, down: f32| [x, y + lean * x + down];
            page.quads.push([at(x0, 0.0), at(x1, 0.0), at(x1, 24.0), at(x0, 24.0)]);
            page.texts.push(format!("{name}{row}"));
        }
    }
    let expected: Vec<String> = (0..7).map(|row| format!("item{row}|price{row}")).collect();
    assert_eq!(page.read(), expected.join(" / "));
}

#[test]
fn duplicates_and_boxes_within_boxes_all_stay() {
    let page = sheet(|s| {
        for _ in 0..3 {
            s.put("same", 20.0, 20.0, 200.0, 30.0);
        }
        s.put("inner", 60.0, 25.0, 50.0, 20.0);
    });
    let mut order = read_order(&page.quads).order();
    order.sort_unstable();
    assert_eq!(order, [0, 1, 2, 3]);
}

#[test]
fn thousands_of_boxes_take_no_time() {
    let words = sheet(|s| {
        for i in 0..6000 {
            let (row, column) = (i / 40, i % 40);
            s.put("w", 50.0 * column as f32 + 3.0 * ((row * 7) % 5) as f32, 20.0 * row as f32, 40.0, 15.0);
        }
    });
    let piled = sheet(|s| {
        (0..6000).for_each(|_| {
            s.put("same", 20.0, 20.0, 300.0, 20.0);
        })
    });
    let columns = sheet(|s| {
        (0..60).for_each(|c| {
            s.column("c", 400.0 * c as f32, 20.0, 350.0, 100);
        })
    });
    for (name, page) in [("words", words), ("piled", piled), ("columns", columns)] {
        let started = Instant::now();
        let order = read_order(&page.quads).order();
        assert_eq!(order.len(), page.quads.len());
        assert!(started.elapsed().as_secs_f32() < 10.0, "{name}: {:?}", started.elapsed());
    }
}

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![8 => -50.0f32..2000.0, 1 => any::<f32>(), 1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::MAX, f32::MIN, 0.0])]
}

proptest! {
    #[test]
    fn every_line_comes_once(quads in prop::collection::vec(prop::array::uniform4(prop::array::uniform2(any_number())), 0..40)) {
        let layout = read_order(&quads);
        let mut order = layout.order();
        order.sort_unstable();
        prop_assert_eq!(order, (0..quads.len()).collect::<Vec<_>>());
        prop_assert!(layout.blocks.iter().all(|block| !block.paragraphs.is_empty()));
        prop_assert!(layout.rows().all(|row| !row.pieces.is_empty()));
    }

    #[test]
    fn upright_boxes_come_once(boxes in prop::collection::vec((0u16..900, 0u16..900, 1u16..400, 1u16..60), 0..80)) {
        let quads: Vec<Quad> = boxes.iter().map(|&(x, y, w, h)| {
            let [x0, y0, x1, y1] = [x, y, x + w, y + h].map(f32::from);
            [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        }).collect();
        let mut order = read_order(&quads).order();
        order.sort_unstable();
        prop_assert_eq!(order, (0..quads.len()).collect::<Vec<_>>());
    }
}
