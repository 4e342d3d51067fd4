//! What stands in for the document where crewed is built without it: nothing is said for it, and nothing served.

/// What stands in for `app::document`.
pub(super) mod document {
    use crate::app::section::Section;

    #[derive(Clone, Default)]
    pub(in crate::app) struct Told;

    #[derive(Debug)]
    pub(in crate::app) struct Settings;

    impl Settings {
        /// Keys that would say anything have been refused.
        pub(in crate::app) fn read(_: &mut Section<'_>) -> Self {
            Settings
        }
    }
}

/// What stands in for `app::docs`.
pub(super) mod docs {
    use rocket::Route;

    use crate::app::api::ApiParts;
    use crate::app::config::Config;
    use crate::route::Page;

    #[derive(Default)]
    pub(in crate::app) struct Docs {
        pub(in crate::app) pages: Vec<Page>,
        pub(in crate::app) routes: Vec<Route>,
        pub(in crate::app) address: Option<String>,
    }

    pub(in crate::app) fn docs(_: &ApiParts, _: Option<&Config>) -> (Docs, Vec<String>) {
        (Docs::default(), Vec::new())
    }
}
