//! Many first requests at once, against AWS's rates.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use tokio::time::Instant;
use waker::environment::protocol::ResponseMode;

use crate::{
    cloud::{account::Call, delays::Delays, dice::Dice},
    driver::Account,
    environment,
    visitor::{Answer, Client, persistent},
};

#[tokio::test(start_paused = true)]
async fn simultaneous_first_requests_are_all_served_within_the_rates() {
    for visitors in [1, 10, 100, 1_000] {
        let environment = environment(25);
        let account = Account::new(&environment, Delays::aws(&mut Dice::new(1, 0)));
        let start = Instant::now();
        let visits = (0..visitors).map(async |seed| {
            let client = Client::new(ResponseMode::Rounds(environment.hold));
            let answer = persistent(&account, &environment, client, seed, Duration::from_secs(600)).await;
            (answer, start.elapsed())
        });
        let answers = join_all(visits).await;
        let slowest = answers.iter().map(|(_, took)| *took).max().unwrap();
        let mut kinds = BTreeMap::<String, u32>::new();
        for (answer, _) in &answers {
            *kinds.entry(format!("{answer:?}")).or_default() += 1;
        }
        println!(
            "{visitors} visitors: {kinds:?}, slowest {slowest:?}, {} calls, {} throttled, {} UpdateService",
            account.calls(),
            account.throttled(),
            account.called(Call::UpdateService),
        );
        assert!(answers.iter().all(|(answer, _)| *answer == Answer::App), "{kinds:?}");
        let resources = account.resources(&environment);
        for (service, simulated) in environment.services.iter().zip(&resources.services) {
            assert_eq!(simulated.peak, service.count);
        }
    }
}
