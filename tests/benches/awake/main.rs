//! What Reveille costs visitors while the environment is awake: nothing, because it is not in the
//! path.
//!
//! One app behind one load balancer, the local AWS's: through the route that Reveille turns,
//! through a listener with such a rule and nothing else, and through an activator that stays in the
//! path. A second plain listener shows how large the noise is. They take turns in short slices;
//! each ratio is a median over the rounds, with its 95 % interval.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod activator;
mod listeners;
mod load;

use reveille_tests::{
    event_log::EventLog,
    measure::{
        report::{Report, Table},
        samples::Samples,
    },
    ministack::Settings,
    stack::{Options, Stack},
};

const ROUNDS: usize = 32;

struct Path {
    name: &'static str,
    url: String,
    requests_per_second: Samples,
    latencies: Samples,
    /// Ratios of the requests per second, and of the median latencies, to those of the first path
    /// in the same round.
    rate_ratios: Samples,
    latency_ratios: Samples,
}

impl Path {
    fn new(name: &'static str, url: String) -> Self {
        let [requests_per_second, latencies, rate_ratios, latency_ratios] = [const { Samples::new() }; 4];
        Self { name, url, requests_per_second, latencies, rate_ratios, latency_ratios }
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
        let mut slices = [(f64::NAN, f64::NAN); 4];
        // Each comes first, second and so on equally often, and follows each other one equally
        // often.
        let turn =
            |place: usize| if round / 4 % 2 == 0 { (place + round) % 4 } else { (3 + round - place) % 4 };
        let order: Vec<_> = (0..4).map(turn).collect();
        for index in order {
            let (rate, latencies) = load::run(&client, &paths[index].url).await;
            slices[index] = (rate, latencies.median());
            // The first round only opens connections.
            if round > 0 {
                paths[index].latencies.extend(latencies);
            }
        }
        for (path, (rate, latency)) in paths.iter_mut().zip(slices).filter(|_| round > 0) {
            path.requests_per_second.push(rate);
            path.rate_ratios.push(rate / slices[0].0);
            path.latency_ratios.push(latency / slices[0].1);
        }
    }
    report(&paths);
}

async fn awake() -> Stack {
    let stack = Stack::create(&Options::sample().unwrap(), EventLog::default()).await.unwrap();
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
        &["requests/s", "ratio", "from", "to", "p50 ms", "p50 ratio", "p50 from", "p50 to", "p99 ms"],
    );
    for Path { name, requests_per_second, latencies, rate_ratios, latency_ratios, .. } in paths {
        let (rate_from, rate_to) = rate_ratios.interval_of_median();
        let (from, to) = latency_ratios.interval_of_median();
        let rates = [requests_per_second.median(), rate_ratios.median(), rate_from, rate_to];
        let times = [latencies.median(), latency_ratios.median(), from, to, latencies.p99()];
        table.row(*name, [&rates[..], &times[..]].concat());
    }
    let mut report = Report::new("awake");
    report.table(table);
    let Path { rate_ratios, latency_ratios, .. } = &paths[2];
    for (what, ratios) in [("requests/s", rate_ratios), ("p50", latency_ratios)] {
        let (from, to) = ratios.interval_of_median();
        report.goal_at_most(&format!("with Reveille to without, {what}: from"), from, 1.0);
        report.goal_at_least(&format!("with Reveille to without, {what}: to"), to, 1.0);
    }
    report.note("the activator is a pass-through proxy that only copies bytes, made for this bench");
    report.finish().unwrap();
}
