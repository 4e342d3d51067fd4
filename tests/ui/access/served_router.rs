use crewed::Router;
use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { id: 1 }
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
}

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    id: i64,
}

/// A router of an API without `auth`.
fn open() -> Router {
    Router::new("/open").resource::<Hero>()
}

/// One of an API with it.
fn heroes() -> Router<Me> {
    Router::new("/heroes").resource::<Hero>()
}

fn main() {
    let _ = Api::new().include(open());
    let _ = Api::new().auth(Auth::<Me>::new()).include(open());
    let _ = Api::new().auth(Auth::<Me>::new()).include(Router::new("/shop").include(open()));
    let _ = Api::new().auth(Auth::<Me>::new()).include(Router::new("/shop").resource::<Hero>());
}
