//! EfficientNet-Lite0 with ImageNet's 1000 classes, as bytes: 16-bit floats, 75.1 % top-1. Trained on ImageNet, see `NOTICE`.

use vtk_zoo::Embedded;

/// The model, for [`vtk_zoo::Zoo::with_embedded`].
pub const MODEL: Embedded = Embedded {
    name: "efficientnet-lite0",
    file: "efficientnet-lite0.safetensors",
    bytes: include_bytes!("../efficientnet-lite0.safetensors"),
    licence: include_str!("../LICENSE"),
    notice: include_str!("../NOTICE"),
};
