//! The `westlake` program; see [`westlake::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    westlake::cli::main()
}
