//! How much room letters keep around themselves.
//!
//! Between two upright stems of a word there is more room than between two bows, and hardly any beside a slanted letter; so a gap is wide
//! or narrow only beside what its two letters would leave anyway. The numbers are means over eight common Latin faces (DejaVu Sans,
//! Serif, Condensed and Bold; Liberation Sans and Serif, both with Bold), rounded to four steps; how far a line's own face keeps to them
//! is measured on the line.

/// What slanted letters and overhanging ones leave, in em.
const NONE: f32 = 0.01;
/// What bows leave.
const BOW: f32 = 0.045;
/// What stems leave.
const STEM: f32 = 0.06;
/// What stands free: points, bars, and the figure 1, which is as wide as the others.
const FREE: f32 = 0.085;

/// Room to the left of a character, in em.
pub(super) fn left(c: char) -> f32 {
    match c {
        'f' | 'j' | 't' | 'v'..='y' | 'A' | 'Ä' | 'J' | 'T' | 'V'..='Y' | '/' | '€' => NONE,
        'b'
        | 'h'
        | 'i'
        | 'k'..='n'
        | 'p'
        | 'r'
        | 'u'
        | 'ü'
        | 'ß'
        | 'B'
        | 'D'..='F'
        | 'H'
        | 'I'
        | 'K'..='N'
        | 'P'
        | 'R'
        | 'S'
        | 'U'
        | 'Ü' => STEM,
        '2' | '3' | '5'..='8' | '&' | '(' | '@' | '$' | ';' | ',' | '?' => STEM,
        '1' | '.' | '\'' | '"' | '!' | ':' | '+' | '=' => FREE,
        _ => BOW,
    }
}

/// Room to the right of a character, in em.
pub(super) fn right(c: char) -> f32 {
    match c {
        'f' | 'k' | 'r' | 't' | 'v'..='y' | 'A' | 'Ä' | 'K' | 'R' | 'T' | 'V'..='Y' | '/' => NONE,
        'd' | 'g'..='j' | 'l'..='n' | 'q' | 'u' | 'ü' | 'B' | 'D'..='J' | 'M' | 'N' | 'S' | 'U' | 'Ü' => STEM,
        '1'..='3' | '5'..='7' | '9' | ')' | '?' | '@' | '$' => STEM,
        '.' | ',' | ':' | ';' | '!' | '\'' | '"' | '+' | '=' => FREE,
        _ => BOW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_keep_more_room_than_bows_and_slants_none() {
        assert!(right('n') + left('i') > right('o') + left('c'));
        assert!(right('o') + left('c') > right('r') + left('v'));
        assert!(right('1') + left('.') > right('n') + left('i'));
        assert_eq!(left('д'), BOW, "what is not known is taken for round");
    }
}
