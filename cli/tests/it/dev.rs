//! `crewed dev`: what a change does, and what is left where something fails.

use std::fs;
use std::io::Write;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::client::{connect, get, read};
use crate::fake::{Fake, processes_in, wait_until};

/// Waits until an answer is this one, and returns the process that gave it.
fn answers(dev: &crate::fake::Dev, expected: &str) -> u32 {
    wait_until(
        || {
            let answer = dev.get("/");
            let text = answer.text();
            let (text, pid) = text.rsplit_once(' ')?;
            (answer.status == 200 && text == expected).then(|| pid.parse().unwrap())
        },
        || format!("the answer {expected:?} in:\n{}", dev.told()),
    )
}

#[test]
fn a_change_is_served() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    // The first request waits for the first program.
    let (text, first) = dev.answer();
    assert_eq!(text, "one");
    fake.say("answer two");
    let second = answers(&dev, "two");
    assert_ne!(first, second);
    // The old one is ended.
    let pid = Pid::from_raw(first.cast_signed()).unwrap();
    wait_until(|| test_kill_process(pid).is_err().then_some(()), || format!("the end of {first}"));
    assert!(dev.told().contains("Rocket has launched from http://127.0.0.1:"), "{}", dev.told());
    assert!(!dev.told().contains("http://127.0.0.1:0"), "{}", dev.told());
}

#[test]
fn a_kept_alive_connection_gets_the_new_answer() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let mut stream = connect(dev.port);
    let mut ask = || {
        write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        read(&mut stream, "GET").text()
    };
    assert!(ask().starts_with("one "));
    fake.say("answer two");
    wait_until(|| ask().starts_with("two ").then_some(()), || "the new answer".to_owned());
}

#[test]
fn a_request_during_a_build_is_answered_by_the_new_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    assert_eq!(dev.answer().0, "one");
    fake.say("answer two\nsleep 1.5");
    wait_until(
        || (fake.builds() == 2).then_some(()),
        || format!("the build {} {}", fake.builds(), dev.told()),
    );
    assert_eq!(dev.answer().0, "two");
}

#[test]
fn what_does_not_compile_leaves_the_old_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let (_, first) = dev.answer();
    fake.say("error expected one of `!` or `::`");
    dev.waits_for("expected one of `!` or `::`");
    dev.waits_for("the program does not compile; the program before it answers");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    // Without a terminal there are no colours.
    assert!(!dev.told().contains('\u{1b}'), "{:?}", dev.told());
    fake.say("answer two");
    answers(&dev, "two");
}

#[test]
fn where_there_is_no_program_the_error_is_answered() {
    let fake = Fake::new("error a semicolon is missing");
    let dev = fake.dev(&[]);
    dev.waits_for("does not compile");
    let answer = dev.get("/");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after").as_deref(), Some("1"));
    assert_eq!(answer.text(), "error: a semicolon is missing\n");
    let mut stream = connect(dev.port);
    write!(stream, "GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n").unwrap();
    let page = read(&mut stream, "GET");
    assert!(
        page.text().contains("a semicolon is missing") && page.text().contains("/.crewed/dev.js"),
        "{page:?}"
    );
    fake.say("answer one");
    answers(&dev, "one");
}

#[test]
fn a_launch_that_refuses_leaves_the_old_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let first = dev.answer();
    fake.say("refuse");
    dev.waits_for("two APIs stand on the base `/two`");
    assert_eq!(dev.answer(), first);
    // Rocket.toml is watched too.
    fake.say("answer two");
    answers(&dev, "two");
    fake.write("Rocket.toml", "[default.crewed]\nstroe = \"sqlite:thing.db\"\n");
    dev.waits_for("did you mean `store`?");
    assert_eq!(dev.answer().0, "two");
    fake.write("Rocket.toml", "[default]\nworkers = \"many\"\n");
    dev.waits_for("workers");
    assert_eq!(dev.answer().0, "two");
    let builds = fake.builds();
    fake.write("Rocket.toml", "[default.crewed]\nstore = \"sqlite:thing.db\"\n");
    wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
    assert_eq!(dev.answer().0, "two");
}

