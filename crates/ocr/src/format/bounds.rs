//! Upright boxes in whole pixels, as all the formats have them.

use vtk_imaging::Size;

use crate::Quad;

/// A box in whole pixels of the page: the columns from `left` and the rows from `top` on, up to `right` and `bottom`, which are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// The column after the last; not below `left`.
    pub right: u32,
    /// The row after the last; not below `top`.
    pub bottom: u32,
}

impl Bounds {
    /// The whole of a page.
    #[must_use]
    pub fn page(size: Size) -> Self {
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        Self { left: 0, top: 0, right: side(size.width), bottom: side(size.height) }
    }

    /// The least box that holds all of `quads`, cut to the page; empty, at its top left corner, where there is none.
    pub(super) fn around<'a>(quads: impl IntoIterator<Item = &'a Quad>, page: Self) -> Self {
        let none = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
        let corners = quads.into_iter().flatten().filter(|corner| corner.iter().all(|v| v.is_finite()));
        let [x0, y0, x1, y1] = corners.fold(none, |[x0, y0, x1, y1], &[x, y]| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
        if x0 > x1 {
            return Self { right: page.left, bottom: page.top, ..page };
        }
        // Numbers beyond u32 saturate.
        let [left, top] = [(x0.floor() as u32).min(page.right), (y0.floor() as u32).min(page.bottom)];
        Self { left, top, right: (x1.ceil() as u32).clamp(left, page.right), bottom: (y1.ceil() as u32).clamp(top, page.bottom) }
    }

    /// Pixels from left to right.
    #[must_use]
    pub fn width(self) -> u32 {
        self.right - self.left
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(self) -> u32 {
        self.bottom - self.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_hold_their_quads_and_stay_on_the_page() {
        let page = Bounds::page(Size::new(100, 50));
        let quad = [[10.4, 5.0], [30.2, 7.0], [30.0, 19.1], [10.0, 17.0]];
        assert_eq!(Bounds::around([&quad], page), Bounds { left: 10, top: 5, right: 31, bottom: 20 });
        let over = [[-5.0, 40.0], [200.0, 40.0], [200.0, 1e20], [-5.0, 60.0]];
        assert_eq!(Bounds::around([&over], page), Bounds { left: 0, top: 40, right: 100, bottom: 50 });
        assert_eq!(Bounds::around([&quad, &over], page), Bounds { left: 0, top: 5, right: 100, bottom: 50 });
        let beyond = [[300.0, 300.0]; 4];
        assert_eq!(Bounds::around([&beyond], page), Bounds { left: 100, top: 50, right: 100, bottom: 50 });
        let none = Bounds { left: 0, top: 0, right: 0, bottom: 0 };
        assert_eq!(Bounds::around([], page), none);
        assert_eq!(Bounds::around([&[[f32::NAN, 3.0]; 4]], page), none);
    }
}
