//! Leaves a part of the access rules out of one place, to see that tests notice.
//!
//! Only code in the same process can do that, and only where crewed is built with the feature `testing`. Without it,
//! everything here is known to be as it should when crewed is compiled.

/// A place where a statement gets a part of the access rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Site {
    /// The rows of a list, and the row of a key of which some columns are masked.
    Select,
    /// The row of a key.
    SelectByKey,
    /// The rows that are counted.
    Count,
    /// The row that is updated.
    Update,
    /// The row that is deleted.
    Delete,
    /// The row that is to be updated and already has the values.
    Unchanged,
    /// The row that is overwritten.
    Upsert,
    /// The row whose stored values new ones are computed from.
    Stored,
    /// The row that was not written, of which is asked why.
    Refusal,
    /// Whether the row that a unique index refused would have been permitted.
    Judged,
    /// What a row must be before it is written.
    Before,
    /// What a row must be after it was written.
    After,
    /// The fields that a caller may set in a row that there is.
    Settable,
    /// The fields that a caller may set in a new row.
    SettableInNew,
    /// The fields that a replacement leaves as they are, since the caller does not see or set them.
    Kept,
    /// Whether a row that was written is seen, and not only its key.
    Shown,
    /// That a row belongs to the tenant of the caller.
    Tenant,
    /// The masked columns of a row that is read.
    MaskedColumns,
    /// The masked columns of a row that was written.
    MaskedReturning,
    /// The masked columns of a row that already had the values.
    MaskedUnchanged,
    /// The masked columns that a list is filtered by.
    MaskedFilter,
    /// The masked columns that rows are counted by.
    MaskedCount,
    /// The masked columns that a list is sorted by.
    MaskedOrder,
    /// The masked columns that new values are computed from.
    MaskedStored,
    /// What says of a masked column whether it is shown.
    MaskFlags,
}

#[cfg(feature = "testing")]
impl Site {
    /// All of them.
    pub const ALL: &[Site] = &[
        Site::Select,
        Site::SelectByKey,
        Site::Count,
        Site::Update,
        Site::Delete,
        Site::Unchanged,
        Site::Upsert,
        Site::Stored,
        Site::Refusal,
        Site::Judged,
        Site::Before,
        Site::After,
        Site::Settable,
        Site::SettableInNew,
        Site::Kept,
        Site::Shown,
        Site::Tenant,
        Site::MaskedColumns,
        Site::MaskedReturning,
        Site::MaskedUnchanged,
        Site::MaskedFilter,
        Site::MaskedCount,
        Site::MaskedOrder,
        Site::MaskedStored,
        Site::MaskFlags,
    ];
}

/// The place that a part is left out of, as one more than its position. 0 is none.
#[cfg(feature = "testing")]
static DROPPED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Leaves the access rules out of a place from now on, in the whole process, or of none.
#[cfg(feature = "testing")]
pub fn sabotage(site: Option<Site>) {
    DROPPED.store(site.map_or(0, |site| site as u8 + 1), std::sync::atomic::Ordering::SeqCst);
}

/// Whether the access rules are left out of a place.
#[cfg(feature = "testing")]
pub(crate) fn drops(site: Site) -> bool {
    DROPPED.load(std::sync::atomic::Ordering::Relaxed) == site as u8 + 1
}

/// Whether the access rules are left out of a place, which they never are.
#[cfg(not(feature = "testing"))]
#[inline(always)]
pub(crate) const fn drops(_: Site) -> bool {
    false
}
