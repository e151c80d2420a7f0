//! Recipes as they are written: in JSON, in the compact form, by name; and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use vtk_imaging::{Recipe, RgbImage, Size, Step};

/// Every step in both forms.
const STEPS: [(&str, &str); 18] = [
    (r#"{"step":"decode","alpha":"drop"}"#, "decode:alpha=drop"),
    (r#"{"step":"decode","alpha":"on-ff8000"}"#, "decode:alpha=on-ff8000"),
    (r#"{"step":"channels","order":"bgr"}"#, "channels:order=bgr"),
    (r#"{"step":"pad-small","below":64,"width":32,"height":32,"value":0}"#, "pad-small:below=64,width=32,height=32,value=0"),
    (
        r#"{"step":"resize","width":320,"height":200,"filter":"cubic","arithmetic":"u8"}"#,
        "resize:width=320,height=200,filter=cubic,arithmetic=u8",
    ),
    (r#"{"step":"resize","short":256,"filter":"linear","arithmetic":"u8"}"#, "resize:short=256,filter=linear,arithmetic=u8"),
    (
        r#"{"step":"resize","short":60,"max_long":70,"filter":"linear","arithmetic":"f32"}"#,
        "resize:short=60,max_long=70,filter=linear,arithmetic=f32",
    ),
    (r#"{"step":"resize","long":80,"filter":"pillow-bicubic","arithmetic":"u8"}"#, "resize:long=80,filter=pillow-bicubic,arithmetic=u8"),
    (
        r#"{"step":"limit-long","max":100,"min":20,"filter":"linear","arithmetic":"f32"}"#,
        "limit-long:max=100,min=20,filter=linear,arithmetic=f32",
    ),
    (
        r#"{"step":"fit","width":100,"height":50,"multiple":32,"filter":"linear","arithmetic":"f32"}"#,
        "fit:width=100,height=50,multiple=32,filter=linear,arithmetic=f32",
    ),
    (
        r#"{"step":"limit-side","limit":960,"type":"max","multiple":32,"filter":"linear","arithmetic":"u8"}"#,
        "limit-side:limit=960,type=max,multiple=32,filter=linear,arithmetic=u8",
    ),
    (
        r#"{"step":"line","height":32,"min_width":320,"filter":"linear","arithmetic":"u8"}"#,
        "line:height=32,min_width=320,filter=linear,arithmetic=u8",
    ),
    (r#"{"step":"line","width":192,"height":48,"filter":"area","arithmetic":"u8"}"#, "line:width=192,height=48,filter=area,arithmetic=u8"),
    (r#"{"step":"crop","width":224,"height":224}"#, "crop:width=224,height=224"),
    (r#"{"step":"pad","width":70,"height":49,"value":127.5}"#, "pad:width=70,height=49,value=127.5"),
    (r#"{"step":"scale","over":255}"#, "scale:over=255"),
    (
        r#"{"step":"normalize","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}"#,
        "normalize:mean=0.485/0.456/0.406,std=0.229/0.224/0.225",
    ),
    (r#"{"step":"layout","order":"chw"}"#, "layout:order=chw"),
];

#[test]
fn every_step_has_two_forms_that_agree() {
    for (json, text) in STEPS {
        let step: Step = serde_json::from_str(json).unwrap();
        assert_eq!(step.to_string(), text);
        assert_eq!(serde_json::to_string(&step).unwrap(), json);
        assert_eq!(text.parse::<Recipe>().unwrap().steps(), [step]);
    }
    // No character that a shell minds.
    assert!(STEPS.iter().all(|(_, text)| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:=,./".contains(&b))));
}

#[test]
fn defaults_may_be_left_out() {
    let short: Recipe = "decode+resize:width=3,height=4+fit:width=5,height=6+layout".parse().unwrap();
    let long = "decode:alpha=drop+resize:width=3,height=4,filter=linear,arithmetic=u8+fit:width=5,height=6,multiple=1,filter=linear,arithmetic=u8+layout:order=chw";
    assert_eq!(short.to_string(), long);
    let json: Step = serde_json::from_str(r#"{"step":"normalize","mean":[0,{"over":4},1],"std":[{"over":2},1,0.25]}"#).unwrap();
    assert_eq!(json.to_string(), "normalize:mean=0/0.25/1,std=0.5/1/0.25");
}

#[test]
fn what_makes_no_sense_is_named() {
    for (text, part) in [
        ("", "no recipe named ``"),
        ("imagenet", "the names are imagenet-224"),
        ("sharpen:by=3", "no step `sharpen`; the steps are decode"),
        ("crop:width=3", "needs the field `height`"),
        ("crop:width=3,height=0", "0 is not a number of pixels"),
        ("crop:width=3,height=4,depth=5", "field `depth` is unknown"),
        ("crop:width=3,height=4,short=5", "has no field `short`"),
        ("crop:width=3,width=3", "given twice"),
        ("crop:width", "not of the form `field=value`"),
        ("crop:width=-3,height=4", "`width=-3` is not a whole number"),
        ("resize:short=3,long=4", "both `short` and `long`"),
        ("resize:short=3,filter=magic", "is not `nearest`, `linear`"),
        ("resize:short=3,filter=cubic,arithmetic=f32", "goes with filter `linear` only"),
        ("line:height=32", "either `width` or `min_width`"),
        ("scale:over=0", "out of its range"),
        ("normalize:mean=0/0/0,std=1/0/1", "out of its range"),
        ("normalize:mean=0/0,std=1/1/1", "three numbers"),
        ("pad:width=3,height=3,value=300", "out of its range"),
        ("scale:over=255+crop:width=3,height=3", "must come before `scale`"),
        ("crop:width=3,height=3+decode", "must be the first step"),
        ("pad-line:value=0", "must follow `line`"),
        ("layout:order=hwc", "not `chw`"),
        ("line:height=32,min_width=320+pad-line:value=0+resize:long=64", "step 3 (`resize`) must come before `pad-line`"),
        ("line:height=32,width=224,filter=nearest+pad-line:value=0+crop:width=224,height=7", "step 3 (`crop`) must come before `pad-line`"),
        ("line:height=32,width=224+pad-line:value=0+pad-line:value=1", "step 3 (`pad-line`) must come before `pad-line`"),
        ("decode:alpha=keep", "`drop`, `auto` or `on-rrggbb`"),
    ] {
        let error = text.parse::<Recipe>().unwrap_err();
        assert_eq!(error.kind(), "option");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
    for json in
        ["[]", "{}", r#"[{"step":"crop"}]"#, r#"[{"step":"crop","width":3,"height":3,"more":1}]"#, r#"[{"width":3}]"#, r#""imagenet-224""#]
    {
        assert!(serde_json::from_str::<Recipe>(json).is_err(), "{json}");
    }
}

#[test]
fn a_picture_that_a_step_does_not_fit_is_refused() {
    let strip = RgbImage::filled(65_500, 1, [0; 3]).unwrap();
    for (text, part) in [
        ("resize:short=256", "outside 1 to"),
        ("resize:long=10", "10 × 0 pixels"),
        ("crop:width=10,height=10", "no middle part of 10 × 10"),
    ] {
        let error = text.parse::<Recipe>().unwrap().prepare(&strip).unwrap_err();
        assert!(error.to_string().contains(part) && error.to_string().contains("65500 × 1"), "{error}");
    }
    let recipe = Recipe::named("paddleocr-det").unwrap();
    assert_eq!(recipe.prepare(&strip).unwrap().tensor.shape(), [1, 3, 32, 960]);
}

#[test]
fn a_batch_has_one_size() {
    let (wide, narrow) = (RgbImage::filled(400, 20, [9; 3]).unwrap(), RgbImage::filled(30, 20, [9; 3]).unwrap());
    let lines = Recipe::named("paddleocr-rec").unwrap();
    let batch = lines.prepare_batch(&[&wide, &narrow]).unwrap();
    assert_eq!(batch.tensor.shape(), [2, 3, 32, 640]);
    assert_eq!(lines.plan_batch(&[narrow.size(), wide.size()]).unwrap()[0].placement, batch.back[1]);
    assert_eq!(lines.prepare(&narrow).unwrap().tensor.shape(), [1, 3, 32, 320]);
    let whole = Recipe::named("seg-whole").unwrap();
    assert!(whole.prepare_batch(&[&wide, &narrow]).unwrap_err().to_string().contains("one by one"));
    assert!(whole.prepare_batch(&[]).is_err());
    assert_eq!(whole.plan(Size::new(7, 5)).unwrap().resized(), Size::new(7, 5));
}
