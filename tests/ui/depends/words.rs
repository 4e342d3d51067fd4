use crewed::depends;

#[depends(afer = close)]
fn a() {}

#[depends(after = "close")]
fn b() {}

#[depends(depends(a))]
fn c() {}

#[depends(after)]
fn d() {}

fn main() {}
