//! PP-OCRv6 tiny as bytes: the detector of lines of text, and the recognizer that reads them (Chinese and English, weights in 8 bits).

use vtk_zoo::Embedded;

/// The texts that go with both files.
const LICENCE: &str = include_str!("../LICENSE");
const NOTICE: &str = include_str!("../NOTICE");

/// The detector, for [`vtk_zoo::Zoo::with_embedded`].
pub const DETECTOR: Embedded = Embedded {
    name: "ppocr-v6-tiny-det",
    file: "PP-OCRv6_det_tiny.onnx",
    bytes: include_bytes!("../PP-OCRv6_det_tiny.onnx"),
    licence: LICENCE,
    notice: NOTICE,
};

/// The recognizer, likewise.
pub const RECOGNIZER: Embedded = Embedded {
    name: "ppocr-v6-tiny-rec",
    file: "PP-OCRv6_rec_tiny.onnx",
    bytes: include_bytes!("../PP-OCRv6_rec_tiny.onnx"),
    licence: LICENCE,
    notice: NOTICE,
};