#[test]
fn a_program_that_dies_is_told() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    assert_eq!(dev.get("/die").status, 502);
    dev.waits_for("the program has ended by itself: it ended with exit status: 7");
    let answer = dev.get("/");
    assert_eq!((answer.status, answer.text().contains("exit status: 7")), (503, true), "{answer:?}");
    fake.say("answer two");
    answers(&dev, "two");
}

/// What editors do to a file, and what is no change.
#[test]
fn files_are_saved_in_many_ways() {
    let fake = Fake::new("answer 0");
    let dev = fake.dev(&[]);
    dev.answer();
    // Another file over it.
    fake.write("src/main.rs~", "answer 1");
    fs::rename(fake.path("src/main.rs~"), fake.path("src/main.rs")).unwrap();
    answers(&dev, "1");
    // The old one is moved away first.
    fs::rename(fake.path("src/main.rs"), fake.path("src/main.rs.bak")).unwrap();
    fake.say("answer 2");
    answers(&dev, "2");
    // A burst ends with the last.
    for i in 3..30 {
        fake.say(&format!("answer {i}"));
        thread::sleep(Duration::from_millis(7));
    }
    answers(&dev, "29");
    // A save during a build ends that build.
    let builds = fake.builds();
    fake.say("answer 30\nsleep 60");
    wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
    fake.say("answer 31");
    answers(&dev, "31");
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
    wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
    dev.answer();
    // A file that is deleted, and comes back.
    fs::remove_file(fake.path("src/main.rs")).unwrap();
    dev.waits_for("there is no main.rs");
    assert_eq!(dev.answer().0, "31");
    fake.say("answer 32");
    answers(&dev, "32");
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
    answers(&dev, "two");
    // Touching a file changes nothing, and a file that is new may.
    let builds = fake.builds();
    fs::File::options().write(true).open(&file).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(fake.builds(), builds);
    fake.write("src/more.rs", "");
    wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
}

#[test]
fn a_new_file_may_be_what_a_program_lacks() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let builds = fake.builds();
    fs::create_dir_all(fake.path("src/routes/deep")).unwrap();
    fake.write("src/routes/deep/mod.rs", "");
    wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
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
        answers(&dev, &i.to_string());
        fake.say(&format!("answer {i} again"));
        answers(&dev, &format!("{i} again"));
    }
}

#[test]
fn the_target_of_a_link_is_watched() {
    let fake = Fake::new("answer one");
    fake.write("elsewhere", "answer two");
    fs::remove_file(fake.path("src/main.rs")).unwrap();
    std::os::unix::fs::symlink(fake.path("elsewhere"), fake.path("src/main.rs")).unwrap();
    let dev = fake.dev(&[]);
    answers(&dev, "two");
    fake.write("elsewhere", "answer three");
    answers(&dev, "three");
}

/// A file that nobody knew of before the build may have changed meanwhile.
#[test]
fn a_change_during_the_first_build_counts() {
    let fake = Fake::new("answer one\nsleep 1.5");
    let dev = fake.dev(&[]);
    wait_until(|| (fake.builds() == 1).then_some(()), || "a build".to_owned());
    thread::sleep(Duration::from_millis(300));
    fake.write("extra.txt", "something");
    wait_until(|| (fake.builds() == 2).then_some(()), || format!("another build:\n{}", dev.told()));
    assert_eq!(dev.answer().0, "one");
}

/// What a build writes itself does not end it.
#[test]
fn what_is_generated_starts_no_build() {
    let fake = Fake::new("answer one\ngenerates");
    let dev = fake.dev(&[]);
    dev.answer();
    fake.say("answer two\ngenerates\nsleep 0.5");
    answers(&dev, "two");
    assert_eq!(fake.builds(), 2);
}

#[test]
fn a_signal_counts_while_a_program_hangs() {
    for words in ["answer one\nhangs", "answer one\nhangs in plan"] {
        let fake = Fake::new(words);
        let mut dev = fake.dev(&[]);
        wait_until(|| (fake.builds() == 1).then_some(()), || "a build".to_owned());
        thread::sleep(Duration::from_millis(700));
        let start = std::time::Instant::now();
        dev.signal(Signal::INT);
        dev.ends();
        assert!(start.elapsed() < Duration::from_secs(3), "{words}: {:?}", start.elapsed());
        let folder = fake.path("");
        let left = || processes_in(folder.parent().unwrap());
        wait_until(|| left().is_empty().then_some(()), || format!("{words}: {:?}", left()));
    }
}

