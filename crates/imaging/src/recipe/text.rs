//! The compact written form of a recipe: a name, or `step:field=value,field=value+step…`, without a character that a shell minds.

use std::fmt;
use std::str::FromStr;

use super::form::{Form, unknown};
use super::{Recipe, Step};
use crate::ImagingError;

/// The longest text that is taken for a recipe, in bytes.
const MAX_TEXT: usize = 1 << 16;

impl FromStr for Recipe {
    type Err = ImagingError;

    /// Reads the name of a recipe or its steps: `decode+channels:order=rgb+resize:short=256+crop:width=224,height=224+…`. Three numbers
    /// have `/` between them. Fields with a default (`alpha`, `filter`, `arithmetic`, `multiple`, the layout's `order`) may be left out.
    fn from_str(text: &str) -> Result<Self, ImagingError> {
        if text.len() > MAX_TEXT {
            return Err(ImagingError::Recipe(format!("a text of {} bytes is longer than any recipe", text.len())));
        }
        if let Some(recipe) = Self::named(text) {
            return Ok(recipe);
        }
        let steps: Result<Vec<Step>, ImagingError> = text.split('+').map(step).collect();
        match steps {
            Ok(steps) => Self::new(steps),
            Err(_) if !text.contains([':', '+', '=']) && !Step::NAMES.contains(&text) => {
                let names: Vec<&str> = Self::names().collect();
                Err(ImagingError::Recipe(format!("there is no recipe named `{text}`; the names are {}", names.join(", "))))
            }
            Err(error) => Err(error),
        }
    }
}

fn step(text: &str) -> Result<Step, ImagingError> {
    let (name, fields) = text.split_once(':').unwrap_or((text, ""));
    if !Step::NAMES.contains(&name) {
        return Err(unknown(name));
    }
    let mut form = Form::named(name);
    for field in fields.split(',').filter(|_| text.contains(':')) {
        let (key, value) = field
            .split_once('=')
            .ok_or_else(|| ImagingError::Recipe(format!("step `{name}`: `{field}` is not of the form `field=value`")))?;
        form.set(key, value)?;
    }
    form.try_into()
}

impl fmt::Display for Recipe {
    /// The name where the recipe has one, else its steps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return f.write_str(name);
        }
        for (i, step) in self.steps().iter().enumerate() {
            if i > 0 {
                f.write_str("+")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for (i, (key, value)) in Form::from(self.clone()).fields().iter().enumerate() {
            let separator = if i == 0 { ':' } else { ',' };
            write!(f, "{separator}{key}={value}")?;
        }
        Ok(())
    }
}
