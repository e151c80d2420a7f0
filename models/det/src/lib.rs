//! PicoDet-XS for pictures of 416 × 416, which finds COCO's 80 kinds of objects, as bytes: 16-bit floats.

use vtk_zoo::Embedded;

/// The model, for [`vtk_zoo::Zoo::with_embedded`].
pub const MODEL: Embedded = Embedded {
    name: "picodet-xs-416",
    file: "picodet-xs-416.safetensors",
    bytes: include_bytes!("../picodet-xs-416.safetensors"),
    licence: include_str!("../LICENSE"),
    notice: include_str!("../NOTICE"),
};
