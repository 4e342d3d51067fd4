//! What `crewed check` says of each change of a declaration.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::fake::example;

/// The resource of `tests/changes`, and what may become of it.
const THINGS: &str = "\
    member_added member_added_with_default member_added_required member_removed member_renamed column_renamed \
    member_optional member_with_default member_required member_not_null member_not_null_with_default type_changed \
    type_narrower type_number type_decimal type_date minimum_added maximum_added multiple_added length_added \
    pattern_added format_added variant_added variant_removed variants_opened unique_added unique_together index_added \
    write_only read_only updated_at_added list_added described reordered operation_removed read_alone unserved replies tagged";

/// The function, and what may become of it.
const FUNCTIONS: &str = "\
    parameter_added parameter_added_required parameter_removed parameter_required parameter_optional \
    parameter_bounded parameter_type parameter_to_header path_renamed path_changed method_changed body_member_added \
    body_closed body_renamed body_optional body_removed body_form answer_member_added answer_member_removed \
    answer_null answer_not_null answer_type answer_list deprecated status_changed";

/// What is unique, and is so within each tenant.
const UNIQUE: &str = "unique_within_tenants";

/// Models within lists and maps.
const NESTED: &str = "nested_member_removed";

fn described(change: &str) -> Value {
    let done = Command::new(example("test_changes"))
        .args(["--crewed", "describe"])
        .env("CHANGE", change)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{change}: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// What is told of a change, a line for each class and id.
fn told(old: &Value, new: &Value) -> Vec<String> {
    crewed_cli::classified(old, new).into_iter().map(|(class, id)| format!("{class} {id}")).collect()
}

/// Both ways, so that what is allowed in one direction is refused in the other. The golden file is read by people:
/// `CREWED_UPDATE_GOLDEN=1` writes it anew.
#[test]
fn each_change_has_its_class() {
    let mut text = String::new();
    let mut count = 0;
    for (base, changes) in
        [("base", THINGS), ("unique_base", UNIQUE), ("function_base", FUNCTIONS), ("nested_base", NESTED)]
    {
        let old = described(base);
        assert!(told(&old, &old).is_empty());
        for change in changes.split_whitespace() {
            let new = described(change);
            count += 1;
            writeln!(text, "{change}").unwrap();
            for (way, told) in [("made", told(&old, &new)), ("undone", told(&new, &old))] {
                let told = if told.is_empty() { vec!["nothing".to_owned()] } else { told };
                writeln!(text, "    {way}").unwrap();
                told.iter().for_each(|line| writeln!(text, "        {line}").unwrap());
            }
        }
    }
    assert!(count >= 60, "{count}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/changes.txt");
    if std::env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
        fs::write(&file, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), text);
}

/// Each kind that the code has is in the table of the documentation, and each of the table is one that it has.
#[test]
fn the_table_has_every_kind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(folder.join("../docs/command.md")).unwrap();
    let table = page.split("## What a change breaks").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut code = String::new();
    for file in ["documents", "schemas", "tables"] {
        code.push_str(&fs::read_to_string(folder.join(format!("src/check/{file}.rs"))).unwrap());
    }
    let is_kind =
        |word: &&str| word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let kinds: BTreeSet<&str> =
        code.split('"').filter(is_kind).filter(|word| !word.starts_with("x-")).collect();
    let rows: BTreeSet<&str> =
        table.split('`').filter(is_kind).filter(|word| !word.starts_with('-')).collect();
    assert_eq!(kinds, rows);
}
