//! Pages, one after another.

use super::*;

/// The address of the next page.
pub(super) fn next(client: &Client, path: &str) -> (Vec<Value>, Option<String>) {
    let answer = send(client, Method::Get, path, None);
    assert_eq!(answer.status().code, 200, "{path}");
    let link = answer.headers().get_one("Link").map(|link| {
        let end = link.strip_suffix(">; rel=\"next\"").unwrap();
        end.strip_prefix('<').unwrap().to_owned()
    });
    (answer.into_json::<Value>().unwrap().as_array().unwrap().clone(), link)
}

/// All rows, by pages.
pub(super) fn walked(client: &Client, path: &str) -> Vec<i64> {
    let (mut all, mut path) = (Vec::new(), Some(path.to_owned()));
    while let Some(this) = path {
        let (rows, link) = next(client, &this);
        assert!(link.is_none() || !rows.is_empty());
        all.extend(rows.iter().map(|row| row["id"].as_i64().unwrap()));
        path = link;
        assert!(all.len() < 1000);
    }
    all
}

#[test]
fn pages_join_without_a_gap() {
    let client = client();
    seed(&client);
    seed(&client);
    for sort in [
        "",
        "age",
        "-age",
        "name",
        "-name",
        "masked",
        "-masked",
        "masked,-age",
        "-masked,age",
        "age,name",
        "-age,name",
        "born",
        "-born,age",
        "born,-age",
        "price,-born",
        "motto,born",
        "-motto,-born",
        "id",
        "-id",
        "age,-id",
    ] {
        let sorted = if sort.is_empty() { String::new() } else { format!("&sort={sort}") };
        let whole = ids(&client, &format!("limit=1000{sorted}"));
        assert_eq!(whole.len(), 10);
        for limit in [1, 2, 3, 9, 10] {
            let path = format!("/heroes?limit={limit}{sorted}");
            assert_eq!(walked(&client, &path), whole, "{path}");
        }
        let some = ids(&client, &format!("limit=1000{sorted}&age__lt=30&name__ne=bob"));
        assert_eq!(
            walked(&client, &format!("/heroes?limit=1{sorted}&age__lt=30&name__ne=bob")),
            some,
            "{sort}"
        );
        for skip in 0..11 {
            let path = format!("skip={skip}&limit=3{sorted}");
            assert_eq!(
                ids(&client, &path),
                whole.iter().skip(skip).take(3).copied().collect::<Vec<_>>(),
                "{path}"
            );
        }
    }
}

#[test]
fn a_link_keeps_the_query() {
    let client = client();
    seed(&client);
    let (_, link) =
        next(&client, "/heroes?limit=1&skip=1&age__in=9&age__in=36&sort=-age&count=true&name__ne=a%3Cb+c");
    assert_eq!(link, None);
    let (_, link) =
        next(&client, "/heroes?limit=1&age__in=9&sk%69p=0&age__in=36&sort=-age&count=true&name__ne=a%3Cb+c");
    let link = link.unwrap();
    let kept = "/heroes?limit=1&age__in=9&age__in=36&sort=-age&count=true&name__ne=a%3Cb+c&cursor=";
    let cursor = link.strip_prefix(kept).unwrap_or_else(|| panic!("{link}"));
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
    // The limit may change, and so may the order of the parameters: filters are sets.
    let other = format!(
        "/heroes?cursor={cursor}&name__ne=a%3Cb%20c&age__in=36&age__in=9&age__in=9&sort=-age&limit=5"
    );
    assert_eq!(next(&client, &other).0.len(), 1);
    for query in [
        format!("cursor={cursor}"),
        format!("cursor={cursor}&age__in=9&age__in=36&sort=age&name__ne=a%3Cb+c"),
        format!("cursor={cursor}&age__in=9&age__in=37&sort=-age&name__ne=a%3Cb+c"),
        format!("{}&skip=0", link.split('?').nth(1).unwrap()),
        format!("skip=0&{}", link.split('?').nth(1).unwrap()),
        format!("{}A", link.split('?').nth(1).unwrap()),
        link.split('?').nth(1).unwrap()[..link.len() - 12].to_owned(),
    ] {
        let (status, body) = kit::get(&client, &format!("/heroes?{query}"));
        assert_eq!(status, 422, "{query}: {body}");
        let place = if query.starts_with("limit=1") && query.ends_with("skip=0") {
            "query.skip"
        } else {
            "query.cursor"
        };
        assert_eq!(issues(&body), only("value_error", place), "{query}");
    }
    // A value is not taken for another filter.
    let values = "name__not_in=!&name__not_in=%26&name__not_in=name__ne&name__not_in=x";
    let (_, link) = next(&client, &format!("/heroes?limit=1&{values}"));
    let cursor = link.unwrap().rsplit("cursor=").next().unwrap().to_owned();
    assert_eq!(kit::get(&client, &format!("/heroes?name__not_in=!&name__ne=x&cursor={cursor}")).0, 422);
    assert_eq!(next(&client, "/heroes?limit=0").1, None);
    assert_eq!(next(&client, "/heroes?limit=5").1, None);
    assert!(next(&client, "/heroes?limit=4").1.is_some());
}

