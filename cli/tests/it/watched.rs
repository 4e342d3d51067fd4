//! What `crewed dev` takes for a change of the files that a program is made from, and what not.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::fake::Fake;

/// What editors do to a file, and what is no change.
#[test]
fn files_are_saved_in_many_ways() {
    let fake = Fake::new("answer 0");
    let dev = fake.dev(&[]);
    dev.answer();
    // Another file over it.
    fake.write("src/main.rs~", "answer 1");
    fs::rename(fake.path("src/main.rs~"), fake.path("src/main.rs")).unwrap();
    dev.answers("1");
    // The old one is moved away first.
    fs::rename(fake.path("src/main.rs"), fake.path("src/main.rs.bak")).unwrap();
    fake.say("answer 2");
    dev.answers("2");
    // A burst ends with the last.
    for i in 3..30 {
        fake.say(&format!("answer {i}"));
        thread::sleep(Duration::from_millis(7));
    }
    dev.answers("29");
    // A save during a build ends that build.
    let builds = fake.builds();
    fake.say("answer 30\nsleep 60");
    fake.waits_for_more_builds(builds);
    fake.say("answer 31");
    dev.answers("31");
    // The same bytes are no change.
    let builds = fake.builds();
    fake.say("answer 31");
    let now = fs::File::open(fake.path("src/main.rs")).unwrap();
    now.set_modified(std::time::SystemTime::now()).unwrap();
    thread::sleep(Duration::from_millis(400));
    assert_eq!(dev.answer().0, "31");
    assert_eq!(fake.builds(), builds);
    // Whatever cargo says that the program was built from counts, and nothing else.
    fake.write("notes.txt", "nothing");
    thread::sleep(Duration::from_millis(400));
    assert_eq!(fake.builds(), builds);
    fake.write("extra.txt", "something");
    fake.waits_for_more_builds(builds);
    dev.answer();
    // A file that is deleted, and comes back.
    fs::remove_file(fake.path("src/main.rs")).unwrap();
    dev.waits_for("there is no main.rs");
    assert_eq!(dev.answer().0, "31");
    fake.say("answer 32");
    dev.answers("32");
}

#[test]
fn files_can_be_looked_at_instead() {
    let fake = Fake::new("answer one");
    let file = fake.path("src/main.rs");
    let saved = fs::metadata(&file).unwrap().modified().unwrap();
    let dev = fake.dev(&["--poll"]);
    dev.answer();
    fake.say("answer two");
    // The clock of a mounted folder may be a coarse one.
    fs::File::options().write(true).open(&file).unwrap().set_modified(saved).unwrap();
    dev.answers("two");
    // Touching a file changes nothing, and a file that is new may.
    let builds = fake.builds();
    fs::File::options().write(true).open(&file).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(fake.builds(), builds);
    fake.write("src/more.rs", "");
    fake.waits_for_more_builds(builds);
}

#[test]
fn a_new_file_may_be_what_a_program_lacks() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let builds = fake.builds();
    fs::create_dir_all(fake.path("src/routes/deep")).unwrap();
    fake.write("src/routes/deep/mod.rs", "");
    fake.waits_for_more_builds(builds);
}

/// As `git checkout` does.
#[test]
fn a_folder_may_go_and_come_back() {
    let fake = Fake::new("answer 0");
    let dev = fake.dev(&[]);
    dev.answer();
    for i in 1..4 {
        fs::remove_dir_all(fake.path("src")).unwrap();
        if i == 2 {
            thread::sleep(Duration::from_millis(500));
        }
        fs::create_dir(fake.path("src")).unwrap();
        fake.say(&format!("answer {i}"));
        dev.answers(&i.to_string());
        fake.say(&format!("answer {i} again"));
        dev.answers(&format!("{i} again"));
    }
}

#[test]
fn the_target_of_a_link_is_watched() {
    let fake = Fake::new("answer one");
    fake.write("elsewhere", "answer two");
    fs::remove_file(fake.path("src/main.rs")).unwrap();
    std::os::unix::fs::symlink(fake.path("elsewhere"), fake.path("src/main.rs")).unwrap();
    let dev = fake.dev(&[]);
    dev.answers("two");
    fake.write("elsewhere", "answer three");
    dev.answers("three");
}

/// A file that nobody knew of before the build may have changed meanwhile.
#[test]
fn a_change_during_the_first_build_counts() {
    let fake = Fake::new("answer one\nsleep 1.5");
    let dev = fake.dev(&[]);
    fake.waits_for_builds(1);
    thread::sleep(Duration::from_millis(300));
    fake.write("extra.txt", "something");
    fake.waits_for_builds(2);
    assert_eq!(dev.answer().0, "one");
}

/// What a build writes itself does not end it.
#[test]
fn what_is_generated_starts_no_build() {
    let fake = Fake::new("answer one\ngenerates");
    let dev = fake.dev(&[]);
    dev.answer();
    fake.say("answer two\ngenerates\nsleep 0.5");
    dev.answers("two");
    assert_eq!(fake.builds(), 2);
}
