//! The form of a file by its first bytes: not whether it is sound, but whether it can be what it is said to be.
//!
//! The answer of a server to a question nobody asked (a page to sign in, an error in JSON, a pointer to a large file) comes under the
//! name of a model and with status 200. Where a hash is known it is found out by that; where none is, by this.

/// So many bytes tell the form.
pub(crate) const HEAD: u64 = 512;

/// Whether a file that begins with `head` can be of this form (`pdparams`, `safetensors`, `onnx` …, as entries write it); else what it
/// looks like. Of a form that is not known here only what is surely a web page is refused.
pub(crate) fn check(form: &str, head: &[u8]) -> Result<(), String> {
    if head.is_empty() {
        return Err("it is empty".to_owned());
    }
    if is_page(head) {
        return Err("it is a web page: an error, or one that asks to sign in".to_owned());
    }
    let fits = match form {
        "onnx" => is_onnx(head),
        // A pickle; newer Paddle and torch also write a zip around one.
        "pdparams" | "pth" => matches!(head, [0x80, 0..=5, ..]) || head.starts_with(b"PK\x03\x04"),
        "safetensors" => is_safetensors(head),
        // Paddle's tensor: a version, which is 0 to this day.
        "pdiparams" => head.starts_with(&[0; 4]),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("its first bytes are not those of a .{form} file (it begins with {})", shown(head))) }
}

fn is_page(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&head[..head.len().min(64)]).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype", "<html", "<head", "<?xml"].iter().any(|mark| text.starts_with(mark))
}

/// A message of protobuf whose first field is one that ONNX's ModelProto has.
fn is_onnx(head: &[u8]) -> bool {
    let tag = match *head {
        [low, high, ..] if low >= 0x80 => u16::from(low & 0x7f) | u16::from(high) << 7,
        [low, ..] => u16::from(low),
        [] => return false,
    };
    // Whole numbers (ir_version, model_version) are of wire type 0, all else of 2.
    matches!((tag >> 3, tag & 7), (1 | 5, 0) | (2..=4 | 6..=8 | 14 | 20 | 25 | 26, 2))
}

/// Eight bytes of a length, then JSON.
fn is_safetensors(head: &[u8]) -> bool {
    let Some((length, json)) = head.split_first_chunk::<8>() else { return false };
    (2..=100 << 20).contains(&u64::from_le_bytes(*length)) && json.starts_with(b"{")
}

/// The first bytes, for people.
fn shown(head: &[u8]) -> String {
    let some = &head[..head.len().min(12)];
    if some.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        return format!("`{}`", String::from_utf8_lossy(some));
    }
    some.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_pass() {
        for (form, head) in [
            ("onnx", &b"\x08\x07\x12\x07pytorch"[..]),
            ("onnx", b"\x08\x0a\x3a\xff"),
            ("onnx", b"\x3a\xd0\x01"),
            ("onnx", b"\xca\x01\x05"),
            ("pdparams", b"\x80\x02}q\x00"),
            ("pdparams", b"\x80\x04\x95"),
            ("pth", b"PK\x03\x04rest"),
            ("pth", b"\x80\x02\x8a\x0a"),
            ("safetensors", b"\x40\x00\x00\x00\x00\x00\x00\x00{\"a\":"),
            ("pdiparams", b"\x00\x00\x00\x00\x00\x00"),
            ("txt", b"<\n>\n"),
            ("txt", b"{\n}\n"),
        ] {
            assert_eq!(check(form, head), Ok(()), "{form} {head:?}");
        }
    }

    #[test]
    fn what_servers_answer_in_place_of_a_file_does_not() {
        let answers: [&[u8]; 7] = [
            b"<!DOCTYPE html><html><title>Sign in</title>",
            b"\xef\xbb\xbf\r\n<HTML>",
            b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            b"{\"error\": \"not found\"}",
            b"version https://git-lfs.github.com/spec/v1\n",
            b"404: Not Found",
            b"",
        ];
        for form in ["onnx", "pdparams", "pth", "safetensors", "pdiparams"] {
            for answer in answers {
                assert!(check(form, answer).is_err(), "{form} {answer:?}");
            }
        }
        assert!(check("txt", answers[0]).unwrap_err().contains("web page"));
        assert!(check("onnx", answers[3]).unwrap_err().contains("begins with `{\"error\": \"n`"));
    }
}
