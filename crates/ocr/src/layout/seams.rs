//! What was found in overlapping windows, joined: nothing twice, nothing cut.
//!
//! Two boxes of different windows are the same line if they stand on one line and share a stretch of it, or if one window's border cuts
//! its upper half off and another's the lower. Of such a group the one that no border cuts and that holds the others stays; where none
//! does (a line longer than the overlap), the halves make one box.

use vtk_imaging::Size;

use super::Window;
use crate::Quad;

/// Joins what a detector found in the windows of a picture: for each window, quads in pixels of the picture (not of the window) and
/// their scores.
///
/// What was found in a single window is left as it is. The order is that of the windows, each line where it was first found; a joined
/// line has the mean score of its parts, each weighing as much as it is long.
#[must_use]
pub fn join_windows(picture: Size, found: &[(Window, Vec<(Quad, f32)>)]) -> Vec<(Quad, f32)> {
    if let [(_, only)] = found {
        return only.clone();
    }
    let parts = parts(picture, found);
    let mut group: Vec<usize> = (0..parts.len()).collect();
    let mut by_top: Vec<usize> = (0..parts.len()).collect();
    by_top.sort_by(|&a, &b| parts[a].bounds[1].total_cmp(&parts[b].bounds[1]));
    for (at, &a) in by_top.iter().enumerate() {
        for &b in by_top[at + 1..].iter().take_while(|&&b| parts[b].bounds[1] <= parts[a].bounds[3]) {
            if parts[a].window != parts[b].window && parts[a].is_same_as(&parts[b]) {
                let (a, b) = (root(&mut group, a), root(&mut group, b));
                group[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: Vec<Vec<&Part>> = vec![Vec::new(); parts.len()];
    for (at, part) in parts.iter().enumerate() {
        let root = root(&mut group, at);
        groups[root].push(part);
    }
    let windows: Vec<Window> = found.iter().map(|(window, _)| *window).collect();
    groups.iter().filter_map(|group| joined(group, &windows, picture)).collect()
}

/// The representative of a part's group.
fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// What was found in one window.
struct Part {
    window: usize,
    quad: Quad,
    score: f32,
    /// Left, top, right, bottom.
    bounds: [f32; 4],
    axes: Axes,
    /// Whether a border within the picture cuts it at an end.
    cut_along: bool,
    /// Whether one cuts it above or below.
    cut_across: bool,
}

/// The direction of a line, and how far it reaches along and across it.
#[derive(Clone, Copy)]
struct Axes {
    along: [f32; 2],
    length: f32,
    height: f32,
}

impl Axes {
    fn of(quad: &Quad) -> Self {
        let between = |p: [f32; 2], q: [f32; 2]| [q[0] - p[0], q[1] - p[1]];
        let add = |p: [f32; 2], q: [f32; 2]| [f32::midpoint(p[0], q[0]), f32::midpoint(p[1], q[1])];
        let across = add(between(quad[0], quad[3]), between(quad[1], quad[2]));
        let along = add(between(quad[0], quad[1]), between(quad[3], quad[2]));
        let (width, height) = (along[0].hypot(along[1]), across[0].hypot(across[1]));
        // A tall box is a line that runs down; seen so, its upper edge is the right one.
        let tall = height >= 1.5 * width;
        let [x, y] = if tall { across } else { along };
        let long = x.hypot(y);
        let along = if long > 0.0 { [x / long, y / long] } else { [1.0, 0.0] };
        Self { along, length: width.max(height), height: width.min(height) }
    }

    /// How far a quad reaches: from where to where along this direction, and across it.
    fn reach(&self, quad: &Quad) -> [[f32; 2]; 2] {
        let [ux, uy] = self.along;
        let none = [f32::INFINITY, f32::NEG_INFINITY];
        quad.iter().fold([none, none], |[along, across], &[x, y]| {
            let (s, t) = (x * ux + y * uy, y * ux - x * uy);
            [[along[0].min(s), along[1].max(s)], [across[0].min(t), across[1].max(t)]]
        })
    }

    /// The rectangle that reaches so far.
    fn rectangle(&self, [[s0, s1], [t0, t1]]: [[f32; 2]; 2]) -> Quad {
        let [ux, uy] = self.along;
        let corners = [[s0, t0], [s1, t0], [s1, t1], [s0, t1]].map(|[s, t]| [s * ux - t * uy, s * uy + t * ux]);
        // Of a line that runs down the corner at the top left is where its lower edge begins.
        if uy.abs() > ux.abs() { [corners[3], corners[0], corners[1], corners[2]] } else { corners }
    }
}

fn parts(picture: Size, found: &[(Window, Vec<(Quad, f32)>)]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, (window, boxes)) in found.iter().enumerate() {
        // A box is widened beyond its letters and rounded to the detector's pixels: so near to the border it may be cut.
        let margin = 1.0 + window.size.long() as f32 / 480.0;
        for &(quad, score) in boxes.iter().filter(|(quad, _)| quad.iter().flatten().all(|v| v.is_finite())) {
            let none = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
            let bounds = quad.iter().fold(none, |[x0, y0, x1, y1], &[x, y]| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
            let across_x = (window.left > 0 && bounds[0] <= window.left as f32 + margin)
                || (window.right() < picture.width && bounds[2] >= window.right() as f32 - margin);
            let across_y = (window.top > 0 && bounds[1] <= window.top as f32 + margin)
                || (window.bottom() < picture.height && bounds[3] >= window.bottom() as f32 - margin);
            let axes = Axes::of(&quad);
            let down = axes.along[1].abs() > axes.along[0].abs();
            let (cut_along, cut_across) = if down { (across_y, across_x) } else { (across_x, across_y) };
            parts.push(Part { window: index, quad, score, bounds, axes, cut_along, cut_across });
        }
    }
    parts
}

fn shared(a: [f32; 2], b: [f32; 2]) -> f32 {
    a[1].min(b[1]) - a[0].max(b[0])
}

impl Part {
    fn is_cut(&self) -> bool {
        self.cut_along || self.cut_across
    }

    /// Whether both are the same line of text, or parts of it.
    fn is_same_as(&self, other: &Self) -> bool {
        let apart = self.bounds[0] > other.bounds[2] || other.bounds[0] > self.bounds[2];
        if apart || self.bounds[1] > other.bounds[3] || other.bounds[1] > self.bounds[3] {
            return false;
        }
        let axes = if self.axes.length >= other.axes.length { self.axes } else { other.axes };
        let ([s, t], [other_s, other_t]) = (axes.reach(&self.quad), axes.reach(&other.quad));
        let (along, across) = (shared(s, other_s), shared(t, other_t));
        let (length, height) = ((s[1] - s[0]).min(other_s[1] - other_s[0]), (t[1] - t[0]).min(other_t[1] - other_t[0]));
        if self.cut_across || other.cut_across {
            let halves = self.cut_across && other.cut_across && across > 0.0;
            return along >= 0.5 * length && (across >= 0.5 * height || halves);
        }
        let alike = self.axes.height.max(other.axes.height) <= 2.0 * self.axes.height.min(other.axes.height);
        alike && across >= 0.6 * height && along >= (0.5 * length).min(0.5 * height)
    }

    /// Whether it lies in `window`, off its borders, so that it would have been found there if it were a line.
    fn is_within(&self, window: &Window) -> bool {
        let [x0, y0, x1, y1] = self.bounds;
        let reach = 0.5 * self.axes.height;
        x0 >= window.left as f32 && y0 >= window.top as f32 && x1 + reach <= window.right() as f32 && y1 + reach <= window.bottom() as f32
    }
}

/// The one box of a group of parts; none for a lone cut-off piece of what another window saw whole and took for nothing.
fn joined(group: &[&Part], windows: &[Window], picture: Size) -> Option<(Quad, f32)> {
    let &longest = group.iter().max_by(|a, b| a.axes.length.total_cmp(&b.axes.length))?;
    if let [only] = group {
        let seen = || windows.iter().enumerate().any(|(index, window)| index != only.window && only.is_within(window));
        return (!only.is_cut() || !seen()).then_some((only.quad, only.score));
    }
    let axes = longest.axes;
    let reaches: Vec<[[f32; 2]; 2]> = group.iter().map(|part| axes.reach(&part.quad)).collect();
    let hull = |reaches: &mut dyn Iterator<Item = [f32; 2]>| {
        reaches.fold([f32::INFINITY, f32::NEG_INFINITY], |hull, reach| [hull[0].min(reach[0]), hull[1].max(reach[1])])
    };
    let along = hull(&mut reaches.iter().map(|reach| reach[0]));
    let tolerance = 0.5 * axes.height;
    let whole = group.iter().zip(&reaches).filter(|(part, _)| !part.is_cut());
    let holds = whole.filter(|(_, [reach, _])| reach[0] <= along[0] + tolerance && reach[1] >= along[1] - tolerance);
    if let Some((part, _)) = holds.max_by(|a, b| a.0.score.total_cmp(&b.0.score)) {
        return Some((part.quad, part.score));
    }
    let all_cut = group.iter().all(|part| part.cut_across);
    let across = hull(&mut group.iter().zip(&reaches).filter(|(part, _)| all_cut || !part.cut_across).map(|(_, reach)| reach[1]));
    let length: f32 = group.iter().map(|part| part.axes.length).sum();
    let score = group.iter().map(|part| part.score * part.axes.length).sum::<f32>() / length.max(f32::MIN_POSITIVE);
    let clip = |[x, y]: [f32; 2]| [x.clamp(0.0, picture.width as f32), y.clamp(0.0, picture.height as f32)];
    Some((axes.rectangle([along, across]).map(clip), score))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::plan_windows;

    fn upright([x0, y0, x1, y1]: [f32; 4]) -> Quad {
        [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    }

    /// What a perfect detector would find: of every line the part that a window shows, unless it is a sliver.
    fn seen(picture: Size, lines: &[[f32; 4]]) -> Vec<(Window, Vec<(Quad, f32)>)> {
        let windows = plan_windows(picture, 960);
        let in_window = |window: &Window| {
            let clip = |&[x0, y0, x1, y1]: &[f32; 4]| {
                let [left, top, right, bottom] = [window.left, window.top, window.right(), window.bottom()].map(|v| v as f32);
                let shown = [x0.max(left), y0.max(top), x1.min(right), y1.min(bottom)];
                (shown[2] - shown[0] >= 4.0 && shown[3] - shown[1] >= 4.0).then(|| (upright(shown), 0.75))
            };
            lines.iter().filter_map(clip).collect()
        };
        windows.iter().map(|window| (*window, in_window(window))).collect()
    }

    fn joins_to(picture: Size, lines: &[[f32; 4]]) {
        let mut joined = join_windows(picture, &seen(picture, lines));
        let key = |quad: &Quad| (quad[0][1], quad[0][0]);
        joined.sort_by(|a, b| key(&a.0).partial_cmp(&key(&b.0)).unwrap());
        let mut expected: Vec<Quad> = lines.iter().map(|&line| upright(line)).collect();
        expected.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap());
        assert_eq!(joined.len(), expected.len(), "{joined:?}\n{expected:?}");
        for ((got, score), want) in joined.iter().zip(&expected) {
            let off = got.iter().flatten().zip(want.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 0.01 && (score - 0.75).abs() < 1e-6, "{got:?}, expected {want:?}");
        }
    }

    #[test]
    fn a_long_screenshot_has_each_line_once() {
        let lines: Vec<[f32; 4]> = (0..350).map(|row| [20.0, 12.0 + 42.0 * row as f32, 500.0, 40.0 + 42.0 * row as f32]).collect();
        joins_to(Size::new(600, 15000), &lines);
    }

    #[test]
    fn a_subtitle_is_one_line_and_its_neighbors_are_not_drawn_in() {
        joins_to(Size::new(1920, 60), &[[100.0, 10.0, 1800.0, 50.0]]);
        joins_to(Size::new(1920, 60), &[[100.0, 10.0, 700.0, 50.0], [720.0, 10.0, 1250.0, 50.0], [1270.0, 12.0, 1900.0, 52.0]]);
    }

    #[test]
    fn letters_taller_than_the_overlap_are_put_together() {
        joins_to(Size::new(600, 5000), &[[50.0, 700.0, 550.0, 1100.0], [50.0, 1300.0, 550.0, 1340.0]]);
    }

    #[test]
    fn lines_cross_both_seams_of_a_large_sheet() {
        let lines: Vec<[f32; 4]> = (0..60).map(|row| [100.0, 50.0 + 110.0 * row as f32, 4800.0, 130.0 + 110.0 * row as f32]).collect();
        joins_to(Size::new(4961, 7016), &lines);
    }

    #[test]
    fn a_line_that_falls_is_joined_along_its_slope() {
        let picture = Size::new(1920, 60);
        let at = |x: f32, down: f32| [x, 8.0 + 0.01 * x + down];
        let piece = |x0: f32, x1: f32| ([at(x0, 0.0), at(x1, 0.0), at(x1, 25.0), at(x0, 25.0)], 1.0);
        let windows = plan_windows(picture, 960);
        let found: Vec<_> = windows.iter().map(|w| (*w, vec![piece((w.left as f32).max(50.0), (w.right() as f32).min(1850.0))])).collect();
        let joined = join_windows(picture, &found);
        assert_eq!(joined.len(), 1);
        for (got, want) in joined[0].0.iter().zip(piece(50.0, 1850.0).0) {
            assert!((got[0] - want[0]).abs() < 1.0 && (got[1] - want[1]).abs() < 1.0, "{joined:?}");
        }
    }

    #[test]
    fn a_vertical_line_keeps_its_corners() {
        joins_to(Size::new(600, 5000), &[[50.0, 100.0, 90.0, 4000.0], [300.0, 2000.0, 340.0, 2400.0]]);
    }

    #[test]
    fn a_sliver_that_the_next_window_took_for_nothing_is_dropped() {
        let picture = Size::new(600, 3000);
        let windows = plan_windows(picture, 960);
        let sliver = upright([50.0, windows[0].bottom() as f32 - 12.0, 300.0, windows[0].bottom() as f32]);
        let mut found: Vec<_> = windows.iter().map(|window| (*window, Vec::new())).collect();
        found[0].1.push((sliver, 0.5));
        assert_eq!(join_windows(picture, &found), []);
        let whole = upright([50.0, 100.0, 300.0, 130.0]);
        found[0].1[0].0 = whole;
        assert_eq!(join_windows(picture, &found), [(whole, 0.5)]);
    }

    #[test]
    fn one_window_is_left_alone() {
        let boxes = vec![(upright([0.0, 0.0, 5.0, 5.0]), 0.5), (upright([0.0, 0.0, 5.0, 5.0]), 0.25)];
        assert_eq!(join_windows(Size::new(9, 9), &[(Window::whole(Size::new(9, 9)), boxes.clone())]), boxes);
        assert_eq!(join_windows(Size::new(9, 9), &[]), []);
    }

    proptest! {
        #[test]
        fn no_line_is_doubled_or_cut(
            width in 400usize..1400,
            lines in prop::collection::vec((0.0f32..0.4, 0.5f32..1.0, 14.0f32..60.0, 6.0f32..40.0), 1..90),
        ) {
            let picture = Size::new(width, 6000);
            let mut y = 5.0;
            let mut placed = Vec::new();
            for (from, to, height, gap) in lines {
                if y + height < 6000.0 {
                    placed.push([(from * width as f32).round(), y.round(), (to * width as f32).round(), (y + height).round()]);
                }
                y += height + gap;
            }
            joins_to(picture, &placed);
        }

        #[test]
        fn no_number_is_too_odd(corners in prop::collection::vec(prop::array::uniform4(prop::array::uniform2(any::<f32>())), 0..8)) {
            let picture = Size::new(600, 3000);
            let found: Vec<_> = plan_windows(picture, 960).into_iter().map(|w| (w, corners.iter().map(|q| (*q, 0.5)).collect())).collect();
            let joined = join_windows(picture, &found);
            prop_assert!(joined.len() <= found.len() * corners.len());
        }
    }
}
