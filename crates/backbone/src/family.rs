//! What a family of networks has to say about itself; everything else is derived.

use vtk_nn::{NetBuilder, NnError, Var};

use crate::head::Fc;
use crate::options::OptionSpec;
use crate::shapes::Shapes;
use crate::{KeyMap, Tap, Toolkit};

/// A family of networks: its names, its options, and the layers of one configuration.
pub(crate) trait Family: Clone + Sized {
    /// The form of the names, for messages.
    const FORM: &'static str;
    /// The options, in the order in which they are printed.
    const OPTIONS: &'static [OptionSpec] = &[];
    /// The toolkits that have a spelling of their own, the official one first.
    const TOOLKITS: &'static [Toolkit] = &[Toolkit::PaddleClas];

    /// Every published network of the family, without options.
    fn published() -> Vec<Self>;
    /// The network of this name, without options.
    fn named(name: &str) -> Option<Self>;
    /// The name, without options.
    fn name(&self) -> String;
    /// The value of an option of [`Self::OPTIONS`], as written.
    fn get(&self, _option: &str) -> String {
        String::new()
    }
    /// Sets an option of [`Self::OPTIONS`]; `None` if it doesn't take the value.
    fn set(&mut self, _option: &str, _value: &str) -> Option<()> {
        None
    }

    /// Stages 1 to 5.
    fn taps(&self) -> Vec<Tap>;
    /// Grows the trunk: one map per tap.
    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError>;
    /// Grows what stands between the last tap and the fully connected layer, giving `[batch, values]`; the mean over each map, if nothing
    /// else.
    fn pooled(&self, net: &mut NetBuilder, last: Var, _keys: &KeyMap) -> Result<Var, NnError> {
        let x = net.global_avg_pool(last)?;
        net.flatten(x)
    }
    /// The fully connected layer.
    fn fc(&self, keys: &KeyMap) -> Fc;
    /// The keys that [`Self::pooled`] may ask for.
    fn head_keys(&self, _keys: &KeyMap) -> Vec<String> {
        Vec::new()
    }

    /// The key of the first convolution: a file without it says nothing about the network.
    fn stem_key(keys: &KeyMap) -> String;
    /// This configuration with what a file decides taken from the file. Called only with a file that has the stem.
    fn read(self, _file: &dyn Shapes, _keys: &KeyMap) -> Self {
        self
    }
    /// The configuration whose shapes look like the file's, if one does; the caller checks it against every key.
    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self>;
    /// Whether a key that the network doesn't want may be in a file all the same.
    fn is_spare(key: &str) -> bool {
        key.ends_with(".num_batches_tracked")
    }

    /// [`Self::read`], leaving the configuration as it is where there is no file.
    fn adapted(&self, file: &dyn Shapes, keys: &KeyMap) -> Self {
        if file.has(&Self::stem_key(keys)) { self.clone().read(file, keys) } else { self.clone() }
    }
}
