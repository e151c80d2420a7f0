//! PP-LCNet x1.0 that tells which way up a page of text stands, as bytes: 16-bit floats.

use vtk_zoo::Embedded;

/// The model, for [`vtk_zoo::Zoo::with_embedded`].
pub const MODEL: Embedded = Embedded {
    name: "page-orientation",
    file: "pplcnet-x1.0-page-orientation.safetensors",
    bytes: include_bytes!("../pplcnet-x1.0-page-orientation.safetensors"),
    licence: include_str!("../LICENSE"),
    notice: include_str!("../NOTICE"),
};
