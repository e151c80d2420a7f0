//! A file for each family of networks: its table, its options, its keys.

mod efficientnet_lite;
mod mobilenet_v1;
mod mobilenet_v2;
mod mobilenet_v3;
mod pplcnet;
mod pplcnet_v2;
mod resnet50_vd;
mod shufflenet_v2;

pub use efficientnet_lite::{EfficientNetLiteConfig, LiteSize};
pub use mobilenet_v1::MobileNetV1Config;
pub use mobilenet_v2::MobileNetV2Config;
pub use mobilenet_v3::{MobileNetV3Config, MobileNetV3Size};
pub use pplcnet::PpLcNetConfig;
pub use pplcnet_v2::{PpLcNetV2Config, RepForm, V2Size, V2Variant};
pub use resnet50_vd::ResNet50VdConfig;
pub use shufflenet_v2::{ShuffleNetV2Config, ShuffleNetWidth};
