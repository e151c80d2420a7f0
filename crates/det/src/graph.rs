//! What a network takes and gives: eight raw outputs, or finished rows where an export has decoding and suppression inside.

use vtk_imaging::Size;
use vtk_nn::Network;

use crate::DetError;
use crate::decode::{PROJECT, levels::Order};

/// How a network's outputs are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// Four outputs of scores, four of distributions; with what the bins of a distribution stand for.
    Levels {
        /// As many numbers as bins.
        project: Vec<f32>,
    },
    /// Rows of class, score and box, in the picture's pixels. Of the outputs only the first counts: the second, their number, is wrong
    /// in files that were simplified.
    Rows {
        /// What each input of the graph takes.
        inputs: Vec<Fed>,
    },
}

/// What an input of an export with suppression inside takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fed {
    /// The picture.
    Picture,
    /// Height and width of the input over those of the picture.
    ScaleFactor,
    /// Height and width of the input.
    Shape,
}

/// Numbers in a row: class, score, x0, y0, x1, y1.
pub(crate) const ROW: usize = 6;

/// A network's input and outputs as a detector sees them.
pub(crate) struct Seen {
    pub(crate) form: Form,
    /// None where only running would tell.
    pub(crate) classes: Option<usize>,
}

/// The size of pictures that a graph takes; none where it takes any.
pub(crate) fn fixed_size(network: &Network) -> Option<Size> {
    let picture = network.inputs().iter().find(|input| input.shape.len() == 4)?;
    Some(Size::new(picture.shape[3]?, picture.shape[2]?))
}

/// Looks at a graph, or at a grown network, that is to take pictures of this size.
pub(crate) fn look(model: &str, network: &Network, size: Size) -> Result<Seen, DetError> {
    let refuse = |reason: String| DetError::NotADetector { model: model.to_owned(), reason };
    let inputs = fed(network).map_err(refuse)?;
    let shapes =
        network.output_shapes(&input_shapes(&inputs, size)).map_err(|cause| DetError::Network { model: model.to_owned(), cause })?;
    if inputs == [Fed::Picture] && shapes.iter().all(|shape| shape.iter().all(Option::is_some)) && shapes.len() != 2 {
        let shapes: Vec<Vec<usize>> = shapes.into_iter().map(|shape| shape.into_iter().flatten().collect()).collect();
        let order = Order::of_shapes(&shapes, PROJECT.len(), size).map_err(refuse)?;
        return Ok(Seen { form: Form::Levels { project: PROJECT.to_vec() }, classes: Some(order.classes) });
    }
    let row = |shape: &Vec<Option<usize>>| shape.len() == 2 && shape[1].is_none_or(|n| n == ROW);
    if shapes.first().is_some_and(row) {
        return Ok(Seen { form: Form::Rows { inputs }, classes: None });
    }
    Err(refuse(format!(
        "gives {} outputs of shapes {}; vtk reads exports of PicoDet without post-processing (8 outputs) and with suppression inside (rows \
         of 6 numbers): export with post_process=False, or with nms=True",
        shapes.len(),
        shapes.iter().map(|shape| shape_text(shape)).collect::<Vec<_>>().join(", ")
    )))
}

fn shape_text(shape: &[Option<usize>]) -> String {
    let sizes: Vec<String> = shape.iter().map(|d| d.map_or_else(|| "any".to_owned(), |d| d.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}

/// What each input takes, told by its axes and its name.
fn fed(network: &Network) -> Result<Vec<Fed>, String> {
    let what = |input: &vtk_nn::InputInfo| match input.shape.as_slice() {
        [_, channels, _, _] if channels.is_none_or(|c| c == 3) => Some(Fed::Picture),
        [_, Some(2) | None] if input.name.contains("shape") => Some(Fed::Shape),
        [_, Some(2) | None] => Some(Fed::ScaleFactor),
        _ => None,
    };
    let fed: Option<Vec<Fed>> = network.inputs().iter().map(what).collect();
    fed.filter(|fed| fed.iter().filter(|f| **f == Fed::Picture).count() == 1).ok_or_else(|| {
        let inputs: Vec<String> = network.inputs().iter().map(|input| format!("{} {input}", input.name)).collect();
        format!("takes {}; a detector takes one picture [1, 3, height, width]", inputs.join(", "))
    })
}

/// The shapes of all inputs for one picture.
pub(crate) fn input_shapes(inputs: &[Fed], size: Size) -> Vec<Vec<usize>> {
    inputs.iter().map(|fed| if *fed == Fed::Picture { vec![1, 3, size.height, size.width] } else { vec![1, 2] }).collect()
}
