use crewed::prelude::*;

#[resource("/accounts")]
struct Account {
    #[field(key)]
    name: String,
}

#[derive(HttpError)]
enum AccountError {
    #[answer(status = 404)]
    Gone,
}

async fn read(accounts: Repository<Account>) -> Result<Account, AccountError> {
    Ok(accounts.read(&"ada".to_owned()).await?)
}

fn main() {}