/// Somebody else may write what no client can send.
#[test]
fn pages_go_on_after_rows_that_no_client_could_have_sent() {
    let client = client_with(Api::new().resource::<Hero>().operations(operations![write_by_hand]));
    seed(&client);
    let (status, body) = post(&client, "/by_hand", json!(null));
    assert_eq!(status, 200, "{body}");
    for sort in ["born", "-born", "born,age"] {
        assert_eq!(walked(&client, &format!("/heroes?limit=1&sort={sort}")).len(), 5, "{sort}");
    }
    // A list whose cursor would be too long fails, and does not end as if there was no more.
    assert_eq!(send(&client, Method::Get, "/heroes?sort=motto&limit=1", None).status().code, 200);
    assert_eq!(send(&client, Method::Get, "/heroes?sort=name&limit=4", None).status().code, 422);
    assert_eq!(send(&client, Method::Get, "/heroes?sort=name&limit=5", None).status().code, 200);
}

#[crewed::post("/by_hand")]
async fn write_by_hand(heroes: Repository<Hero>) -> Result<(), HttpError> {
    let of_year = |year: i64| match std::env::var("CREWED_TEST_ENGINE") {
        Ok(_) => format!("to_timestamp({})", (year - 1970) * 31_556_952),
        Err(_) => format!("{}", (year - 1970) * 31_556_952_000_000),
    };
    for (id, year) in [(1, 12_000), (2, -300)] {
        heroes.sql(&format!("UPDATE heroes SET born = {} WHERE id = {id}", of_year(year)), &[]).await?;
    }
    heroes.sql("UPDATE heroes SET name = $1 WHERE id = 3", &["z".repeat(15_000).into()]).await?;
    Ok(())
}

/// A cursor proves nothing: whatever it says is looked at as a value of a client's.
#[test]
fn a_forged_cursor_is_refused_or_harmless() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let client = client();
    seed(&client);
    let cursor = |query: &str| {
        let (_, link) = next(&client, &format!("/heroes?limit=1&{query}"));
        BASE64.decode(link.unwrap().rsplit("cursor=").next().unwrap()).unwrap()
    };
    for query in ["sort=age", "sort=name", "sort=price", "sort=born", "sort=masked", "sort=-motto", "sort=id"]
    {
        let real = cursor(query);
        for position in 0..real.len() {
            for change in [0x01_u8, 0x80, 0xff] {
                let mut forged = real.clone();
                forged[position] ^= change;
                let path = format!("/heroes?limit=1&{query}&cursor={}", BASE64.encode(&forged));
                let status = send(&client, Method::Get, &path, None).status().code;
                assert!(status == 422 || (status == 200 && position >= 9), "{path}: {status}");
            }
            let path = format!("/heroes?limit=1&{query}&cursor={}", BASE64.encode(&real[..position]));
            assert_eq!(send(&client, Method::Get, &path, None).status().code, 422, "{path}");
        }
        let mut longer = real.clone();
        longer.push(0);
        let path = format!("/heroes?limit=1&{query}&cursor={}", BASE64.encode(&longer));
        assert_eq!(send(&client, Method::Get, &path, None).status().code, 422);
    }
    let path = format!("/heroes?cursor={}", "A".repeat(20_000));
    assert_eq!(send(&client, Method::Get, &path, None).status().code, 422);
}

#[test]
fn what_changes_between_pages_moves_nothing_else() {
    let client = client();
    for age in 0..20 {
        add(
            &client,
            json!({"name": format!("hero {}", age % 3), "team": "Red", "age": (age % 4 != 3).then_some(age % 5)}),
        );
    }
    for sort in ["age", "-age", "name,-age", "-name"] {
        let mut path = format!("/heroes?limit=3&sort={sort}");
        let before = ids(&client, &format!("sort={sort}"));
        let (mut seen, mut changed, mut count) = (Vec::new(), Vec::new(), 0);
        loop {
            let (rows, link) = next(&client, &path);
            seen.extend(rows.iter().map(|row| row["id"].as_i64().unwrap()));
            let Some(link) = link else { break };
            path = link;
            // One comes, one goes, and one moves.
            changed.push(add(&client, json!({"name": "hero 1", "team": "Red", "age": count % 5})));
            let victim = before[(count * 7 % 20) as usize];
            if !changed.contains(&victim) {
                changed.push(victim);
                match count % 2 {
                    0 => assert!([204, 404].contains(&kit::delete(&client, &format!("/heroes/{victim}")).0)),
                    _ => drop(kit::patch(
                        &client,
                        &format!("/heroes/{victim}"),
                        json!({"age": null, "name": "zz"}),
                    )),
                }
            }
            count += 1;
        }
        let stayed: Vec<i64> = before.iter().copied().filter(|id| !changed.contains(id)).collect();
        let kept: Vec<i64> = seen.iter().copied().filter(|id| !changed.contains(id)).collect();
        assert_eq!(kept, stayed, "{sort}");
        for id in ids(&client, "limit=1000") {
            if !before.contains(&id) {
                kit::delete(&client, &format!("/heroes/{id}"));
            }
        }
        for _ in ids(&client, "").len()..20 {
            add(&client, json!({"name": "hero 2", "team": "Red", "age": 3}));
        }
    }
}
