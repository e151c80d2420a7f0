//! Which lines go through the network together, how wide their tensor is, and how a line that is too long for one run is cut.

use ndarray::{Array4, ArrayView4, Axis, Slice};
use vtk_imaging::{Alpha, Arithmetic, Filter, ImagingError, LineWidth, Order, Recipe, RgbImage, Size, Step};

use super::RecognizeOptions;
use super::decode::Column;

/// A line of more than so many heights is read in windows. No network was trained on such lines, and what some of them (those with
/// attention) need grows with the square of the length.
const LONGEST: usize = 64;

/// Windows overlap by so many heights: more than a word, so that in the middle of it neither window feels its rim.
const OVERLAP: usize = 10;

/// A line of more than so many heights is squeezed to that: a rule, or a slip of the detector.
const MOST: usize = 1000;

/// Lines that are one input of the network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Batch {
    /// Numbers of the lines.
    pub(super) lines: Vec<usize>,
    /// Width / height of the tensor.
    ratio: f64,
    /// Width of the tensor, or of the windows on it.
    pub(super) width: usize,
    /// For a line that is read in windows: its whole width.
    whole: Option<usize>,
}

impl Batch {
    /// How much of the tensor's width a line covers.
    pub(super) fn share(&self, line: Size) -> f64 {
        if self.whole.is_some() { 1.0 } else { (ratio(line) / self.ratio).min(1.0) }
    }
}

fn ratio(size: Size) -> f64 {
    size.width as f64 / size.height as f64
}

/// Puts lines together in order of width / height, narrow ones first. Lines of more than [`LONGEST`] heights are alone.
pub(super) fn batches(sizes: &[Size], height: usize, options: &RecognizeOptions) -> Vec<Batch> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| ratio(sizes[*a]).total_cmp(&ratio(sizes[*b])));
    let mut batches = Vec::new();
    for lines in order.chunks(options.batch.max(1)) {
        let (short, long): (Vec<usize>, Vec<usize>) = lines.iter().partition(|line| ratio(sizes[**line]) <= LONGEST as f64);
        let widest = short.iter().map(|line| ratio(sizes[*line])).fold(options.min_width as f64 / height as f64, f64::max);
        let exact = (height as f64 * widest) as usize;
        let width = exact.next_multiple_of(options.width_step.max(1));
        if !short.is_empty() {
            let ratio = if width == exact { widest } else { width as f64 / height as f64 };
            batches.push(Batch { lines: short, ratio, width, whole: None });
        }
        batches.extend(long.into_iter().map(|line| {
            let whole = ((height as f64 * ratio(sizes[line])) as usize).min(height * MOST);
            Batch { lines: vec![line], ratio: ratio(sizes[line]), width: height * LONGEST, whole: Some(whole) }
        }));
    }
    batches
}

/// PaddleOCR's preparation of lines of text for a network of this height.
pub(super) fn recipe(height: usize, width: LineWidth) -> Result<Recipe, ImagingError> {
    Recipe::new(vec![
        Step::Decode { alpha: Alpha::Drop },
        Step::Channels { order: Order::Bgr },
        Step::Line { height, width, filter: Filter::Linear, arithmetic: Arithmetic::U8 },
        Step::Scale { over: 255.0 },
        Step::Normalize { mean: [0.5; 3], std: [0.5; 3] },
        Step::PadLine { value: 0.0 },
        Step::Layout,
    ])
}

impl Batch {
    /// The tensors of a batch: one, or the windows on a long line, which `recipe` would make without end.
    pub(super) fn tensors(&self, lines: &[RgbImage], recipe_of_lines: &Recipe, height: usize) -> Result<Vec<Array4<f32>>, ImagingError> {
        let pictures: Vec<&RgbImage> = self.lines.iter().map(|line| &lines[*line]).collect();
        match self.whole {
            None => {
                let tensor = recipe_of_lines.prepare_batch(&pictures)?.tensor;
                Ok(vec![padded(tensor, self.width)])
            }
            Some(whole) => {
                let tensor = recipe(height, LineWidth::Fixed(whole))?.prepare_batch(&pictures)?.tensor;
                Ok(windows(tensor.view(), self.width, height * OVERLAP))
            }
        }
    }
}

/// With zeros at the right up to `width`.
fn padded(tensor: Array4<f32>, width: usize) -> Array4<f32> {
    let (lines, channels, height, own) = tensor.dim();
    if own >= width {
        return tensor;
    }
    let mut wide = Array4::zeros((lines, channels, height, width));
    wide.slice_axis_mut(Axis(3), Slice::from(..own)).assign(&tensor);
    wide
}

/// Windows of one width on a long tensor, each but the last overlapping the next.
fn windows(tensor: ArrayView4<'_, f32>, width: usize, overlap: usize) -> Vec<Array4<f32>> {
    let whole = tensor.dim().3;
    let starts = (0..).map(|i| i * (width - overlap)).take_while(|start| *start == 0 || start + overlap < whole);
    let part = |start: usize| tensor.slice_axis(Axis(3), Slice::from(start..whole.min(start + width))).to_owned();
    starts.map(|start| padded(part(start), width)).collect()
}

