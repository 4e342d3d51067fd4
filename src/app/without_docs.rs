//! Replaces the modules of the document if crewed is built without it, so that the rest of `app` needs no conditions.

/// Replaces `app::document`.
pub(super) mod document {
    use crate::app::section::Section;

    #[derive(Clone, Default)]
    pub(in crate::app) struct ApiInfo;

    #[derive(Debug)]
    pub(in crate::app) struct Settings;

    impl Settings {
        /// There is nothing to read: the keys of the document are refused without the feature.
        pub(in crate::app) fn read(_: &mut Section<'_>) -> Self {
            Settings
        }
    }
}

/// Replaces `app::docs`.
pub(super) mod docs {
    use rocket::Route;

    use crate::app::config::Config;
    use crate::app::served::Served;
    use crate::route::Page;

    #[derive(Default)]
    pub(in crate::app) struct Docs {
        pub(in crate::app) pages: Vec<Page>,
        pub(in crate::app) document: Option<Vec<u8>>,
        pub(in crate::app) mounted: Vec<Route>,
        pub(in crate::app) assets: Vec<Route>,
        pub(in crate::app) address: Option<String>,
    }

    pub(in crate::app) fn docs(_: &Served<'_>, _: Option<&Config>, _: Option<&str>) -> (Docs, Vec<String>) {
        (Docs::default(), Vec::new())
    }
}
