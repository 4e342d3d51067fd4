#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::HttpErrors for UserError {
        const ERRORS: &'static [__crewed::ErrorList] = &[
            __crewed::ErrorList::One(
                __crewed::ErrorMeta::new(404, "No user {name}.", "Nobody has that name."),
            ),
            __crewed::ErrorList::One(__crewed::ErrorMeta::new(409, "Taken by {1}.", "")),
            __crewed::ErrorList::One(__crewed::ErrorMeta::new(503, "", "")),
            __crewed::ErrorList::Of(<StoreError as __crewed::HttpErrors>::ERRORS),
            __crewed::ErrorList::Of(<crewed::HttpError as __crewed::HttpErrors>::ERRORS),
        ];
        fn http_error(self) -> __crewed::HttpError {
            match self {
                UserError::NotFound { name: field_0, .. } => {
                    __crewed::HttpError::status(404)
                        .detail(__crewed::format!("No user {}.", field_0))
                }
                UserError::Taken(_, field_1) => {
                    __crewed::HttpError::status(409)
                        .detail(__crewed::format!("Taken by {}.", field_1))
                }
                UserError::Away => __crewed::HttpError::status(503),
                UserError::Store(inner) => {
                    <StoreError as __crewed::HttpErrors>::http_error(inner)
                }
                UserError::Other(inner) => {
                    <crewed::HttpError as __crewed::HttpErrors>::http_error(inner)
                }
            }
        }
    }
    #[automatically_derived]
    impl __crewed::FromHttpError for UserError {
        fn from_http_error(error: __crewed::HttpError) -> Self {
            UserError::Other(error)
        }
    }
    __crewed::respond_with_error!(UserError);
};