/// The columns of a long line out of those of its windows, which begin so many columns apart. Where two overlap, the seam lies where
/// both see a blank, as near to the middle as there is one.
pub(super) fn stitched(windows: &[Vec<Column>], apart: usize) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (index, window) in windows.iter().enumerate() {
        let start = index * apart;
        // Of windows that don't meet nothing is lost.
        let overlap = columns.len().saturating_sub(start).min(window.len());
        let middle = overlap / 2;
        let blank = |at: &usize| columns.get(start + at).is_some_and(|c| c.class == 0) && window[*at].class == 0;
        let inner = overlap / 4..overlap - overlap / 4;
        let seam = inner.filter(blank).min_by_key(|at| at.abs_diff(middle)).unwrap_or(middle);
        columns.truncate(start + seam);
        columns.extend_from_slice(&window[seam..]);
    }
    columns
}

/// How many columns apart windows begin that have so many.
pub(super) fn columns_apart(columns: usize) -> usize {
    columns * (LONGEST - OVERLAP) / LONGEST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes(list: &[(usize, usize)]) -> Vec<Size> {
        list.iter().map(|(w, h)| Size::new(*w, *h)).collect()
    }

    #[test]
    fn batches_of_the_references() {
        let lines = sizes(&[(600, 30), (20, 30), (400, 40), (100, 50)]);
        let made = batches(&lines, 48, &RecognizeOptions::exact(3));
        assert_eq!(made.iter().map(|b| (b.lines.clone(), b.width)).collect::<Vec<_>>(), [(vec![1, 3, 2], 480), (vec![0], 960)]);
        assert!((made[0].share(lines[3]) - 0.2).abs() < 1e-12);
        let narrow = batches(&lines[1..2], 48, &RecognizeOptions::exact(6));
        assert_eq!(narrow[0].width, 320);
    }

    #[test]
    fn steps_make_few_widths() {
        let lines = sizes(&[(333, 48), (340, 48), (321, 48), (1, 48)]);
        let made = batches(&lines, 48, &RecognizeOptions::default());
        assert_eq!(made.iter().map(|b| b.width).collect::<Vec<_>>(), [320, 352, 352, 352]);
        assert!((made[1].share(lines[2]) - 321.0 / 352.0).abs() < 1e-12);
    }

    #[test]
    fn long_lines_are_alone_and_absurd_ones_squeezed() {
        let lines = sizes(&[(64 * 30, 30), (65 * 30, 30), (60_000, 1)]);
        let made = batches(&lines, 48, &RecognizeOptions::exact(6));
        assert_eq!(made.iter().map(|b| (b.width, b.whole)).collect::<Vec<_>>(), [(3072, None), (3072, Some(3120)), (3072, Some(48_000))]);
    }

    #[test]
    fn windows_cover_the_whole_line() {
        let tensor = Array4::from_shape_fn((1, 3, 2, 250), |(_, _, _, x)| x as f32);
        let cut = windows(tensor.view(), 100, 20);
        assert_eq!(cut.len(), 3);
        assert_eq!(
            cut.iter().map(|w| (w[[0, 2, 1, 0]], w[[0, 0, 0, 89]])).collect::<Vec<_>>(),
            [(0.0, 89.0), (80.0, 169.0), (160.0, 249.0)]
        );
        assert_eq!(cut[2][[0, 0, 0, 90]], 0.0);
    }

    #[test]
    fn a_seam_lies_between_characters() {
        let column = |class: usize| Column { class, probability: 0.5 };
        let line: Vec<usize> = vec![1, 0, 2, 0, 3, 3, 0, 4, 5, 5, 0, 6, 0, 7];
        // The second window sees the rim of what it cuts wrongly.
        let first: Vec<Column> = line[..10].iter().map(|c| column(*c)).collect();
        let second: Vec<Column> = [9].iter().chain(&line[5..]).map(|c| column(*c)).collect();
        let whole: Vec<usize> = stitched(&[first, second], 4).iter().map(|c| c.class).collect();
        assert_eq!(whole, line);
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_batch(list in prop::collection::vec((1usize..5000, 1usize..300), 0..40), batch in 1usize..8, step in 1usize..65) {
            let lines = sizes(&list);
            let options = RecognizeOptions { batch, width_step: step, ..RecognizeOptions::default() };
            let made = batches(&lines, 48, &options);
            let mut seen: Vec<usize> = made.iter().flat_map(|b| b.lines.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lines.len()).collect::<Vec<_>>());
            for b in &made {
                prop_assert!(b.width >= 320 && b.width.is_multiple_of(step) || b.whole.is_some());
                prop_assert!(b.lines.iter().all(|l| (0.0..=1.0).contains(&b.share(lines[*l]))));
            }
        }

        #[test]
        fn any_windows_are_stitched(windows in prop::collection::vec(prop::collection::vec(0usize..4, 0..30), 0..5), apart in 0usize..40) {
            let windows: Vec<Vec<Column>> =
                windows.iter().map(|w| w.iter().map(|c| Column { class: *c, probability: 0.5 }).collect()).collect();
            let whole = stitched(&windows, apart);
            prop_assert!(whole.len() <= windows.iter().map(Vec::len).sum());
        }
    }
}
