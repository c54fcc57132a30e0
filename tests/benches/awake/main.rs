//! What visitors notice of Reveille when the environment is awake: nothing, as it is not in the
//! path.
//!
//! One app behind one load balancer, the local AWS's: through the route that Reveille turns,
//! through a listener without any of it, and through an activator that stays in the path. A second
//! listener without anything shows how large the noise is. They take turns in short slices; each
//! ratio is a median over the rounds, with its 95 % interval.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod activator;
mod listeners;
mod load;

use reveille_tests::{
    binaries::{Binaries, sample_app},
    event_log::EventLog,
    measure::{
        report::{Report, Table},
        samples::Samples,
    },
    ministack::Settings,
    stack::{App, Options, Stack},
};

const ROUNDS: usize = 30;

struct Path {
    name: &'static str,
    url: String,
    requests_per_second: Samples,
    latencies: Samples,
    /// Of the first path's requests per second in the same round.
    ratios: Samples,
}

impl Path {
    fn new(name: &'static str, url: String) -> Self {
        let [requests_per_second, latencies, ratios] = [const { Samples::new() }; 3];
        Self { name, url, requests_per_second, latencies, ratios }
    }
}

#[tokio::main]
async fn main() {
    let mut stack = awake().await;
    let mut paths = paths(&stack).await;
    // Health checks would be noise.
    let settings = Settings { health_check_seconds: Some(60.0), ..Settings::default() };
    stack.ministack.change(&settings).await.unwrap();
    let client = reqwest::Client::new();
    for round in 0..=ROUNDS {
        let mut first = f64::NAN;
        let mut rates = [f64::NAN; 4];
        // Whoever comes first in one round comes last in the next.
        let order: Vec<_> = if round % 2 == 0 { (0..4).collect() } else { (0..4).rev().collect() };
        for index in order {
            let slice = load::run(&client, &paths[index].url).await;
            rates[index] = slice.requests_per_second;
            if index == 0 {
                first = slice.requests_per_second;
            }
            // The first round only opens connections.
            if round > 0 {
                slice.latencies.into_iter().for_each(|latency| paths[index].latencies.push_time(latency));
            }
        }
        for (path, rate) in paths.iter_mut().zip(rates).filter(|_| round > 0) {
            path.requests_per_second.push(rate);
            path.ratios.push(rate / first);
        }
    }
    report(&paths);
}

async fn awake() -> Stack {
    let binaries = Binaries::build().unwrap();
    let command = vec![sample_app().unwrap().display().to_string()];
    let app = App::behind_entrypoint(&binaries.entrypoint, command, "DATABASE_URL=conninfo");
    let options = Options::new(binaries.bootstrap().unwrap(), app);
    let stack = Stack::create(&options, EventLog::default()).await.unwrap();
    let answer = reqwest::get(stack.url()).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
    stack
}

async fn paths(stack: &Stack) -> [Path; 4] {
    let group = &stack.load_balancer.app;
    let activator = activator::start(listeners::app(stack).await).await;
    let activator = listeners::target_group(&stack.elb(), activator).await;
    let behind = listeners::forwarding(stack, 83, &activator).await;
    listeners::healthy(stack, &activator).await;
    [
        Path::new("without Reveille", listeners::forwarding(stack, 81, group).await),
        Path::new("without Reveille, once more: the noise", listeners::forwarding(stack, 82, group).await),
        Path::new("with Reveille", stack.url()),
        Path::new("with an activator in the path", behind),
    ]
}

fn report(paths: &[Path; 4]) {
    let mut table = Table::new(
        format!("awake, {ROUNDS} slices of each in turn"),
        &["requests/s", "p50 ms", "p99 ms", "ratio", "from", "to"],
    );
    for Path { name, requests_per_second, latencies, ratios, .. } in paths {
        let (from, to) = ratios.interval_of_median();
        let rate = requests_per_second.median();
        table.row(*name, [rate, latencies.median(), latencies.p99(), ratios.median(), from, to]);
    }
    let mut report = Report::new("awake");
    report.table(table);
    let (from, to) = paths[2].ratios.interval_of_median();
    report.goal_at_most("no difference with Reveille: the ratio's interval, its lower end", from, 1.0);
    report.goal_at_least("no difference with Reveille: the ratio's interval, its upper end", to, 1.0);
    report.note("the activator is a pass-through proxy that only copies bytes, made for this bench");
    report.finish().unwrap();
}
