//! What each caller is shown.

use rocket::http::Method;
use serde_json::Value as Json;

use super::{About, Oracle};
use crate::resource::Operation;
use crate::testing::coverage::Part;
use crate::testing::failure::Failure;
use crate::testing::judge::Row;
use crate::testing::program::{Answer, Caller, Sent};
use crate::testing::random::Random;
use crate::value::Value;

/// How many rows a page of a list has.
const PAGE: usize = 3;

impl Oracle<'_> {
    /// Everything that a caller reads.
    pub(super) async fn reads(
        &self,
        random: &mut Random,
        caller: &Caller,
        rows: &[Row],
        gone: Option<&Value>,
    ) -> Result<(), Failure> {
        let visible: Vec<&Row> =
            rows.iter().filter(|row| self.judge.holds(Part::Read, row, caller)).collect();
        if self.judge.served.access.tenant.is_some() {
            for row in rows {
                self.judge.holds(Part::Tenant, row, caller);
            }
        }
        // Whom no row at all may be shown is told so.
        let is_refused = visible.is_empty() && self.judge.refuses(Operation::List, caller);
        if self.judge.meta().operations.contains(Operation::List) {
            self.list(random, caller, &visible, is_refused).await?;
        }
        self.list_in_code(caller, &visible, is_refused).await?;
        if self.judge.meta().operations.contains(Operation::Read) {
            for row in rows {
                let is_visible = visible.iter().any(|other| std::ptr::eq(*other, row));
                self.one(random, caller, row, is_visible, is_refused).await?;
            }
            if let Some(gone) = gone {
                let sent = Sent::get(self.address(gone));
                let answer = self.ask(caller, &sent).await;
                let status = if is_refused { Oracle::refused(caller) } else { self.absent() };
                if answer.status != status {
                    let about = About { part: Part::Read, rows: &[] };
                    let expected = format!("{status}, since there is no such row");
                    return Err(self.refute(caller, &sent, expected, &answer, about));
                }
            }
        }
        Ok(())
    }

    /// The status of an answer about a row that is not there.
    pub(super) fn absent(&self) -> u16 {
        self.judge.meta().missing.status
    }

    /// A list shows the visible rows, whatever it is sorted by, and counts them.
    async fn list(
        &self,
        random: &mut Random,
        caller: &Caller,
        visible: &[&Row],
        is_refused: bool,
    ) -> Result<(), Failure> {
        let meta = self.judge.meta();
        let path = self.judge.served.path();
        let expected: Vec<Json> = visible.iter().map(|row| self.judge.shown(row, caller)).collect();
        let sorts: Vec<usize> = meta.sorts().filter(|column| !self.judge.lacks(*column, caller)).collect();
        let sort = random.pick(&sorts).map(|column| meta.object.fields[*column].name);
        let sort = sort.map(|name| format!("&sort={}{name}", if random.percent(50) { "-" } else { "" }));
        for sort in [None, sort] {
            let is_sorted = sort.is_some();
            let first = format!("{path}?limit={PAGE}&count=true{}", sort.unwrap_or_default());
            let (mut found, mut address) = (Vec::new(), Some(first));
            while let Some(next) = address.take() {
                let sent = Sent::get(next);
                let answer = self.ask(caller, &sent).await;
                let about = About { part: Part::Read, rows: &[] };
                if is_refused {
                    let status = Oracle::refused(caller);
                    if answer.status == status {
                        break;
                    }
                    let expected = format!("{status}, since no row is left for this caller");
                    return Err(self.refute(caller, &sent, expected, &answer, about));
                }
                let total = answer.header("X-Total-Count");
                if answer.status != 200 || total != Some(&*visible.len().to_string()) {
                    let expected = format!("200, and a count of {}", visible.len());
                    let found = format!("{}, and a count of {total:?}: {}", answer.status, answer.body);
                    return Err(self.refute_found(caller, &sent, expected, found, about));
                }
                self.is_kept_private(caller, &sent, &answer)?;
                found.extend(items(&answer));
                address = answer.next().map(str::to_owned);
                let (is_last, mut rest) = (address.is_none(), found.clone());
                let is_right = match is_sorted {
                    false if is_last => found == expected,
                    false => expected.starts_with(&found),
                    // The order is not the rules' affair.
                    true => {
                        let is_complete = !is_last || found.len() == expected.len();
                        rest.retain(|row| !expected.contains(row));
                        rest.is_empty() && is_complete && found.len() <= expected.len()
                    }
                };
                if !is_right {
                    let text =
                        |rows: &[Json]| rows.iter().map(Json::to_string).collect::<Vec<_>>().join("\n");
                    let expected = format!("the rows that this caller may see:\n{}", text(&expected));
                    let found = format!("in the pages up to this one:\n{}", text(&found));
                    return Err(self.refute_found(caller, &sent, expected, found, about));
                }
            }
        }
        Ok(())
    }

    /// The same rows are those of a repository.
    async fn list_in_code(&self, caller: &Caller, visible: &[&Row], is_refused: bool) -> Result<(), Failure> {
        let answer = self.in_code(caller, Operation::List, "", "").await;
        let sent = Sent { in_code: true, ..Sent::get(self.judge.served.path()) };
        let about = About { part: Part::Read, rows: &[] };
        let (status, body) = match is_refused {
            true => (Oracle::refused(caller), None),
            false => {
                let rows = visible.iter().map(|row| self.in_struct(row, caller)).collect::<Vec<_>>();
                (200, Some(Json::from(rows).to_string()))
            }
        };
        match answer.status == status && body.as_ref().is_none_or(|body| answer.body == *body) {
            true => Ok(()),
            false => {
                let expected = format!("{status} {}", body.unwrap_or_default());
                Err(self.refute(caller, &sent, expected, &answer, about))
            }
        }
    }

    /// A row is shown as it may be, or is not there.
    async fn one(
        &self,
        random: &mut Random,
        caller: &Caller,
        row: &Row,
        is_visible: bool,
        is_refused: bool,
    ) -> Result<(), Failure> {
        let sent = Sent::get(self.address(self.judge.key(row)));
        let answer = self.ask(caller, &sent).await;
        let about = About { part: Part::Read, rows: &[row] };
        let (status, why) = match (is_visible, is_refused) {
            (true, _) => (200, "this caller may see the row"),
            (false, true) => (Oracle::refused(caller), "no row is left for this caller"),
            (false, false) => (self.absent(), "this caller may not see the row"),
        };
        if answer.status != status {
            return Err(self.refute(caller, &sent, format!("{status}, since {why}"), &answer, about));
        }
        if is_visible {
            let shown = self.judge.shown(row, caller);
            if serde_json::from_str::<Json>(&answer.body).ok().as_ref() != Some(&shown) {
                return Err(self.refute(caller, &sent, format!("200 {shown}"), &answer, about));
            }
            self.is_kept_private(caller, &sent, &answer)?;
        }
        if random.percent(70) {
            return Ok(());
        }
        let head = Sent { method: Method::Head, ..sent };
        let answer = self.ask(caller, &head).await;
        if answer.status != status || !answer.body.is_empty() {
            let expected = format!("{status} without a body, since {why}");
            return Err(self.refute(caller, &head, expected, &answer, about));
        }
        Ok(())
    }

    /// An answer that depends on who asks is given to nobody else.
    fn is_kept_private(&self, caller: &Caller, sent: &Sent, answer: &Answer) -> Result<(), Failure> {
        let cached = answer.header("Cache-Control").unwrap_or_default();
        if !self.judge.served.access.depends_on_caller() || cached.contains("private") {
            return Ok(());
        }
        let about = About { part: Part::Read, rows: &[] };
        let found = format!("Cache-Control: {cached}");
        Err(self.refute_found(caller, sent, "Cache-Control: private, no-cache".to_owned(), found, about))
    }
}

/// The rows of a list, which may stand in an object.
fn items(answer: &Answer) -> Vec<Json> {
    match serde_json::from_str(&answer.body).unwrap_or_default() {
        Json::Array(rows) => rows,
        Json::Object(mut page) => match page.remove("items") {
            Some(Json::Array(rows)) => rows,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
