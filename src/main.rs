//! probe
fn main(){ let f=westlake::formats::Folder::Bundled; match westlake::formats::load(&f, jiff::Timestamp::now()) { Ok(s)=>println!("{} {} {}", s.entity_count(), s.statement_count(), s.observation_count()), Err(e)=>println!("{e}") } }
