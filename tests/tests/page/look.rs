//! The appearance of the waiting page.

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

#[tokio::test]
async fn it_fits_and_can_be_read_at_each_width_and_in_each_scheme() {
    if !available("it_fits_and_can_be_read_at_each_width_and_in_each_scheme") {
        return;
    }
    let mut options = options();
    // The test does not wait for its end.
    options.settings.start_seconds = Some(120.0);
    options.resume = Duration::from_mins(2);
    let stack = stack(&options).await;
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.driver.goto(stack.url()).await.unwrap();
    until_shown(&browser, "so far").await;
    // A window of 1280 pixels at 200% zoom has 640 CSS pixels.
    for width in [1280, 640, 320] {
        for (dark, scheme) in [(false, "light"), (true, "dark")] {
            browser.look(width, dark).await.unwrap();
            let fits =
                browser.run("return document.documentElement.scrollWidth <= innerWidth").await.unwrap();
            assert_eq!(fits, true, "it has to be scrolled sideways at {width}");
            let back = browser.run("return getComputedStyle(document.documentElement).backgroundColor");
            let dark_back = back.await.unwrap() == "rgb(19, 21, 25)";
            assert_eq!(dark_back, dark, "{scheme}");
            let violations = axe::violations(&browser).await.unwrap();
            assert_eq!(violations, Vec::<String>::new(), "{width} {scheme}");
            browser.driver.screenshot(&screenshot(&format!("waiting-{width}-{scheme}"))).await.unwrap();
        }
    }
    let bar = "const bar = document.querySelector('[role=progressbar]');\
        return [bar.getAttribute('aria-label'), Number(bar.getAttribute('aria-valuenow')) > 0,\
        bar.getAttribute('aria-valuetext').includes('left'),\
        document.querySelector('[role=status]').getAttribute('aria-live')]";
    assert_eq!(browser.run(bar).await.unwrap(), serde_json::json!(["Progress", true, true, "polite"]));
    let turning = "return getComputedStyle(document.querySelector('li.active'), '::before').animationName";
    assert_eq!(browser.run(turning).await.unwrap(), "turn");
    browser.reduce_motion().await.unwrap();
    assert_eq!(browser.run(turning).await.unwrap(), "none");
    browser.close().await.unwrap();
}
