//! What proofs have found, each as the one request that shows it.

use super::*;

/// A measurement, whose author alone sees how heavy it is.
#[resource("/measurements", access(caller = Me, read(caller), create(caller), update(caller)))]
struct Measurement {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(read(owner))]
    weight: Option<f64>,
}

/// SQLite keeps a whole number in a column of floats as an integer, and an expression shows it so.
#[test]
fn a_whole_number_in_a_masked_column_is_a_float() {
    for (client, base) in on_bases(|| Api::new().resource::<Measurement>()) {
        let path = format!("{base}/measurements");
        let (status, row) = ask(&client, "POST", &path, "1 user", Some(json!({"weight": 6.0})));
        assert_eq!((status, &row["weight"]), (201, &json!(6.0)), "{row}");
        let path = format!("{path}/{}", row["id"]);
        let (status, row) = ask(&client, "PATCH", &path, "1 user", Some(json!({"weight": 2.0})));
        assert_eq!((status, &row["weight"]), (200, &json!(2.0)), "{row}");
        let (status, row) = ask(&client, "GET", &path, "1 user", None);
        assert_eq!((status, &row["weight"]), (200, &json!(2.0)), "{row}");
    }
}
