//! Lists of names that many models share: classes, characters. They are data of the catalogue; where each is from says
//! `catalogue/NOTICE.md`.

const LISTS: &[(&str, &str)] = &[
    ("imagenet-1k", include_str!("../catalogue/lists/imagenet-1k.txt")),
    ("coco-80", include_str!("../catalogue/lists/coco-80.txt")),
    ("cdla-10", include_str!("../catalogue/lists/cdla-10.txt")),
    ("publaynet-5", include_str!("../catalogue/lists/publaynet-5.txt")),
    ("traffic-sign-232", include_str!("../catalogue/lists/traffic-sign-232.txt")),
    ("ppocr-keys-v1", include_str!("../catalogue/lists/ppocr-keys-v1.txt")),
    ("ppocr-en", include_str!("../catalogue/lists/ppocr-en.txt")),
];

/// A list by its name, a line an item, in class order.
///
/// Split it by [`str::lines`] and never trim: in the lists of characters a line may hold a white character, which is a class.
pub fn text_list(name: &str) -> Option<&'static str> {
    LISTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_as_many_lines_as_the_models_have_classes() {
        let lines = |name: &str| text_list(name).unwrap().lines().count();
        assert_eq!(lines("imagenet-1k"), 1000);
        assert_eq!(lines("coco-80"), 80);
        assert_eq!(lines("cdla-10"), 10);
        assert_eq!(lines("publaynet-5"), 5);
        assert_eq!(lines("traffic-sign-232"), 232);
        assert_eq!(lines("ppocr-keys-v1"), 6623);
        // The last line is the space, which a trim would lose.
        assert_eq!(text_list("ppocr-en").unwrap().lines().next_back(), Some(" "));
        assert_eq!(lines("ppocr-en"), 95);
        // U+3000 is a class of its own.
        assert_eq!(text_list("ppocr-keys-v1").unwrap().lines().nth(5709), Some("\u{3000}"));
        assert_eq!(text_list("imagenet"), None);
    }
}
