//! A headless Chromium, driven by chromedriver.

use std::time::Duration;

use anyhow::{Context, Result};
use reveille_tests::python::{Process, Venv};
use reveille_tests::tools::{self, on_the_path};
use serde_json::{Value, json};
use thirtyfour::{
    CapabilitiesHelper, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, WebDriver,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(30);
const STARTED: &str = "was started successfully on port ";

/// Whether the calling test can run here.
pub fn available(test: &str) -> bool {
    tools::available(test, &["chromium", "chromedriver", "npm"])
}

/// The browser's settings.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub width: u32,
    pub dark: bool,
    pub scripts: bool,
    pub language: &'static str,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { width: 1280, dark: false, scripts: true, language: "en" }
    }
}

/// One browser with one tab and a profile of its own. Dropping it ends it.
#[derive(Debug)]
pub struct Browser {
    pub driver: WebDriver,
    _process: Process,
}

impl Browser {
    pub async fn open(wanted: Wanted) -> Result<Self> {
        let venv = tokio::task::spawn_blocking(|| Venv::with("requirements.txt")).await??;
        let chromedriver = on_the_path("chromedriver").context("chromedriver is not installed")?;
        let (tell, mut told) = mpsc::unbounded_channel();
        let chromedriver = chromedriver.to_str().context("a path that is not UTF-8")?;
        let process = Process::start(&venv, chromedriver, &["--port=0"], move |line| {
            // The receiver is gone once the port is known.
            let _ = tell.send(line.to_owned());
        })?;
        let port = async {
            loop {
                let line = told.recv().await.context("chromedriver has ended")?;
                if let Some((_, port)) = line.split_once(STARTED) {
                    return port.trim_end_matches('.').parse::<u16>().context("no port");
                }
            }
        };
        let port = timeout(LIMIT, port).await.context("chromedriver does not start")??;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities(wanted)?).await?;
        let browser = Self { driver, _process: process };
        browser.look(wanted.width, wanted.dark).await?;
        Ok(browser)
    }

    /// Changes the window's width in CSS pixels, and the colour scheme.
    pub async fn look(&self, width: u32, dark: bool) -> Result<()> {
        self.size(width, 900).await?;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.command("Emulation.setEmulatedMedia", media).await
    }

    /// Changes the window's size in CSS pixels.
    pub async fn size(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", metrics).await
    }

    pub async fn reduce_motion(&self) -> Result<()> {
        let media = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        self.command("Emulation.setEmulatedMedia", media).await
    }

    pub async fn offline(&self, offline: bool) -> Result<()> {
        self.command("Network.enable", json!({})).await?;
        let conditions =
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.command("Network.emulateNetworkConditions", conditions).await
    }

    async fn command(&self, name: &str, parameters: Value) -> Result<()> {
        self.driver.cdp().send_raw(name, parameters).await.with_context(|| format!("{name} failed"))?;
        Ok(())
    }

    /// The value of a script's `return`.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// The console's messages, except the expected status 503 of the page and of the status
    /// request.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let entries = self.driver.browser_log().await?.into_iter();
        let expected = |text: &str| text.contains("the server responded with a status of 503");
        Ok(entries.map(|entry| entry.message).filter(|message| !expected(message)).collect())
    }

    /// Everything that was requested over the network, by URL.
    pub async fn requests(&self) -> Result<Vec<String>> {
        let mut urls = Vec::new();
        for entry in self.driver.get_log("performance").await? {
            let event: Value = serde_json::from_str(&entry.message)?;
            if event["message"]["method"] == "Network.requestWillBeSent" {
                let url = event["message"]["params"]["request"]["url"].as_str();
                urls.extend(url.filter(|url| !url.starts_with("data:")).map(str::to_owned));
            }
        }
        Ok(urls)
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }
}

fn capabilities(wanted: Wanted) -> Result<ChromeCapabilities> {
    let mut chrome = ChromeCapabilities::new();
    let chromium = on_the_path("chromium").context("chromium is not installed")?;
    chrome.set_binary(chromium.to_str().context("a path that is not UTF-8")?)?;
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ] {
        chrome.add_arg(argument)?;
    }
    chrome.add_arg(&format!("--accept-lang={}", wanted.language))?;
    if !wanted.scripts {
        chrome.add_experimental_option(
            "prefs",
            json!({"profile.managed_default_content_settings.javascript": 2}),
        )?;
    }
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    chrome.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
    // A page that refreshes itself never finishes loading.
    chrome.set("pageLoadStrategy", "eager")?;
    Ok(chrome)
}
