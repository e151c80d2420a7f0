//! COCO's two files: annotations of a data set, and results of a detector.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::eval::Truth;
use crate::{DetError, Detection};

/// An annotated data set, `instances.json`: boxes only, outlines are not read.
#[derive(Debug, Clone, Default)]
pub struct Instances {
    /// Its pictures, by ascending number.
    pub pictures: Vec<Picture>,
    /// Its kinds of objects, by ascending number: a detector's class is a place in this list.
    pub categories: Vec<Category>,
    truths: HashMap<i64, Vec<Truth>>,
}

/// A picture of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Picture {
    /// Its number.
    pub id: i64,
    /// Its file, relative to the folder of pictures.
    pub file_name: String,
}

/// A kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Category {
    /// Its number; numbers may have holes.
    pub id: i64,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
struct File {
    images: Vec<Picture>,
    categories: Vec<Category>,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: i64,
    category_id: i64,
    bbox: [f64; 4],
    area: f64,
    #[serde(default)]
    iscrowd: u8,
}

impl Instances {
    /// Reads the text of an annotation file; `name` is for messages. Annotations of pictures or categories that are not listed are left
    /// out, as pycocotools leaves them out. Only `iscrowd` makes a box one to be ignored: its own `ignore` has no meaning there either.
    ///
    /// # Errors
    /// [`DetError::Coco`] for a text of another form, a number given twice, or a box that is none.
    pub fn parse(name: &str, text: &str) -> Result<Self, DetError> {
        let fail = |what: String| DetError::Coco { file: name.to_owned(), what };
        let expected = "COCO's annotations (`images`, `categories`, `annotations` with `bbox` and `area`) were expected";
        let mut file: File = serde_json::from_str(text).map_err(|e| fail(format!("{e}; {expected}")))?;
        file.images.sort_by_key(|picture| picture.id);
        file.categories.sort_by_key(|category| category.id);
        let twice = file.images.windows(2).find(|w| w[0].id == w[1].id).map(|w| format!("two pictures are number {}", w[0].id));
        let twice = twice
            .or_else(|| file.categories.windows(2).find(|w| w[0].id == w[1].id).map(|w| format!("two categories are number {}", w[0].id)));
        if let Some(what) = twice {
            return Err(fail(what));
        }
        let mut read = Self { pictures: file.images, categories: file.categories, truths: HashMap::new() };
        for (place, a) in file.annotations.into_iter().enumerate() {
            if a.bbox.iter().any(|v| !v.is_finite()) || a.bbox[2] < 0.0 || a.bbox[3] < 0.0 {
                return Err(fail(format!("annotation {place} (from 0) has the box {:?}; x, y, width and height were expected", a.bbox)));
            }
            if let Some(class) = read.class_of(a.category_id) {
                read.truths.entry(a.image_id).or_default().push(Truth { class, bbox: a.bbox, area: a.area, crowd: a.iscrowd != 0 });
            }
        }
        Ok(read)
    }

    /// The class of a category's number.
    pub fn class_of(&self, category: i64) -> Option<usize> {
        self.categories.binary_search_by_key(&category, |c| c.id).ok()
    }

    /// The category (its place in the list) of each class of a detector: by name where it has names that are all here, else by order
    /// where there are as many classes as categories, as PaddleDetection has it. `model` is for messages.
    ///
    /// # Errors
    /// [`DetError::Metadata`] where neither holds.
    pub fn classes_of(&self, model: &str, labels: Option<&[String]>, classes: Option<usize>) -> Result<Vec<usize>, DetError> {
        let place = |label: &String| self.categories.iter().position(|category| category.name == *label);
        if let Some(by_name) = labels.and_then(|labels| labels.iter().map(place).collect()) {
            return Ok(by_name);
        }
        match classes {
            Some(classes) if classes == self.categories.len() => Ok((0..classes).collect()),
            _ => {
                let classes = classes.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
                let what = format!("knows {classes} classes, and the data have {} categories of other names", self.categories.len());
                Err(DetError::Metadata { model: model.to_owned(), what })
            }
        }
    }

    /// The boxes of a picture, in the order of the file.
    pub fn truths_of(&self, picture: i64) -> &[Truth] {
        self.truths.get(&picture).map_or(&[], Vec::as_slice)
    }
}

/// A line of a results file: one box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRow<Id = i64> {
    /// The picture.
    pub image_id: Id,
    /// The category's number.
    pub category_id: i64,
    /// x, y, width, height.
    pub bbox: [f64; 4],
    /// The score.
    pub score: f64,
}

impl<Id> ResultRow<Id> {
    /// A detection as a line, under its category's number.
    pub fn new(image_id: Id, category_id: i64, detection: &Detection) -> Self {
        let [x0, y0, x1, y1] = detection.bbox;
        // Differences as f32 have the digits that the numbers have.
        let bbox = [x0, y0, x1 - x0, y1 - y0].map(shortest);
        Self { image_id, category_id, bbox, score: shortest(detection.score) }
    }
}

