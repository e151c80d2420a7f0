//! Files of several pages: each page becomes an input of its own.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::input::Source;
use super::{Input, Listing, begins_as_picture};

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

impl Listing {
    /// Puts in place of each input its pages that are wanted. What can't be read keeps its place, and fails when it is read.
    pub(crate) fn by_pages(self, pages: &Pages) -> Listing {
        let inputs = self.inputs.into_iter().flat_map(|input| paged(input, pages)).collect();
        Listing { inputs, ..self }
    }
}

fn paged(input: Input, pages: &Pages) -> Vec<Input> {
    let input = input.kept();
    // What can't be counted, be it no picture or a broken one, says why when it is decoded.
    let Some(count) = count(&input) else { return vec![input] };
    let wanted: Vec<usize> = (1..=count).filter(|page| pages.wants(*page)).collect();
    if wanted.is_empty() {
        let has = if count == 1 { "has one page".to_owned() } else { format!("has {count} pages") };
        return vec![input.fail("usage", &format!("{has}, and --pages asks for others"))];
    }
    wanted.into_iter().map(|number| input.at_page(number, count > 1)).collect()
}

/// How many pages a picture has. Only TIFF files have more than one, so that others need not be read for it.
fn count(input: &Input) -> Option<usize> {
    match &input.source {
        _ if input.is_lost() => None,
        Source::Shared(_) if !input.begins_as_tiff() => {
            input.path().and_then(|path| begins_as_picture(path).ok()).filter(|is| *is).map(|_| 1)
        }
        _ => vtk_imaging::pages(input.shown(), &input.read().ok()?).ok(),
    }
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
