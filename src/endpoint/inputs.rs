//! The inputs of a function, read from a request.

use super::ApiContext;
use crate::error::Error;
use crate::http::{BodyReader, ReceivedBody, RequestHead, is_json, media_type, read_form};
use crate::input::{InputMeta, RequestInputs, secrets};

/// Reads the body or the form, if an input is taken from it. The inputs themselves are parsed afterwards.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Unreadable`], [`Error::UnsupportedEncoding`], or [`Error::Unavailable`] if too many
/// bodies are waiting to be parsed.
pub(crate) async fn examine<'r>(
    inputs: &'r [InputMeta],
    head: RequestHead<'r>,
    body: &mut dyn BodyReader,
    api: &ApiContext,
) -> Result<RequestInputs<'r>, Error> {
    let examined = RequestInputs::new(inputs, head, api.depth);
    if !inputs.iter().any(|input| input.place.is_body()) {
        return Ok(examined);
    }
    if inputs.iter().any(|input| input.place.is_form()) {
        let (parts, issues, permit) =
            read_form(head.headers, body, api.limits, secrets(inputs).exist()).await?;
        return Ok(examined.form(parts, issues).keep_until_parsed(permit));
    }
    let ReceivedBody { bytes, permit } = ReceivedBody::of(head.headers, body, api.limits.json).await?;
    Ok(examined.body(bytes, is_json(media_type(head.headers))).keep_until_parsed(permit))
}
