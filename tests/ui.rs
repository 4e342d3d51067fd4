//! Declarations with mistakes, and what the compiler says of them: a folder for each kind, a file
//! for each mistake. `TRYBUILD=overwrite` rewrites what is expected.

/// The toolchain is pinned (`rust-toolchain.toml`), since the compiler has its own words in some.
#[test]
fn ui() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/ui/*/*.rs");
}
