//! The eight outputs of a network, told apart and put in order: for each stride a score of each class and a distribution, cell by cell.

use ndarray::{ArrayD, ArrayView2, Axis, Ix2};
use vtk_imaging::Size;

use super::{STRIDES, distances};

/// The outputs of one stride. Cells go row by row from the top; a map has ⌈height / stride⌉ rows.
#[derive(Debug, Clone, Copy)]
pub struct Level<'a> {
    /// Input pixels per cell.
    pub stride: usize,
    /// Cells in a row.
    pub columns: usize,
    /// `[cells, classes]`.
    pub scores: ArrayView2<'a, f32>,
    /// `[cells, 4 · bins]`.
    pub distributions: ArrayView2<'a, f32>,
}

impl Level<'_> {
    /// The box around a cell's point, in pixels of the network's input.
    pub fn bbox(&self, cell: usize, project: &[f32]) -> [f32; 4] {
        let stride = self.stride as f32;
        let [x, y] = [(cell % self.columns) as f32 + 0.5, (cell / self.columns) as f32 + 0.5];
        let row = self.distributions.row(cell);
        let [left, top, right, bottom] = match row.as_slice() {
            Some(logits) => distances(logits, project),
            None => distances(&row.to_vec(), project),
        };
        [(x - left) * stride, (y - top) * stride, (x + right) * stride, (y + bottom) * stride]
    }
}

/// All outputs, fine maps first.
#[derive(Debug, Clone)]
pub struct Levels<'a> {
    /// One for each stride.
    pub levels: Vec<Level<'a>>,
    /// How many classes have scores.
    pub classes: usize,
    /// The network's input.
    pub input: Size,
}

/// Which output is which: places of the scores and of the distributions, each with fine maps first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) scores: Vec<usize>,
    pub(crate) distributions: Vec<usize>,
    pub(crate) classes: usize,
}

impl Order {
    /// Told from the last dimension where that differs, else by the order of exports: scores first. Within each, maps of more cells are
    /// the finer ones. Names tell nothing: each exporter has its own. The error says what was expected instead.
    pub(crate) fn of_shapes(shapes: &[Vec<usize>], bins: usize, input: Size) -> Result<Self, String> {
        let found = || shapes.iter().map(|s| format!("{s:?}")).collect::<Vec<_>>().join(", ");
        let expected = "a PicoDet without post-processing gives 8: [1, cells, classes] and [1, cells, 32] for strides 8, 16, 32, 64";
        let count = 2 * STRIDES.len();
        if shapes.len() != count || shapes.iter().any(|s| s.len() != 3 || s[0] != 1) {
            return Err(format!("gives {} outputs ({}); {expected}", shapes.len(), found()));
        }
        let last = |place: &usize| shapes[*place][2];
        let (wide, narrow): (Vec<usize>, Vec<usize>) = (0..count).partition(|place| last(place) == 4 * bins);
        let (mut distributions, mut scores) = match (wide.len(), narrow.len()) {
            (4, 4) => (wide, narrow),
            // As many classes as a distribution has numbers.
            (8, 0) => ((4..8).collect(), (0..4).collect()),
            _ => return Err(format!("gives outputs {}; {expected}", found())),
        };
        for places in [&mut scores, &mut distributions] {
            places.sort_by_key(|place| std::cmp::Reverse(shapes[*place][1]));
        }
        let classes = last(&scores[0]);
        let fits = STRIDES.iter().enumerate().all(|(level, stride)| {
            let cells = input.width.div_ceil(*stride) * input.height.div_ceil(*stride);
            [scores[level], distributions[level]].iter().all(|place| shapes[*place][1] == cells) && last(&scores[level]) == classes
        });
        if !fits || classes == 0 {
            return Err(format!("gives outputs {} for a picture of {input}; {expected}", found()));
        }
        Ok(Self { scores, distributions, classes })
    }
}

