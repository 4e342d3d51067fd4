//! Queries in code.

use crewed::rocket::futures::TryStreamExt;
use crewed::rocket::serde::json::Json;

use super::*;

fn names(heroes: &[Hero]) -> Vec<&str> {
    heroes.iter().map(|hero| &*hero.name).collect()
}

#[crewed::post("/asked")]
async fn asked(heroes: Repository<Hero>) -> Result<Json<bool>, HttpError> {
    let fields = Hero::FIELDS;
    let found = heroes.find(fields.age.gte(18) & fields.name.starts_with("A")).all().await?;
    assert_eq!(names(&found), ["Ada"]);
    let found =
        heroes.find(Predicate::all()).sort(fields.age.desc()).sort(fields.name.asc()).limit(2).all().await?;
    assert_eq!(names(&found), ["Éva", "Ada"]);
    let found = heroes.find(fields.age.eq(None) | fields.name.eq("bob")).sort(fields.id.desc()).all().await?;
    assert_eq!(names(&found), ["Éva", "bob"]);
    assert_eq!(heroes.find(!fields.age.is_null()).count().await?, 4);
    assert_eq!(heroes.find(fields.team.is_in([Team::Red, Team::Green])).limit(1).count().await?, 3);
    assert!(
        heroes.find(fields.motto.icontains("STRASSE") | fields.motto.icontains("STRAẞE")).exists().await?
    );
    assert!(!heroes.find(fields.secret.ne("hush")).exists().await?);
    assert!(heroes.find(fields.powers.has("logic")).exists().await?);
    assert!(!heroes.find(fields.powers.has("a\0b")).exists().await?);
    // What others have written cannot make a list fail.
    heroes
        .sql(r#"UPDATE heroes SET powers = '["a\u0000b", "logic", 1, true, null, {}]' WHERE id = 2"#, &[])
        .await?;
    assert_eq!(heroes.find(fields.powers.has("logic")).count().await?, 2);
    assert_eq!(heroes.find(fields.powers.has("1") | fields.powers.has("true")).count().await?, 1);
    heroes.sql("UPDATE heroes SET powers = '{}' WHERE id = 2", &[]).await?;
    assert_eq!(heroes.find(fields.powers.has("logic")).count().await?, 1);
    heroes.sql("UPDATE heroes SET powers = '[]' WHERE id = 2", &[]).await?;
    assert_eq!(heroes.find(fields.price.lt(Decimal::new(-2249, 3))).count().await?, 1);
    assert_eq!(
        heroes.find(fields.name.gt("a\0b")).count().await?,
        heroes.find(fields.name.gt("a")).count().await?
    );
    assert_eq!(heroes.find(fields.name.eq("a\0")).count().await?, 0);
    assert_eq!(heroes.find(fields.name.contains("\0")).count().await?, 0);
    let far = DateTime::<Utc>::MAX_UTC;
    assert_eq!(heroes.find(fields.born.lt(far)).count().await?, 1);
    assert_eq!(heroes.find(fields.born.gt(DateTime::<Utc>::MIN_UTC)).count().await?, 1);
    assert_eq!(heroes.find(fields.born.ne(far)).count().await?, 5);
    assert_eq!(heroes.find(fields.age.is_in(Vec::<i32>::new())).count().await?, 0);
    assert_eq!(heroes.find(fields.age.not_in(Vec::<i32>::new())).count().await?, 5);
    assert_eq!(heroes.find(fields.age.is_in([None, Some(9)])).count().await?, 2);
    assert_eq!(
        heroes.find(Predicate::all()).skip(3).sort(fields.age.asc()).first().await?.unwrap().name,
        "Ada"
    );
    assert!(heroes.find(fields.id.eq(99)).first().await?.is_none());
    let mut streamed =
        std::pin::pin!(heroes.find(Predicate::all()).sort(fields.age.desc()).skip(1).limit(3).stream());
    let mut seen = Vec::new();
    while let Some(hero) = streamed.try_next().await? {
        seen.push(hero.name);
    }
    assert_eq!(seen, ["Ada", "강나루", "bob"]);
    Ok(Json(true))
}

#[crewed::post("/changed")]
async fn changed(heroes: Repository<Hero>) -> Result<Json<bool>, HttpError> {
    let fields = Hero::FIELDS;
    let patch = HeroPatch { team: Patched::Value(Team::Green), ..Default::default() };
    assert_eq!(heroes.update_where(fields.team.eq(Team::Red), patch).await?, 2);
    assert_eq!(heroes.find(fields.team.eq(Team::Green)).count().await?, 3);
    assert_eq!(heroes.delete_where(fields.age.lt(18)).await?, 2);
    assert_eq!(heroes.find(Predicate::all()).count().await?, 3);
    // What fails in the middle changes nothing.
    let failed = heroes
        .transaction(|tx| async move {
            assert_eq!(tx.of::<Hero>().delete_where(Predicate::all()).await?, 3);
            assert_eq!(tx.of::<Hero>().find(Predicate::all()).count().await?, 0);
            Err::<(), _>(HttpError::new(418, "teapot"))
        })
        .await;
    assert_eq!(failed.unwrap_err().code(), 418);
    assert_eq!(heroes.find(Predicate::all()).count().await?, 3);
    Ok(Json(true))
}

#[test]
fn code_asks_by_typed_fields() {
    let client = client_with(Api::new().resource::<Hero>().operations(operations![asked, changed]));
    seed(&client);
    assert_eq!(post(&client, "/asked", Value::Null), (200, json!(true)));
    assert_eq!(post(&client, "/changed", Value::Null), (200, json!(true)));
}

/// More rows than are read at once.
#[crewed::post("/many")]
async fn many(heroes: Repository<Hero>) -> Result<Json<u64>, HttpError> {
    let fields = Hero::FIELDS;
    heroes
        .transaction(|tx| async move {
            for count in 0..1203 {
                let json = json!({"name": format!("n{}", count % 7), "team": "Red", "age": (count % 3 > 0).then_some(count % 11)});
                let new: HeroCreate = serde_json::from_value(json).unwrap();
                tx.of::<Hero>().create(new).await?;
            }
            Ok::<_, HttpError>(())
        })
        .await?;
    let whole = heroes.find(Predicate::all()).sort(fields.age.desc()).sort(fields.name.asc()).all().await?;
    let streamed: Vec<Hero> = heroes
        .find(Predicate::all())
        .sort(fields.age.desc())
        .sort(fields.name.asc())
        .stream()
        .try_collect()
        .await?;
    assert_eq!(whole, streamed);
    assert_eq!(whole.len(), 1203);
    let patch = HeroPatch { masked: Patched::Value(true), ..Default::default() };
    assert_eq!(heroes.update_where(fields.masked.eq(false), patch).await?, 1203);
    Ok(Json(heroes.delete_where(Predicate::all()).await?))
}

#[test]
fn many_rows_are_streamed_and_changed() {
    let client = client_with(Api::new().resource::<Hero>().operations(operations![many]));
    assert_eq!(post(&client, "/many", Value::Null), (200, json!(1203)));
}
