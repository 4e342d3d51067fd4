//! The output of the log: a buffer, and a thread that writes it to standard output.
//!
//! Whoever reads a pipe may be slow, or stop reading. A thread of the runtime that wrote to it would stand still with all
//! of its requests. So lines are put into a buffer. Where that is full they are dropped, and counted. Until a program
//! serves, lines are written at once: it may end after any of them, by Rocket's hand too.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// How many bytes of lines may wait.
const MOST: usize = 4 << 20;

/// How long the thread waits for further lines before it writes, so that it is not woken for each. It is woken only after
/// a time without lines.
const GATHER: Duration = Duration::from_millis(4);

static OUTPUT: Output =
    Output { buffer: Mutex::new(Buffer::NEW), written: Condvar::new(), wake: Condvar::new() };

struct Output {
    buffer: Mutex<Buffer>,
    /// Wakes the thread.
    wake: Condvar,
    /// Wakes those who wait until all lines are written.
    written: Condvar,
}

struct Buffer {
    /// Whether the program serves.
    is_used: bool,
    lines: Vec<u8>,
    dropped: u64,
    /// Whether the thread was started.
    has_thread: bool,
    /// Whether it sleeps until it is woken.
    is_asleep: bool,
    /// Whether it has lines that are not written yet.
    is_writing: bool,
}

impl Buffer {
    const NEW: Buffer = Buffer {
        is_used: false,
        lines: Vec::new(),
        dropped: 0,
        has_thread: false,
        is_asleep: false,
        is_writing: false,
    };

    /// Adds a line. Returns whether the thread has to be woken for it.
    fn add(&mut self, line: &[u8], most: usize) -> bool {
        if self.lines.len() + line.len() > most {
            self.dropped += 1;
            return false;
        }
        self.lines.extend_from_slice(line);
        std::mem::take(&mut self.is_asleep)
    }

    /// Takes all lines into an empty buffer, with one about those that were dropped.
    fn take(&mut self, lines: &mut Vec<u8>, told: impl FnOnce(&mut Vec<u8>, &str)) {
        std::mem::swap(&mut self.lines, lines);
        match std::mem::take(&mut self.dropped) {
            0 => {}
            count => {
                let why = "since whoever reads the log was too slow";
                told(lines, &format!("{count} lines of the log were dropped, {why}"));
            }
        }
    }
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut lines = Vec::new();
        loop {
            let mut buffer = self.lock();
            while buffer.lines.is_empty() && buffer.dropped == 0 {
                self.written.notify_all();
                buffer.is_asleep = true;
                buffer = self.wake.wait(buffer).unwrap_or_else(PoisonError::into_inner);
            }
            buffer.is_asleep = false;
            buffer.is_writing = true;
            buffer.take(&mut lines, |lines, why| super::record::write_own(lines, log::Level::Warn, why));
            drop(buffer);
            // There is nobody to tell that nobody reads.
            let mut output = std::io::stdout().lock();
            let _ = output.write_all(&lines).and_then(|()| output.flush());
            drop(output);
            lines.clear();
            // A long list of errors need not keep its memory.
            lines.shrink_to(MOST / 64);
            let mut buffer = self.lock();
            buffer.is_writing = false;
            if buffer.lines.is_empty() {
                self.written.notify_all();
                drop(self.wake.wait_timeout(buffer, GATHER));
            }
        }
    }
}

/// Writes a line, which ends with a line break.
pub(super) fn write(line: &[u8]) {
    let mut buffer = OUTPUT.lock();
    if buffer.is_used && !buffer.has_thread {
        buffer.has_thread = Builder::new().name("crewed-log".to_owned()).spawn(|| OUTPUT.run()).is_ok();
    }
    if !buffer.has_thread {
        let mut output = std::io::stdout().lock();
        let _ = output.write_all(line).and_then(|()| output.flush());
        return;
    }
    if buffer.add(line, MOST) {
        drop(buffer);
        OUTPUT.wake.notify_one();
    }
}

/// Writes lines by way of the buffer from now on.
pub(super) fn begin() {
    OUTPUT.lock().is_used = true;
}

/// Waits until all lines are written, but no longer than this.
pub(crate) fn flush(within: Duration) {
    let until = Instant::now() + within;
    let mut buffer = OUTPUT.lock();
    OUTPUT.wake.notify_one();
    while buffer.has_thread && (buffer.is_writing || !buffer.lines.is_empty()) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        buffer = OUTPUT.written.wait_timeout(buffer, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_told() {
        let mut buffer = Buffer::NEW;
        buffer.is_asleep = true;
        assert!(buffer.add(b"first\n", 12), "it has to be woken");
        assert!(!buffer.add(b"2nd\n", 12), "it is awake already");
        assert!(!buffer.add(b"third\n", 12));
        assert!(!buffer.add(b"4th\n", 12));
        let mut lines = Vec::new();
        buffer.take(&mut lines, |lines, why| lines.extend_from_slice(why.as_bytes()));
        let text = String::from_utf8(lines).expect("it is a text");
        assert!(text.starts_with("first\n2nd\n2 lines of the log were dropped"), "{text}");
        let mut lines = Vec::new();
        assert!(!buffer.add(b"fifth\n", 12));
        buffer.take(&mut lines, |_, _| panic!("nothing was dropped"));
        assert_eq!(lines, b"fifth\n");
    }
}
