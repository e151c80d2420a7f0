//! Two PP-LCNets that tell which way up text stands, as bytes: x1.0 for a page, x0.25 for a line. 16-bit floats.

use vtk_zoo::Embedded;

/// The model for pages, for [`vtk_zoo::Zoo::with_embedded`].
pub const MODEL: Embedded = Embedded {
    name: "page-orientation",
    file: "pplcnet-x1.0-page-orientation.safetensors",
    bytes: include_bytes!("../pplcnet-x1.0-page-orientation.safetensors"),
    licence: include_str!("../LICENSE"),
    notice: include_str!("../NOTICE"),
};

/// The model for lines, for [`vtk_zoo::Zoo::with_embedded`].
pub const LINE_MODEL: Embedded = Embedded {
    name: "textline-orientation",
    file: "pplcnet-x0.25-textline-orientation.safetensors",
    bytes: include_bytes!("../pplcnet-x0.25-textline-orientation.safetensors"),
    licence: include_str!("../LICENSE"),
    notice: include_str!("../NOTICE-textline"),
};
