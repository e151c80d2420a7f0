//! Windows: looking at a picture part by part where one look would shrink its text too far.

use serde::{Deserialize, Serialize};
use vtk_imaging::Size;

/// What a strip's short side should keep of its pixels.
const ENOUGH_SHORT: f64 = 480.0;

/// How far below that one look may stay.
const TOLERATED: f64 = 0.75;

/// Below this scale no picture is read in one look.
const LEAST_SCALE: f64 = 0.2;

/// Windows are not shrunk further than this.
const LEAST_WINDOW_SCALE: f64 = 0.35;

/// The part of the limit by which windows overlap.
const OVERLAP: f64 = 1.0 / 6.0;

/// A part of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// Its first column.
    pub left: usize,
    /// Its first row.
    pub top: usize,
    /// How large it is; never reaches beyond the picture.
    pub size: Size,
}

impl Window {
    /// The whole of a picture.
    #[must_use]
    pub fn whole(picture: Size) -> Self {
        Self { left: 0, top: 0, size: picture }
    }

    /// The column after its last.
    #[must_use]
    pub fn right(&self) -> usize {
        self.left + self.size.width
    }

    /// The row after its last.
    #[must_use]
    pub fn bottom(&self) -> usize {
        self.top + self.size.height
    }
}

/// The windows in which a picture is looked at by a detector whose input's longer side is at most `limit` pixels. Together they cover the
/// picture, from its top left to its bottom right, row by row; for every ordinary page there is one, the whole.
///
/// A detector gets a picture whose longer side is cut to a limit (960 pixels in PaddleOCR's tools). On an ordinary page that is what its
/// makers tuned it for, and it stays so. A strip, whose text is as high as its short side allows, would lose it, and so would a very
/// large sheet. The rule, with *scale* the factor by which the limit shrinks the picture:
///
/// - A strip is looked at in windows where its short side would keep less than three quarters of 480 pixels, or of all that it has:
///   scale < 0.75 · min(1, 480 / short side). Pages up to 2.6:1, single screens of phones among them, are none.
/// - Any picture is where scale < 0.2: sheets of A4 beyond 410 dots per inch, of A3 beyond 290.
/// - Windows are as large as the limit allows at a scale of limit / short side, so that they span the strip, but of at least 0.35, and
///   of no more than 1. They overlap by a sixth of the limit, and are spread evenly.
#[must_use]
pub fn plan_windows(picture: Size, limit: usize) -> Vec<Window> {
    let limit = limit.max(1) as f64;
    let (long, short) = (picture.long() as f64, picture.short().max(1) as f64);
    let scale = limit / long;
    let wanted = (ENOUGH_SHORT / short).min(1.0);
    if scale >= 1.0 || (scale >= LEAST_SCALE && scale >= TOLERATED * wanted) {
        return vec![Window::whole(picture)];
    }
    let scale = (limit / short).clamp(LEAST_WINDOW_SCALE, 1.0);
    let (side, overlap) = ((limit / scale).floor() as usize, (OVERLAP * limit / scale).ceil() as usize);
    let (columns, rows) = (spread(picture.width, side, overlap), spread(picture.height, side, overlap));
    let window = |&top: &usize, &left: &usize| Window { left, top, size: Size::new(side.min(picture.width), side.min(picture.height)) };
    rows.iter().flat_map(|top| columns.iter().map(move |left| window(top, left))).collect()
}

/// Where stretches of `side` pixels begin that cover `length` pixels evenly, each overlapping the next by `overlap` at least.
fn spread(length: usize, side: usize, overlap: usize) -> Vec<usize> {
    if length <= side {
        return vec![0];
    }
    let steps = (length - side).div_ceil(side.saturating_sub(overlap).max(1));
    // In u128, since a product of two lengths may not fit.
    let at = |i: usize| (i as u128 * (length - side) as u128 / steps as u128) as usize;
    (0..=steps).map(at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(width: usize, height: usize) -> Vec<Window> {
        plan_windows(Size::new(width, height), 960)
    }

    #[test]
    fn ordinary_pages_are_looked_at_once() {
        for (width, height) in [
            (1, 1),
            (820, 520),
            (1000, 2000),
            (2000, 1000),
            (1240, 1754),
            (2480, 3508),
            (1080, 2400),
            (1170, 2532),
            (4000, 3000),
            (960, 20),
        ] {
            assert_eq!(plan(width, height), [Window::whole(Size::new(width, height))], "{width}×{height}");
        }
    }

    #[test]
    fn strips_are_looked_at_in_windows_as_wide_as_they_are() {
        let screenshot = plan(600, 15000);
        assert_eq!(screenshot.len(), 19);
        assert!(screenshot.iter().all(|window| window.size == Size::new(600, 960)));
        assert_eq!((screenshot[0].top, screenshot[18].bottom()), (0, 15000));
        let subtitle = plan(1920, 60);
        assert_eq!(subtitle.iter().map(|window| window.left).collect::<Vec<_>>(), [0, 480, 960]);
        assert!(subtitle.iter().all(|window| window.size == Size::new(960, 60)));
        assert!(plan(800, 3000).len() > 1, "a page of a browser, with letters of 16 pixels");
        assert!(plan(2480, 12000).iter().all(|window| window.size == Size::new(2480, 2480)), "at a scale of 960 / 2480");
    }

    #[test]
    fn very_large_sheets_are_looked_at_in_windows() {
        let sheet = plan(4961, 7016);
        assert_eq!(sheet.len(), 2 * 3);
        assert!(sheet.iter().all(|window| window.size == Size::new(2742, 2742)));
    }

    #[test]
    fn no_size_is_too_odd() {
        assert!(!plan_windows(Size::new(5, 5), 0).is_empty());
        assert!(!plan_windows(Size::new(100, 3), 1).is_empty());
        assert_eq!(plan_windows(Size::new(0, 0), 960).len(), 1);
    }

    proptest! {
        #[test]
        fn windows_cover_the_picture_and_overlap(width in 1usize..20000, height in 1usize..20000, limit in 320usize..2000) {
            let windows = plan_windows(Size::new(width, height), limit);
            prop_assert!(windows.iter().all(|window| window.right() <= width && window.bottom() <= height));
            prop_assert!(windows.len() < 2 + 4 * (width / limit + 1) * (height / limit + 1));
            let mut lefts: Vec<&Window> = windows.iter().filter(|window| window.top == 0).collect();
            lefts.sort_by_key(|window| window.left);
            prop_assert_eq!(lefts[0].left, 0);
            prop_assert_eq!(lefts.last().unwrap().right(), width);
            for pair in lefts.windows(2) {
                prop_assert!(pair[0].right() >= pair[1].left + limit / 6);
            }
            let mut tops: Vec<&Window> = windows.iter().filter(|window| window.left == 0).collect();
            tops.sort_by_key(|window| window.top);
            prop_assert_eq!(tops.last().unwrap().bottom(), height);
            for pair in tops.windows(2) {
                prop_assert!(pair[0].bottom() >= pair[1].top + limit / 6);
            }
        }
    }
}
