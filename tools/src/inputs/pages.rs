//! Files of several pages: each page becomes an input of its own.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

use super::{Input, Listing, Source};
use crate::failure::Failure;

/// Which pages are wanted: all, or those in some ranges, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pages(Vec<RangeInclusive<usize>>);

impl Pages {
    fn wants(&self, page: usize) -> bool {
        self.0.is_empty() || self.0.iter().any(|range| range.contains(&page))
    }
}

impl FromStr for Pages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| {
            let number = |text: &str| text.trim().parse::<usize>().ok().filter(|page| *page > 0);
            let (first, last) = match part.split_once('-') {
                None => (number(part)?, number(part)?),
                Some((first, "")) => (number(first)?, usize::MAX),
                Some((first, last)) => (number(first)?, number(last)?),
            };
            (first <= last).then_some(first..=last)
        };
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        ranges.map(Pages).ok_or_else(|| "pages are counted from 1 and written as 3, 2-4, 5- or 1,3-5".to_owned())
    }
}

/// The page that an input stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageNumber {
    /// Counted from 1.
    pub(super) number: usize,
    /// Whether it is the first of its file that is wanted.
    pub(super) first: bool,
    /// Whether its file has more than one.
    pub(super) several: bool,
}

impl Listing {
    /// Puts in place of each input its pages that are wanted. What can't be read keeps its place, and fails when it is read.
    pub(crate) fn by_pages(self, pages: &Pages) -> Listing {
        let inputs = self.inputs.into_iter().flat_map(|input| paged(input, pages)).collect();
        Listing { inputs, ..self }
    }
}

fn paged(input: Input, pages: &Pages) -> Vec<Input> {
    let (input, count) = counted(input);
    let wanted: Vec<usize> = (1..=count).filter(|page| pages.wants(*page)).collect();
    if wanted.is_empty() {
        let has = if count == 1 { "has one page".to_owned() } else { format!("has {count} pages") };
        let message = format!("{}: {has}, and --pages asks for others", input.shown);
        return vec![Input { source: Source::Failed(Failure::new("usage", message)), ..input }];
    }
    let page = |(place, number)| Input { page: Some(PageNumber { number, first: place == 0, several: count > 1 }), ..input.clone() };
    wanted.into_iter().enumerate().map(page).collect()
}

/// An input that can be read as often as it has pages, and how many that are. Only TIFF files have more than one.
fn counted(mut input: Input) -> (Input, usize) {
    if let Source::Stdin = input.source {
        match input.read() {
            Ok(bytes) => input.source = Source::Memory(Arc::new(bytes)),
            Err(failure) => input.source = Source::Failed(failure),
        }
    }
    let count = match &input.source {
        Source::File(_) if !input.begins_as_tiff() => 1,
        Source::Failed(_) => 1,
        // What can't be counted says why when it is decoded.
        _ => input.read().ok().and_then(|bytes| vtk_imaging::pages(&input.shown, &bytes).ok()).unwrap_or(1),
    };
    (input, count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_written_as_on_a_print_form() {
        let wanted = |text: &str| (1..=6).filter(|page| text.parse::<Pages>().unwrap().wants(*page)).collect::<Vec<_>>();
        assert_eq!(wanted("2-4"), [2, 3, 4]);
        assert_eq!(wanted("3"), [3]);
        assert_eq!(wanted("5-"), [5, 6]);
        assert_eq!(wanted("1, 3-4"), [1, 3, 4]);
        assert!(Pages::default().wants(7));
        for text in ["", "0", "4-2", "a", "1,", "-3", "1-2-3"] {
            assert!(text.parse::<Pages>().is_err(), "{text}");
        }
    }
}
