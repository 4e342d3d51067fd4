//! The verbs that ask a program.

use std::fs;

use serde_json::Value;

use crate::fake::Fake;

#[test]
fn a_program_tells_what_it_serves() {
    let fake = Fake::new("answer one\ntable before\nbase /api");
    let (routes, errors, status) = fake.asked(&["routes"]);
    assert_eq!(status, 0, "{errors}");
    let line =
        |text: &str| routes.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == text);
    assert!(line("GET /api/notes Note.list (operation)"), "{routes}");
    assert!(line("DELETE /api/notes/<name> Note.delete (operation)"), "{routes}");
    assert!(line("GET /slow/<millis> slow (route)"), "{routes}");
    assert!(line("GET /api/openapi.json openapi.json (page)"), "{routes}");
    let (json, _, status) = fake.asked(&["routes", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let is_list = |route: &&Value| route["name"] == "Note.list";
    assert_eq!(status, 0);
    assert_eq!(json.as_array().unwrap().iter().find(is_list).unwrap()["path"], "/api/notes");
    // No store was opened for that.
    assert!(!fake.path("thing.db").exists());
}

#[test]
fn a_document_is_printed_and_compared() {
    let fake = Fake::new("answer one\ntable before");
    let (document, errors, status) = fake.asked(&["openapi"]);
    assert_eq!(status, 0, "{errors}");
    let parsed: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(parsed["openapi"], "3.0.3");
    fake.write("openapi.json", &serde_json::to_string(&parsed).unwrap());
    assert_eq!(fake.asked(&["openapi", "--check", "openapi.json"]).2, 0);
    fake.say("answer one\ntable after");
    let (told, _, status) = fake.asked(&["openapi", "--check", "openapi.json"]);
    assert_eq!(status, 1);
    assert!(told.contains("/components/schemas/Note/properties/stars is new"), "{told}");
    fake.write("openapi.json", "{");
    let (_, errors, status) = fake.asked(&["openapi", "--check", "openapi.json"]);
    assert_eq!((status, errors.contains("openapi.json is no JSON")), (1, true), "{errors}");
    assert!(!fake.path("thing.db").exists());
}

#[test]
fn a_database_is_migrated_without_serving() {
    let fake = Fake::new("answer one\ntable before");
    let (shown, errors, status) = fake.asked(&["migrate"]);
    assert_eq!((status, shown.contains("CREATE TABLE")), (0, true), "{shown}{errors}");
    assert_eq!(fake.asked(&["migrate", "--print"]).2, 1);
    assert!(!fake.path("thing.db").exists());
    let (made, errors, status) = fake.asked(&["migrate", "--apply"]);
    assert_eq!((status, made.contains("is now as declared")), (0, true), "{made}{errors}");
    let (shown, _, status) = fake.asked(&["migrate", "--print"]);
    assert_eq!((status, shown.contains("is as declared")), (0, true), "{shown}");
    fake.say("answer one\ntable narrower");
    let (_, errors, status) = fake.asked(&["migrate", "--apply"]);
    assert_eq!((status, errors.contains("does not fit the declaration")), (1, true), "{errors}");
}

#[test]
fn a_snapshot_is_written_and_compared() {
    let fake = Fake::new("answer one\ntable after");
    assert_eq!(fake.asked(&["check", "--accept", "api.json"]).2, 0);
    let (told, errors, status) = fake.asked(&["check", "--against", "api.json"]);
    assert_eq!((status, told.contains("nothing has changed")), (0, true), "{told}{errors}");
    fake.say("answer one\ntable before");
    let (told, _, status) = fake.asked(&["check", "--against", "api.json"]);
    assert_eq!(status, 1);
    assert!(told.contains("breaking: POST /notes request stars: the member is gone"), "{told}");
    let ids: Vec<&str> = told.lines().filter_map(|line| line.trim().strip_prefix("id: ")).collect();
    let breaking = told.lines().filter(|line| line.starts_with("breaking")).count();
    // Those that are allowed are no finding.
    let mut arguments = vec!["check", "--against", "api.json"];
    for id in &ids[..breaking] {
        arguments.extend(["--allow", id]);
    }
    assert_eq!(fake.asked(&arguments).2, 0);
    let mut snapshot: Value =
        serde_json::from_str(&fs::read_to_string(fake.path("api.json")).unwrap()).unwrap();
    snapshot["allowed"] = ids.into();
    fake.write("api.json", &snapshot.to_string());
    assert_eq!(fake.asked(&["check", "--against", "api.json"]).2, 0);
    assert_eq!(fake.asked(&["check", "--against", "api.json", "--accept", "api.json"]).2, 0);
    // What is unknown counts only where that is asked for.
    let mut snapshot: Value =
        serde_json::from_str(&fs::read_to_string(fake.path("api.json")).unwrap()).unwrap();
    let answers = &mut snapshot["documents"][0]["document"]["paths"]["/notes"]["get"]["responses"];
    assert!(answers.as_object_mut().unwrap().remove("422").is_some());
    fake.write("api.json", &snapshot.to_string());
    let (told, _, status) = fake.asked(&["check", "--against", "api.json", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told[0]["class"], &told[1]), (0, &"unknown".into(), &Value::Null), "{told}");
    assert_eq!(told[0]["id"], "error-added@GET /notes answer 422");
    assert_eq!(fake.asked(&["check", "--against", "api.json", "--strict"]).2, 1);
    // A snapshot of a program without documents says nothing.
    fake.write("api.json", "{\"openapi\":\"3.0.3\"}");
    let (_, errors, status) = fake.asked(&["check", "--against", "api.json"]);
    assert_eq!((status, errors.contains("api.json is no snapshot")), (1, true), "{errors}");
    assert_eq!(fake.asked(&["check", "--against", "absent.json"]).2, 1);
    assert_eq!(fake.asked(&["check"]).2, 2);
}

#[test]
fn a_fault_is_told_with_its_status() {
    let fake = Fake::new("error no");
    assert_eq!(fake.asked(&["routes"]).2, 1);
    fake.say("refuse");
    let (_, errors, status) = fake.asked(&["routes"]);
    assert_eq!((status, errors.contains("two APIs stand on the base")), (1, true), "{errors}");
    assert_eq!(fake.asked(&["route"]).2, 2);
    let (_, errors, status) = fake.asked(&["routes", "--bin", "other"]);
    assert_eq!((status, errors.contains("there is no program `other` here")), (1, true), "{errors}");
}

/// The configuration is looked at as it is, and not as the command changes it for the other verbs.
#[test]
fn a_program_says_what_it_should_not_go_live_with() {
    let fake = Fake::new("answer one\ntable before");
    let (told, errors, status) = fake.asked(&["audit", "--json"]);
    assert_eq!(status, 1, "{errors}");
    let found: Value = serde_json::from_str(&told).unwrap();
    let ids: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(!ids.contains(&"log") && ids.contains(&"access") && ids.contains(&"profile"), "{told}");
    fake.write("Rocket.toml", "[default]\nlog_level = \"critical\"\naddress = \"0.0.0.0\"\n");
    let (told, _, status) = fake.asked(&["audit", "--allow", "profile"]);
    assert!(told.contains("id: log\n") && !told.contains("id: profile"), "{told}");
    assert!(told.contains("remark: the program listens on 0.0.0.0 without TLS"), "{told}");
    assert_eq!(status, 1);
    let (told, _, status) = fake.asked(&["audit", "--quiet"]);
    assert_eq!((told.as_str(), status), ("", 1));
    let (_, errors, status) = fake.asked(&["audit", "--allow", "profil"]);
    assert_eq!((status, errors.contains("`profil` is no id of a finding")), (2, true), "{errors}");
    assert!(!fake.path("thing.db").exists());
}

#[test]
fn doctor_says_what_to_write() {
    let fake = Fake::new("answer one");
    let (told, errors, status) = fake.asked(&["doctor", "--json"]);
    assert_eq!(status, 1, "{errors}");
    let found: Value = serde_json::from_str(&told).unwrap();
    let ids: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"debug") && !ids.contains(&"launch"), "{told}");
    fake.write("Cargo.toml", "[package]\nname = \"thing\"\n[profile.dev]\ndebug = \"line-tables-only\"\n");
    fake.write("Rocket.toml", "[default.crewed]\nstroe = 1\n");
    let (told, _, _) = fake.asked(&["doctor"]);
    assert!(!told.contains("debugger") && told.contains("did you mean `store`?"), "{told}");
}
