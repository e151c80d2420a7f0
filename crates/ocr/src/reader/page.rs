//! A page that was read.

use vtk_imaging::{Placement, Size};

use crate::layout::{PageLayout, ReadingOrder};
use crate::{Quad, TextLine};

/// What was read on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The picture's size.
    pub size: Size,
    /// By how many clockwise quarters the picture was turned to be read.
    pub turned: i32,
    /// The lines in reading order, in the picture's own pixels.
    pub lines: Vec<TextLine>,
    /// How they belong together: blocks, paragraphs, rows; it names lines by their place in `lines`.
    pub layout: PageLayout,
}

impl Page {
    /// Puts the lines of an upright page into the order in which a person reads. For another order they come in it: it is one of boxes as
    /// they were found, not of lines as they are read.
    pub(super) fn arranged(size: Size, lines: Vec<TextLine>, order: ReadingOrder) -> Self {
        if order != ReadingOrder::Human {
            let layout = PageLayout::listed(&(0..lines.len()).collect::<Vec<_>>());
            return Self { size, turned: 0, lines, layout };
        }
        let quads: Vec<Quad> = lines.iter().map(|line| line.quad).collect();
        let mut layout = order.layout(&quads);
        let mut waiting: Vec<Option<TextLine>> = lines.into_iter().map(Some).collect();
        let lines = layout.order().into_iter().filter_map(|line| waiting.get_mut(line)?.take()).collect();
        layout.renumber();
        Self { size, turned: 0, lines, layout }
    }

    /// The page as it stands in the picture that was turned before it was read.
    pub(super) fn turned_back(mut self, source: Size, quarters: i32) -> Self {
        let back = Placement::turned(source, quarters);
        for line in &mut self.lines {
            line.quad = line.quad.map(|corner| back.point_to_source(corner));
        }
        Self { size: source, turned: quarters.rem_euclid(4), ..self }
    }
}