/// Of what the compiler did not say, somebody still has to know.
#[test]
fn an_error_stays_until_it_is_mended() {
    let fake = Fake::new("silent");
    let dev = fake.dev(&[]);
    dev.waits_for("the program does not compile");
    assert!(dev.get("/").text().contains("cargo says why in the terminal"));
    fake.say("answer one");
    answers(&dev, "one");
    fake.say("error a semicolon is missing");
    dev.waits_for("the program before it answers");
    fake.say("error a semicolon is missing");
    thread::sleep(Duration::from_millis(400));
    let mut events = connect(dev.port);
    write!(events, "GET /.crewed/events HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    while !crate::client::line(&mut events).contains("a semicolon is missing") {}
}

/// A column that somebody happens to have typed is made only when that is asked for.
#[test]
fn a_change_of_the_database_waits_until_it_is_asked_for() {
    let fake = Fake::new("answer one\ntable before");
    let dev = fake.dev(&[]);
    let (_, first) = dev.answer();
    assert_eq!(dev.get("/notes").text(), "[]");
    fake.say("answer two\ntable after");
    let told = dev.waits_for("is to be changed");
    assert!(told.contains("stars") && told.contains("--migrate"), "{told}");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    // What cannot be changed at all is refused.
    fake.say("answer three\ntable narrower");
    dev.waits_for("does not fit the declaration");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    drop(dev);
    fake.say("answer one\ntable before");
    let dev = fake.dev(&["--migrate"]);
    dev.answer();
    fake.say("answer two\ntable after");
    answers(&dev, "two");
    let mut stream = connect(dev.port);
    let note = "{\"name\":\"a\"}";
    write!(
        stream,
        "POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{note}",
        note.len()
    )
    .unwrap();
    assert_eq!(read(&mut stream, "POST").text(), "{\"name\":\"a\",\"stars\":0}");
}

#[test]
fn what_changed_is_told() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    fake.say("answer two\ntable before");
    answers(&dev, "two");
    let told = dev.waits_for("+ GET /notes/<name>");
    assert!(told.contains("+ POST /notes"), "{told}");
    fake.say("answer three");
    answers(&dev, "three");
    dev.waits_for("- GET /notes/<name>");
}

#[test]
fn two_programs_need_not_overlap() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&["--no-overlap"]);
    let (_, first) = dev.answer();
    fake.say("answer two");
    answers(&dev, "two");
    let pid = Pid::from_raw(first.cast_signed()).unwrap();
    assert!(test_kill_process(pid).is_err(), "the old program is there");
    fake.say("refuse");
    dev.waits_for("two APIs stand on the base `/two`");
    assert_eq!(dev.answer().0, "two");
    // One that seemed to launch and then does not.
    fake.say("answer three\nfails");
    let told = dev.waits_for("the program before it answers again");
    assert!(told.contains("it ended with exit status: 3"), "{told}");
    assert_eq!(dev.answer().0, "two");
}

#[test]
fn enter_changes_the_database() {
    let fake = Fake::new("answer one\ntable before");
    drop(fake.asked(&["migrate", "--apply"]));
    fake.say("answer two\ntable after");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let line = format!("{} dev --port {free}", crate::fake::CREWED);
    let mut child = crate::fake::Ended(fake.on_a_terminal(&line).spawn().unwrap());
    let told = crate::fake::heard(child.0.stdout.take().unwrap());
    let waits = |text: &str| {
        wait_until(
            || told.lock().unwrap().contains(text).then_some(()),
            || format!("{text} in {}", told.lock().unwrap()),
        );
    };
    waits("press Enter to change it");
    assert_eq!(get(free, "/").status, 503);
    // There are colours.
    assert!(told.lock().unwrap().contains("\u{1b}["));
    let mut stdin = child.0.stdin.take().unwrap();
    stdin.write_all(b"\n").unwrap();
    waits("Rocket has launched");
    assert_eq!(get(free, "/").status, 200);
    assert_eq!(get(free, "/notes").text(), "[]");
    // Ctrl-C, as a terminal sends it.
    stdin.write_all(&[3]).unwrap();
    child.0.wait().unwrap();
    let folder = fake.path("");
    let left = || processes_in(folder.parent().unwrap());
    wait_until(|| left().is_empty().then_some(()), || format!("{:?}", left()));
}