impl<'a> Levels<'a> {
    /// Tells eight outputs apart. `bins` is the length of the projection vector, `input` the size of the network's input.
    ///
    /// # Errors
    /// A text that says which outputs there are and which were expected.
    pub fn of_outputs(outputs: &'a [ArrayD<f32>], bins: usize, input: Size) -> Result<Self, String> {
        let shapes: Vec<Vec<usize>> = outputs.iter().map(|output| output.shape().to_vec()).collect();
        let order = Order::of_shapes(&shapes, bins, input)?;
        let flat = |place: usize| {
            let batch = outputs[place].index_axis(Axis(0), 0);
            batch.into_dimensionality::<Ix2>().map_err(|e| e.to_string())
        };
        let mut levels = Vec::new();
        for (level, stride) in STRIDES.into_iter().enumerate() {
            let (scores, distributions) = (flat(order.scores[level])?, flat(order.distributions[level])?);
            levels.push(Level { stride, columns: input.width.div_ceil(stride), scores, distributions });
        }
        Ok(Self { levels, classes: order.classes, input })
    }

    /// The number of cells of all maps.
    pub fn cells(&self) -> usize {
        self.levels.iter().map(|level| level.scores.nrows()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(classes: usize, order: [usize; 8]) -> Vec<Vec<usize>> {
        let cells = [240, 60, 15, 6];
        order.iter().map(|o| vec![1, cells[o % 4], if *o < 4 { classes } else { 32 }]).collect()
    }

    const INPUT: Size = Size { width: 160, height: 96 };

    #[test]
    fn any_order_is_told_apart() {
        let usual = Order { scores: vec![0, 1, 2, 3], distributions: vec![4, 5, 6, 7], classes: 80 };
        assert_eq!(Order::of_shapes(&shapes(80, [0, 1, 2, 3, 4, 5, 6, 7]), 8, INPUT), Ok(usual));
        let mixed = Order { scores: vec![6, 4, 2, 0], distributions: vec![7, 5, 3, 1], classes: 1 };
        assert_eq!(Order::of_shapes(&shapes(1, [3, 7, 2, 6, 1, 5, 0, 4]), 8, INPUT), Ok(mixed));
        let alike = Order { scores: vec![0, 1, 2, 3], distributions: vec![4, 5, 6, 7], classes: 32 };
        assert_eq!(Order::of_shapes(&shapes(32, [0, 1, 2, 3, 4, 5, 6, 7]), 8, INPUT), Ok(alike));
    }

    #[test]
    fn what_is_no_picodet_is_described() {
        let good = shapes(80, [0, 1, 2, 3, 4, 5, 6, 7]);
        let refused = |shapes: &[Vec<usize>], input| Order::of_shapes(shapes, 8, input).unwrap_err();
        assert!(refused(&good[..7], INPUT).starts_with("gives 7 outputs ([1, 240, 80]"));
        assert!(refused(&good, Size::new(320, 320)).contains("for a picture of 320×320"));
        let mut odd = good.clone();
        odd[0][2] = 79;
        assert!(refused(&odd, INPUT).contains("[1, 240, 79]"));
        odd[0] = vec![1, 240];
        assert!(refused(&odd, INPUT).contains("[1, 240], [1, 60, 80]"));
        odd[0] = vec![1, 240, 32];
        assert!(!refused(&odd, INPUT).is_empty());
        assert!(!refused(&[], INPUT).is_empty());
    }

    #[test]
    fn points_stand_in_the_middle_of_cells() {
        let zeros = |rows: usize, columns| ArrayD::<f32>::zeros(vec![1, rows, columns]);
        let mut outputs: Vec<ArrayD<f32>> = [240, 60, 15, 6].map(|n| zeros(n, 2)).into();
        outputs.extend([240, 60, 15, 6].map(|n| zeros(n, 32)));
        let levels = Levels::of_outputs(&outputs, 8, INPUT).unwrap();
        assert_eq!((levels.cells(), levels.classes), (321, 2));
        // Every side 3.5 cells away from the middle of the second cell in the third row of the coarsest map but one.
        assert_eq!(levels.levels[2].bbox(2 * 5 + 1, &super::super::PROJECT), [-64.0, -32.0, 160.0, 192.0]);
    }
}
