//! Hands the arguments to the library.

fn main() -> std::process::ExitCode {
    poolhouse::cli::main()
}
