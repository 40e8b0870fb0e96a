//! The tutorial does what it says: its files are written, its commands run, its queries asked, and
//! what it shows is what comes back.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::support::{Server, folder, root, run, text};

/// A fenced block: what stands behind the fence, and the text.
struct Block {
    info: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block { info: info.to_owned(), text: text.join("\n") + "\n" });
    }
    blocks
}

#[test]
fn the_tutorial_does_what_it_says() {
    let document = fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let home = folder(&[]);
    let mut server: Option<Server> = None;
    let mut answer: Option<Value> = None;
    let mut said: Option<String> = None;
    let (mut files, mut queries, mut commands) = (0, 0, 0);
    let path = |name: &str| -> PathBuf { home.path().join(name) };
    for Block { info, text: content } in blocks(&document) {
        match info.split_once(' ') {
            // ```csv my-graph/entities.csv: a file to write.
            Some((_, name)) => {
                let path = path(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, content).unwrap();
                server = None;
                files += 1;
            }
            // ```sh: commands; those of westlake run, one that serves goes on.
            None if info == "sh" => {
                for line in content.lines().filter_map(|line| line.strip_prefix("westlake ")) {
                    commands += 1;
                    let arguments: Vec<String> = line
                        .split_whitespace()
                        .map(|word| {
                            let is_path = word.starts_with("my-graph");
                            if is_path {
                                path(word).to_str().unwrap().to_owned()
                            } else {
                                word.to_owned()
                            }
                        })
                        .collect();
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    if arguments[0] == "serve" {
                        server = Some(Server::start(&arguments[1..]));
                    } else {
                        let output = run(&arguments);
                        let out = text(&output.stdout) + &text(&output.stderr);
                        said = Some(
                            out.replace(home.path().to_str().unwrap(), "")
                                .replace("/my-graph", "my-graph"),
                        );
                    }
                }
            }
            // ```text: what the last command says.
            None if info == "text" => {
                let said = said.take().expect("a command before what it says");
                assert_eq!(said.trim(), content.trim());
            }
            // ```graphql: a query to the server; ```json: its answer.
            None if info == "graphql" => {
                queries += 1;
                answer = Some(server.as_ref().expect("a server").ask(&content));
            }
            None if info == "json" => {
                let expected: Value = serde_json::from_str(&content).unwrap();
                assert_eq!(answer.take().expect("a query before its answer"), expected);
            }
            None => panic!("a block of the unknown kind \"{info}\""),
        }
    }
    assert!(
        files >= 6 && queries >= 3 && commands >= 3,
        "{files} files, {queries} queries, {commands} commands"
    );
}
