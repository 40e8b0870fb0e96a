//! Builds the binary anew when the pages were built anew: they are embedded from `web/dist`. Without
//! Node the folder stays empty, and the binary serves the API alone.

use std::{fs, io};

fn main() -> io::Result<()> {
    fs::create_dir_all("web/dist")?;
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
