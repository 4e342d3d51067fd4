//! Reads the section `[default.crewed]` of the configuration, and reports all mistakes at once.

use rocket::data::ByteUnit;
use rocket::figment::Figment;

use super::document::Settings;
use super::keys::SECTION;
use super::misplaced::misplaced;
use super::section::{Section, describe_expected, describe_value};
use super::stores::Usage;
use crate::edge;
use crate::error_format::ErrorFormat;
use crate::operation::PageSizes;
use crate::store::{Database, Durability, Migrate, SchemaPolicy, Undeclared};

/// The effective configuration.
#[derive(Debug)]
pub(super) struct Config {
    /// The database, or `None` if none is configured and there is no default.
    pub(super) store: Option<Box<dyn Database>>,
    pub(super) docs: Settings,
    pub(super) errors: ErrorFormat,
    pub(super) page: PageSizes,
    pub(super) schema: SchemaPolicy,
    pub(super) edge: edge::Settings,
}

impl Config {
    /// Reads the section.
    ///
    /// # Errors
    /// Every mistake in it.
    pub(super) fn read(figment: &Figment) -> Result<Self, Vec<String>> {
        let mut section = Section { figment, problems: misplaced(figment) };
        section.check_keys();
        section.check_features();
        let usage = Usage {
            queue: section.queue(),
            durability: section
                .choice("durability", &[("full", Durability::Full), ("normal", Durability::Normal)]),
        };
        let config = Config {
            store: section.store(&usage),
            docs: Settings::read(&mut section),
            errors: section.choice(
                "errors",
                &[
                    ("fastapi", ErrorFormat::FastApi),
                    ("pydantic-v1", ErrorFormat::PydanticV1),
                    ("problem", ErrorFormat::Problem),
                ],
            ),
            page: section.page(),
            schema: section.schema(),
            edge: section.edge(),
        };
        if section.problems.is_empty() { Ok(config) } else { Err(section.problems) }
    }
}

impl Section<'_> {
    fn queue(&mut self) -> Option<u64> {
        let queue = self.value::<ByteUnit>("queue")?.as_u64();
        if queue == 0 {
            // A negative number is read as 0, so the message shows the configured value.
            let written = self.figment.find_value(&format!("{SECTION}.queue"));
            let written = written.map_or("0".to_owned(), |value| describe_value(&value.to_actual()));
            let (source, wanted) = (self.source("queue"), describe_expected("queue", ""));
            self.problems.push(format!("`queue`{source}: it is {written}, and should be {wanted}"));
        }
        Some(queue)
    }

    fn page(&mut self) -> PageSizes {
        self.table("page", "{ default = 100, max = 1000, skip = 10000 }");
        let usual = PageSizes::default();
        let max = self.value("page.max").unwrap_or(usual.max);
        let default = self.value("page.default").unwrap_or(usual.default.min(max));
        let skip = self.value("page.skip").unwrap_or(usual.skip);
        if max == 0 {
            let source = self.source("page");
            self.problems.push(format!("`page.max`{source}: it is 0, and should be 1 or more"));
        } else if default == 0 || default > max {
            let source = self.source("page");
            self.problems.push(format!(
                "`page`{source}: `default` is {default}, and should be from 1 to `max`, which is {max}"
            ));
        }
        PageSizes::new(default, max, skip)
    }

    fn schema(&mut self) -> SchemaPolicy {
        let migrate = self.choice(
            "migrate",
            &[
                ("apply", Migrate::Apply),
                ("convert", Migrate::Convert),
                ("print", Migrate::Print),
                ("check", Migrate::Check),
            ],
        );
        let undeclared = self
            .choice("undeclared_columns", &[("allow", Undeclared::Allow), ("refuse", Undeclared::Refuse)]);
        SchemaPolicy { migrate, undeclared, ..SchemaPolicy::default() }
    }
}