/// The f64 that prints as the f32 does.
fn shortest(v: f32) -> f64 {
    v.to_string().parse().unwrap_or(f64::from(v))
}

/// Reads the text of a results file.
///
/// # Errors
/// [`DetError::Coco`] for a text of another form.
pub fn parse_results(name: &str, text: &str) -> Result<Vec<ResultRow>, DetError> {
    serde_json::from_str(text).map_err(|e| DetError::Coco {
        file: name.to_owned(),
        what: format!("{e}; COCO's results (a list of `image_id`, `category_id`, `bbox`, `score`) were expected"),
    })
}

/// The category numbers for so many classes: COCO's own for its 80 (1 to 90, with holes), else one more than the class.
pub fn category_numbers(classes: usize) -> Vec<i64> {
    /// Kinds that COCO numbered and then left out.
    const HOLES: [i64; 10] = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];
    if classes == 80 { (1..=90).filter(|n| !HOLES.contains(n)).collect() } else { (1..=classes as i64).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"images": [{"id": 9, "file_name": "b.jpg", "width": 4}, {"id": 2, "file_name": "a.jpg"}],
        "categories": [{"id": 18, "name": "dog"}, {"id": 1, "name": "person", "supercategory": "person"}],
        "annotations": [{"id": 1, "image_id": 9, "category_id": 18, "bbox": [1, 2, 3, 4], "area": 9.5, "iscrowd": 1},
                        {"id": 2, "image_id": 9, "category_id": 7, "bbox": [1, 2, 3, 4], "area": 9.5}]}"#;

    #[test]
    fn pictures_and_categories_come_by_number() {
        let read = Instances::parse("i.json", SMALL).unwrap();
        assert_eq!(read.pictures.iter().map(|p| p.id).collect::<Vec<_>>(), [2, 9]);
        assert_eq!((read.class_of(1), read.class_of(18), read.class_of(2)), (Some(0), Some(1), None));
        assert_eq!(read.truths_of(9), [Truth { class: 1, bbox: [1.0, 2.0, 3.0, 4.0], area: 9.5, crowd: true }]);
        assert!(read.truths_of(2).is_empty() && read.truths_of(77).is_empty());
    }

    #[test]
    fn classes_are_found_by_name_or_by_order() {
        let read = Instances::parse("i.json", SMALL).unwrap();
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(read.classes_of("m", Some(&names(&["dog"])), Some(1)).unwrap(), [1]);
        assert_eq!(read.classes_of("m", Some(&names(&["cat", "dog"])), Some(2)).unwrap(), [0, 1]);
        assert_eq!(read.classes_of("m", None, Some(2)).unwrap(), [0, 1]);
        let error = read.classes_of("m", Some(&names(&["cat"])), Some(1)).unwrap_err().to_string();
        assert_eq!(error, "m: knows 1 classes, and the data have 2 categories of other names");
        assert!(read.classes_of("m", None, None).is_err());
    }

    #[test]
    fn other_files_are_refused() {
        let message = |text: &str| Instances::parse("i.json", text).unwrap_err().to_string();
        assert!(message("[]").starts_with("i.json: "));
        assert!(message(r#"{"images": []}"#).contains("missing field `categories`"));
        assert!(message(&SMALL.replace("\"id\": 9, \"file", "\"id\": 2, \"file")).contains("two pictures are number 2"));
        assert!(message(&SMALL.replace("\"id\": 18, \"name", "\"id\": 1, \"name")).contains("two categories are number 1"));
        assert!(message(&SMALL.replacen("[1, 2, 3, 4]", "[1, 2, -3, 4]", 1)).contains("annotation 0"));
        assert!(message(&SMALL.replacen(", \"area\": 9.5", "", 1)).contains("area"));
        assert!(parse_results("r.json", "{}").unwrap_err().to_string().starts_with("r.json: "));
    }

    #[test]
    fn results_have_the_category_numbers_of_coco() {
        let numbers = category_numbers(80);
        assert_eq!((numbers.len(), numbers[0], numbers[11], numbers[79]), (80, 1, 13, 90));
        assert_eq!(category_numbers(3), [1, 2, 3]);
        let found = Detection { class: 79, label: None, score: 0.1, bbox: [0.25, 1.0, 10.5, 3.0] };
        let row = ResultRow::new("photo", numbers[found.class], &found);
        let json = serde_json::to_string(&row).unwrap();
        assert_eq!(json, r#"{"image_id":"photo","category_id":90,"bbox":[0.25,1.0,10.25,2.0],"score":0.1}"#);
    }
}
