//! The program without a task, and what describes it: help, completions, manual pages.

use crate::support::{CAT, Done, Sandbox, case};

fn vtk(sandbox: &Sandbox, args: &[&str]) -> Done {
    Done::of(&mut sandbox.vtk(args))
}

#[test]
fn a_bare_picture_or_folder_suggests_tasks() {
    let sandbox = Sandbox::with_pictures(&["my photo.ppm", "no-ending", "f/a.ppm"]);
    vtk(&sandbox, &[CAT]).status(2).says(&["is no command", &format!("vtk cls {CAT}")]);
    vtk(&sandbox, &["my photo.ppm"]).status(2).says(&["vtk cls \"my photo.ppm\""]);
    vtk(&sandbox, &["no-ending"]).status(2).says(&["vtk cls no-ending"]);
    vtk(&sandbox, &["f"]).status(2).says(&["vtk cls f"]);
    vtk(&sandbox, &["absent.JPG"]).status(2).says(&["vtk cls absent.JPG"]);
    vtk(&sandbox, &["clss"]).status(2).says(&["unrecognized subcommand 'clss'", "'cls'"]);
}

#[test]
fn a_bare_pdf_or_other_file_says_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.write("scan.pdf", "%PDF-1.4\n");
    sandbox.write("notes.txt", "notes\n");
    sandbox.write("renamed.png", case("decode-broken/pdf.png"));
    for name in ["scan.pdf", "renamed.png"] {
        vtk(&sandbox, &[name]).status(2).says(&[name, "is no command", "PDF document", "pdftoppm"]);
        Done::of(&mut sandbox.vtk(&["cls", name])).status(1).says(&[name, "PDF document", "pdftoppm"]);
    }
    vtk(&sandbox, &["notes.txt"]).status(2).says(&["notes.txt", "text file"]);
}

#[test]
fn help_and_version_are_results() {
    let sandbox = Sandbox::new();
    let help = vtk(&sandbox, &["--help"]).status(0).silent();
    for part in ["cls", "completions", "Exit status:", "VTK_HOME"] {
        assert!(help.out.contains(part), "{part}: {help:#?}");
    }
    assert!(vtk(&sandbox, &["--version"]).status(0).silent().out.starts_with("vtk "));
    assert_eq!(vtk(&sandbox, &[]).status(2).out, "");
}

#[test]
fn completions_come_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = vtk(&sandbox, &["completions", shell]).status(0).silent();
        assert!(done.out.contains("fail-if-empty") && done.out.contains("completions"), "{shell}");
    }
    vtk(&sandbox, &["completions", "tcsh"]).status(2).says(&["tcsh", "fish"]);
}

#[test]
fn the_manual_pages_have_every_command_and_flag() {
    let sandbox = Sandbox::new();
    let plain = |text: String| text.replace('\\', "");
    let program = plain(vtk(&sandbox, &["man"]).status(0).silent().out);
    assert!(program.contains(".TH vtk 1") && program.contains("vtk-cls(1)") && program.contains("VTK_HOME"), "{program}");
    assert!(program.contains(".SH \"EXIT STATUS\""), "{program}");
    let page = plain(vtk(&sandbox, &["man", "cls"]).status(0).silent().out);
    assert!(page.contains(".TH vtk-cls 1"), "{page}");
    let help = sandbox.cls(&["-h"]).status(0).out;
    let flags: Vec<&str> = help.split_whitespace().filter(|word| word.starts_with("--")).map(|word| word.trim_end_matches(',')).collect();
    assert!(flags.len() > 15, "{flags:?}");
    for flag in flags.iter().filter(|flag| flag.len() > 3) {
        assert!(page.contains(flag.trim_end_matches(['\'', ')', '`'])), "{flag}");
    }
    assert!(vtk(&sandbox, &["man", "eval", "cls"]).status(0).out.contains("data"));
    vtk(&sandbox, &["man", "nothing"]).status(2).says(&["no command `vtk nothing`"]);
    vtk(&sandbox, &["man", "cls", "nothing"]).status(2).says(&["no command `vtk cls nothing`"]);
}