#[test]
fn without_colours_there_are_none() {
    let fake = Fake::new("error a semicolon is missing");
    let line = format!("{} openapi", crate::fake::CREWED);
    for (value, is_colored) in [("", true), ("1", false)] {
        let done = fake.on_a_terminal(&line).env("NO_COLOR", value).output().unwrap();
        let told = String::from_utf8(done.stdout).unwrap();
        assert!(told.contains("a semicolon is missing"), "{told}");
        assert_eq!(told.contains('\u{1b}'), is_colored, "{told}");
    }
}

#[test]
fn arguments_are_passed_on() {
    let fake = Fake::new("answer one");
    let asked = ["-p", "thing", "--bin", "thing", "--release", "--features", "a,b", "--features", "c d"];
    let dev = fake.dev(&[&asked[..], &["--", "--port", "x y"]].concat());
    let (_, pid) = dev.answer();
    let with = fake.built_with();
    assert!(with.ends_with(" -p thing --bin thing --release --features a,b --features c d\n"), "{with}");
    let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(line.ends_with("\0--port\0x y\0"), "{line:?}");
    for wrong in [["-p", "think"], ["--bin", "think"], ["--example", "think"]] {
        let (_, told, status) = fake.asked(&[&["routes"], &wrong[..]].concat());
        assert_eq!((status, told.contains("`think`")), (1, true), "{told}");
    }
}

#[test]
fn a_request_that_is_being_answered_is_not_cut_off() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let port = dev.port;
    let slow = thread::spawn(move || get(port, "/slow/1500"));
    thread::sleep(Duration::from_millis(300));
    fake.say("answer two");
    answers(&dev, "two");
    let answer = slow.join().unwrap();
    assert_eq!((answer.status, answer.text()), (200, "one".to_owned()));
}

/// However the command ends, nothing of it is left.
#[test]
fn no_process_is_left() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        for words in ["answer one", "answer two\nsleep 60"] {
            let fake = Fake::new("answer one");
            let mut dev = fake.dev(&[]);
            dev.answer();
            let builds = fake.builds();
            if words.contains("sleep") {
                fake.say(words);
                wait_until(|| (fake.builds() > builds).then_some(()), || "a build".to_owned());
            }
            dev.signal(signal);
            dev.ends();
            let folder = fake.path("");
            let left = || processes_in(folder.parent().unwrap());
            wait_until(|| left().is_empty().then_some(()), || format!("{signal:?} {words}: {:?}", left()));
        }
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let fake = Fake::new("answer one");
    let mut dev = fake.dev(&[]);
    let (_, pid) = dev.answer();
    let port = dev.port;
    // A stream keeps the program until it is cut off.
    let stream = thread::spawn(move || {
        let mut stream = connect(port);
        write!(stream, "GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut all = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut all);
    });
    thread::sleep(Duration::from_millis(300));
    dev.signal(Signal::INT);
    thread::sleep(Duration::from_millis(200));
    dev.signal(Signal::INT);
    let start = std::time::Instant::now();
    dev.ends();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    wait_until(|| test_kill_process(pid).is_err().then_some(()), || "the end of the program".to_owned());
    stream.join().unwrap();
}

#[test]
fn who_has_the_port_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let fake = Fake::new("answer one");
    let (_, told, status) = fake.asked(&["dev", "--port", &port]);
    assert_eq!(status, 1);
    assert!(told.contains(&format!("(process {})", std::process::id())) && told.contains("--port"), "{told}");
}

#[test]
fn the_port_is_that_of_rocket() {
    let fake = Fake::new("answer one");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fake.write(
        "Rocket.toml",
        &format!("[default]\nport = {free}\n[default.crewed]\nstore = \"sqlite:thing.db\"\n"),
    );
    let mut command = fake.command(&["dev"]);
    let mut child =
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let answer = wait_until(
        || std::net::TcpStream::connect(("127.0.0.1", free)).is_ok().then(|| get(free, "/")),
        || "the port".to_owned(),
    );
    assert!(answer.text().starts_with("one "), "{answer:?}");
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::TERM).unwrap();
    child.wait().unwrap();
}
