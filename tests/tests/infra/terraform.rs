//! Terraform on a copy of an example, so that no state remains in the tree.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reveille_tests::tools;
use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::infra::provider::{self, Provider};

/// The provider waits a minute for a load balancer and half a one for a database.
const LIMIT: Duration = Duration::from_mins(8);
/// The exit code of `terraform plan -detailed-exitcode`.
const CHANGES: i32 = 2;
/// Files of a user's own use of the example, and its own tests.
const LEFT_OUT: [&str; 3] = [".terraform", "terraform.tfvars", "tests"];

/// Whether a test can run here: it needs Terraform and a mirror of its AWS provider. In CI the
/// registry has the provider.
pub fn available(test: &str) -> bool {
    if !tools::available(test, &["terraform"]) {
        return false;
    }
    if plugin_dir().is_none() && !tools::in_ci() {
        let how = "make one with `terraform providers mirror` and name its folder in TF_PLUGIN_DIR";
        tools::skip(test, "a local mirror of Terraform's AWS provider", how);
        return false;
    }
    true
}

/// An example in a folder of its own, with the modules beside it.
#[derive(Debug)]
pub struct Terraform {
    top: TempDir,
    example: PathBuf,
    endpoint: String,
    provider: Mutex<Option<Provider>>,
}

impl Terraform {
    /// A checkout with this example in it, before any command of its README. `variables` go before
    /// those of `terraform.tfvars`; `override_file`, if it is not empty, changes what no variable
    /// changes:
    /// <https://developer.hashicorp.com/terraform/language/files/override>
    pub fn checkout(example: &str, endpoint: &str, variables: &Value, override_file: &str) -> Result<Self> {
        let top = tempfile::Builder::new().prefix("infra-").tempdir()?;
        let tree = infra().canonicalize()?;
        let copied = top.path().join("infra");
        for folder in ["modules", "release", &format!("examples/{example}")] {
            copy(&tree.join(folder), &copied.join(folder))?;
        }
        fs::create_dir(top.path().join("entrypoint"))?;
        fs::copy(tree.join("../entrypoint/Dockerfile"), top.path().join("entrypoint/Dockerfile"))?;
        let terraform = Self {
            example: copied.join("examples").join(example),
            top,
            endpoint: endpoint.into(),
            provider: Mutex::new(None),
        };
        terraform.write("terraform.tfvars.json", &variables.to_string())?;
        terraform.write("override.tf", override_file)?;
        Ok(terraform)
    }

    /// A checkout with a user's own deployment in it: the folder, its `main.tf`, and an override
    /// file.
    pub fn deployment(folder: &str, endpoint: &str, main: &str, overridden: &Value) -> Result<Self> {
        let mut terraform = Self::checkout("minimal", endpoint, &Value::Object(Map::new()), "")?;
        terraform.example = terraform.top.path().join(folder);
        fs::create_dir(&terraform.example)?;
        terraform.write("main.tf", main)?;
        terraform.write("override.tf.json", &overridden.to_string())?;
        Ok(terraform)
    }

    /// The top of the checkout, where the documents' commands are run.
    pub fn top(&self) -> &Path {
        self.top.path()
    }

    /// The example in it.
    pub fn example(&self) -> &Path {
        &self.example
    }

    pub async fn destroy(&self) -> Result<()> {
        self.done(&["destroy", "-auto-approve"]).await
    }

    /// What an apply would change now; none if it would change nothing.
    pub async fn changes(&self) -> Result<Option<String>> {
        let (status, output) = self.run(&["plan", "-detailed-exitcode"]).await?;
        match status.code() {
            Some(0) => Ok(None),
            Some(CHANGES) => Ok(Some(output)),
            _ => bail!("terraform plan: {status}\n{output}"),
        }
    }

    /// An output that is a text.
    pub async fn output(&self, name: &str) -> Result<String> {
        self.output_as("-raw", name).await
    }

    /// Any output.
    pub async fn output_json(&self, name: &str) -> Result<String> {
        self.output_as("-json", name).await
    }

    async fn output_as(&self, form: &str, name: &str) -> Result<String> {
        let (status, output) = self.run(&["output", form, name]).await?;
        if !status.success() {
            bail!("terraform output: {status}\n{output}");
        }
        Ok(output)
    }

    pub async fn resources(&self) -> Result<String> {
        Ok(self.run(&["state", "list"]).await?.1)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.example.join(name);
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    }

    async fn done(&self, arguments: &[&str]) -> Result<()> {
        let (status, output) = self.run(arguments).await?;
        if !status.success() {
            bail!("terraform {}: {status}\n{output}", arguments.join(" "));
        }
        Ok(())
    }

    /// Its output, standard output and standard error in one stream.
    async fn run(&self, arguments: &[&str]) -> Result<(ExitStatus, String)> {
        self.run_in(&self.example, "terraform", arguments, &[]).await
    }

    /// Any program, in a folder of the checkout, with more variables.
    pub async fn run_in(
        &self,
        folder: &Path,
        program: &str,
        arguments: &[&str],
        variables: &[(&str, OsString)],
    ) -> Result<(ExitStatus, String)> {
        let path = env::var_os("PATH").unwrap_or_default();
        let environment: [(&str, &OsStr); 8] = [
            ("PATH", &path),
            ("HOME", self.top.path().as_ref()),
            ("TMPDIR", self.top.path().as_ref()),
            ("AWS_ENDPOINT_URL", self.endpoint.as_ref()),
            ("AWS_ACCESS_KEY_ID", "test".as_ref()),
            ("AWS_SECRET_ACCESS_KEY", "test".as_ref()),
            ("AWS_EC2_METADATA_DISABLED", "true".as_ref()),
            // Of Terraform and its provider: they collect garbage for a quarter of their CPU time otherwise.
            ("GOGC", "300".as_ref()),
        ];
        // One command at a time while it is locked: each configures the provider anew.
        let mut provider = self.provider.lock().await;
        if provider.is_none() {
            *provider = Provider::start(&self.example, &environment).await?;
        }
        // Providers are separate processes, which would outlive a killed Terraform.
        let supervise = Path::new(env!("CARGO_MANIFEST_DIR")).join("local-aws/supervise.py");
        let mut child = Command::new("python3")
            .arg(supervise)
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(environment)
            .envs(provider.as_ref().map(|provider| (provider::VARIABLE, provider.address())))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("TF_CLI_ARGS", "-no-color")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to run {program}"))?;
        // Closing it tells the program to end.
        let _input = child.stdin.take();
        let output = timeout(LIMIT, child.wait_with_output())
            .await
            .with_context(|| format!("{program} {} takes longer than {LIMIT:?}", arguments.join(" ")))??;
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Ok((output.status, text.concat()))
    }
}

/// The folder of modules and examples.
pub fn infra() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra")
}

/// The mirror of the provider, if there is one, as `infra/check` finds it.
pub fn plugin_dir() -> Option<PathBuf> {
    let found = std::process::Command::new(infra().join("plugin-dir")).output().ok()?;
    let found = String::from_utf8(found.stdout).ok()?;
    Some(found.trim()).filter(|found| !found.is_empty()).map(PathBuf::from)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("failed to read {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if LEFT_OUT.contains(&&*text) || text.contains(".tfstate") || text == ".terraform.lock.hcl" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(&name))?;
        } else {
            fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}
