//! Numbers as texts, without a formatter: there are some in the line of each request.

use std::time::Duration;

/// Writes a time in milliseconds, with microseconds behind the point.
pub(super) fn millis(line: &mut Vec<u8>, time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    decimal(line, micros / 1000);
    line.push(b'.');
    let fraction = micros % 1000;
    line.extend([fraction / 100, fraction / 10 % 10, fraction % 10].map(|digit| b'0' + digit as u8));
}

/// Writes a number.
pub(super) fn decimal(line: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are() {
        for number in [0, 7, 10, 99, 1000, u64::MAX] {
            let mut line = Vec::new();
            decimal(&mut line, number);
            assert_eq!(String::from_utf8(line).expect("digits"), number.to_string());
        }
        for (micros, expected) in [(0, "0.000"), (7, "0.007"), (1_020, "1.020"), (123_456, "123.456")] {
            let mut line = Vec::new();
            millis(&mut line, Duration::from_micros(micros));
            assert_eq!(String::from_utf8(line).expect("digits"), expected);
        }
    }
}
