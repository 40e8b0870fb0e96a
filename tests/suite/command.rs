//! The commands: what they print and exit with.

use std::time::{Duration, Instant};

use crate::support::{Server, folder, run, text};

#[test]
fn help_names_every_command_and_shows_examples() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    insta::assert_snapshot!("help", text(&output.stdout));
    let output = run(&["serve", "--help"]);
    insta::assert_snapshot!("help_serve", text(&output.stdout));
}

#[test]
fn exit_codes_tell_what_happened() {
    assert_eq!(run(&["check"]).status.code(), Some(0));
    assert_eq!(run(&["check", "/nowhere"]).status.code(), Some(1));
    assert_eq!(run(&["serve", "/nowhere"]).status.code(), Some(1));
    assert_eq!(run(&["serve", "--listen", "nonsense"]).status.code(), Some(2));
    assert_eq!(run(&["servee"]).status.code(), Some(2));
    assert_eq!(run(&[]).status.code(), Some(2));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&format!("cannot listen on {address}")));
}

#[test]
fn check_counts_what_a_folder_holds() {
    let output = run(&["check"]);
    assert_eq!(
        text(&output.stdout),
        "hangzhou 1.0.0: 177 entities, 369 statements, 104 observations, 57 sources, in en, zh: no mistakes\n"
    );
    let output = run(&["check", "data/hangzhou"]);
    assert!(text(&output.stdout).contains("177 entities"), "the folder is the bundled graph");
}

#[test]
fn a_folder_that_is_not_one_is_explained() {
    let empty = folder(&[]);
    let output = run(&["check", empty.path().to_str().unwrap()]);
    let message = text(&output.stderr);
    assert!(message.contains("westlake.toml"), "{message}");
    assert!(message.contains("docs/tutorial.md"), "{message}");
}

#[test]
fn the_bundled_graph_is_ready_at_once_and_takes_little_memory() {
    let started = Instant::now();
    let server = Server::start(&[]);
    let elapsed = started.elapsed();
    // The goal is 100 ms of the release build; this build is not optimised, and machines are shared.
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < 80 * 1024, "{line}");
}
