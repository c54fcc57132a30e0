//! The user agents and paths that do not wake an environment by default.
//!
//! The lists contain what identifies itself. Tools that people and their pipelines use to reach an
//! application (curl, wget, HTTP libraries, headless browsers) are not in them: a preview environment
//! needs them.

/// Prefixes of the user agents of health checks.
const HEALTH_CHECKS: &[&str] = &[
    "elb-healthchecker",
    "amazon-route53-health-check-service",
    "googlehc",
    "kube-probe",
    "envoy/hc",
    "consul health check",
];

/// Parts of the user agents of crawlers that do not call themselves a bot.
const CRAWLERS: &[&str] = &[
    "crawler",
    "spider",
    "slurp",
    "archiver",
    "heritrix",
    "archive.org",
    "nutch",
    "scrapy",
    "mediapartners-google",
    "feedfetcher-google",
    "google-read-aloud",
    "google-inspectiontool",
    "google-extended",
    "google-safety",
    "google-site-verification",
    "googleother",
    "apis-google",
    "duckduckgo-favicons",
    "yandeximages",
    "yandexfavicons",
    "yandexmetrika",
    "sogou",
    "qwantify",
    "ccbot",
    "bytespider",
    "anthropic-ai",
    "claude-web",
    "claude-user",
    "chatgpt-user",
    "cohere-ai",
    "perplexity",
    "meta-external",
    "omgili",
    "diffbot",
    "img2dataset",
    "ahrefs",
    "semrush",
    "majestic",
    "screaming frog",
    "siteaudit",
    "seokicks",
    "serpstat",
    "dataforseo",
    "barkrowler",
    "linkdex",
    "brandwatch",
    "turnitin",
    "w3c_validator",
];

/// Parts of the user agents of link previews.
const PREVIEWS: &[&str] = &[
    "facebookexternalhit",
    "facebookcatalog",
    "whatsapp/",
    "slack-imgproxy",
    "skypeuripreview",
    "bingpreview",
    "iframely",
    "embedly",
    "snap url preview",
    "vkshare",
    "outbrain",
    "flipboardproxy",
    "pocketparser",
    "linkpreview",
    "urlpreview",
    "microsoft office",
    "ms-office",
];

/// Parts of the user agents of uptime and speed monitors.
const MONITORS: &[&str] = &[
    "uptimerobot",
    "pingdom",
    "statuscake",
    "site24x7",
    "datadogsynthetics",
    "datadog/synthetics",
    "betterstack",
    "better uptime",
    "newrelicpinger",
    "updown.io",
    "hetrixtools",
    "freshping",
    "nodeping",
    "uptime-kuma",
    "uptimekuma",
    "gomezagent",
    "catchpoint",
    "checkly",
    "cloudwatchsynthetics",
    "ruxit",
    "dynatrace",
    "zabbix",
    "nagios",
    "check_http",
    "monitis",
    "alertsite",
    "montastic",
    "panopta",
    "uptrends",
    "oh dear",
    "blackbox exporter",
    "blackbox-exporter",
    "prometheus/",
    "gtmetrix",
    "chrome-lighthouse",
    "google page speed",
    "ptst/",
];

/// Parts of the user agents of scanners.
const SCANNERS: &[&str] = &[
    "zgrab",
    "masscan",
    "nmap",
    "nikto",
    "sqlmap",
    "nuclei",
    "wpscan",
    "dirbuster",
    "gobuster",
    "feroxbuster",
    "fuzz faster",
    "censysinspect",
    "expanse",
    "palo alto networks",
    "paloaltonetworks",
    "internetmeasurement",
    "internet-measurement",
    "shodan",
    "netcraft",
    "leakix",
    "l9explore",
    "l9tcpid",
    "odin.io",
    "qualys",
    "nessus",
    "acunetix",
    "openvas",
    "projectdiscovery",
    "onyphe",
    "visionheight",
    "researchscan",
    "modatscanner",
];

/// Files that browsers and robots request by themselves, as the last part of a path.
const UNASKED: &[&str] = &[
    "favicon.ico",
    "favicon.png",
    "favicon.svg",
    "robots.txt",
    "humans.txt",
    "ads.txt",
    "app-ads.txt",
    "sellers.json",
    "security.txt",
    "sitemap.xml",
    "sitemap_index.xml",
    "browserconfig.xml",
    "crossdomain.xml",
    "traffic-advice",
    "assetlinks.json",
    "apple-app-site-association",
    "gpc.json",
    "ai-plugin.json",
    "dnt-policy.txt",
    "com.chrome.devtools.json",
];

/// First parts of paths that scanners try.
const TRIED: &[&str] = &[
    "wp-admin",
    "wp-login.php",
    "wp-content",
    "wp-includes",
    "wp-json",
    "wp-config.php",
    "wp-cron.php",
    "xmlrpc.php",
    "phpmyadmin",
    "pma",
    "myadmin",
    "phpinfo.php",
    "info.php",
    "adminer.php",
    "cgi-bin",
    "boaform",
    "hnap1",
    "gponform",
    "goform",
    "owa",
    "ecp",
    "autodiscover",
    "aspnet_client",
    "telescope",
    "_ignition",
    "_profiler",
    "jolokia",
    "server-status",
    "server-info",
    "evox",
    "nmaplowercheck",
    "dana-na",
    "global-protect",
    "setup.cgi",
    "eval-stdin.php",
];

/// Anywhere in a path: files that begin with a dot and are not served on purpose, and ways out of the
/// web root.
const LEAKS: &[&str] = &[
    "/.env",
    "/.git/",
    "/.svn/",
    "/.hg/",
    "/.aws/",
    "/.ssh/",
    "/.docker/",
    "/.vscode/",
    "/.idea/",
    "/.ds_store",
    "/.htaccess",
    "/.htpasswd",
    "/.npmrc",
    "/.bash_history",
    "phpunit",
    "/etc/passwd",
    "/proc/self",
    "/bin/sh",
    "../",
    "%2e%2e",
];

const LISTS: [&[&str]; 4] = [CRAWLERS, PREVIEWS, MONITORS, SCANNERS];

/// Whether the user agent is a crawler, a preview, a monitor or a scanner.
pub(super) fn is_automated(user_agent: &str) -> bool {
    let agent = user_agent.to_ascii_lowercase();
    HEALTH_CHECKS.iter().any(|start| agent.starts_with(start))
        || LISTS.iter().copied().flatten().any(|part| agent.contains(part))
        || is_bot(&agent)
}

/// `Googlebot/2.1`, `Slackbot 1.0`, `AdsBot-Google (`; not a phone made by Cubot.
fn is_bot(agent: &str) -> bool {
    agent.match_indices("bot").any(|(start, word)| {
        let before = agent[..start].bytes().next_back();
        let after = agent[start + word.len()..].bytes().next();
        let ends = after.is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        ends && before != Some(b'u')
    })
}

/// Whether the path is one that people do not request.
pub(super) fn is_scanner_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let last = path.rsplit('/').next().unwrap_or_default();
    UNASKED.contains(&last)
        || last.starts_with("apple-touch-icon")
        || parts.next().is_some_and(|first| TRIED.contains(&first))
        || LEAKS.iter().any(|part| path.contains(part))
}
