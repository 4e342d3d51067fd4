//! The example is the program `security`, in `main.rs`.
