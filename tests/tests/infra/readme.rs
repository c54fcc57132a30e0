//! The documents' own commands: the tests apply the examples with the commands of their READMEs.
//!
//! Documents are named by their paths from the top of the repository.
//!
//! A command that needs a registry, Docker or AWS itself runs a stand-in of the same name, and a
//! variable whose documented value does not work here gets another one. Each is printed with its
//! reason, also when the test passes, and one without a reason fails.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use reveille_tests::binaries::{Binaries, bootstrap};
use reveille_tests::python::Venv;
use reveille_tests::tools;
use serde_json::Value;

use crate::documents::tree::{Tree, top};
use crate::infra::environment::Cloud;
use crate::infra::terraform::{Terraform, infra, plugin_dir};

/// Every program of the documents that has a stand-in, or other settings, and why.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "aws",
        "PyPI has the AWS CLI's version 1: `--cli-binary-format`, of version 2 alone, is left out; `ecs execute-command` is not run, as there is no Session Manager",
    ),
    (
        "cargo",
        "the programs are those that the tests have built; other processors' targets cannot be installed",
    ),
    ("curl", "the load balancer's name is not in DNS: it connects to the port where the local one listens"),
    (
        "docker",
        "there is no Docker, nor a registry: what a build copies must be there, and a push needs its build",
    ),
    ("rustup", "targets cannot be installed: it says that they are"),
    (
        "terraform",
        "the provider comes from a mirror where there is one, and its question gets the answer yes",
    ),
];

/// Every variable with another value than the documented one, and why.
const VARIABLES: &[(&str, &str)] = &[
    ("app_secret_arn", CREATED),
    ("auth_secret_arn", CREATED),
    ("autoscaling", "the provider's aws_appautoscaling_* resources are not tried here"),
    ("bucket_name", NAMES),
    ("cache_password", "it is compared with what the task gets"),
    ("certificate_arn", "no certificate is trusted here: HTTP"),
    ("command", PROCESSES),
    ("database_password", "RDS's own secret of an instance: the local AWS makes one for clusters only"),
    ("desired_count", "one app is enough"),
    ("encryption_key_secret_arn", CREATED),
    ("entrypoint", PROCESSES),
    ("environment", "RDS's names lead nowhere: the database is where the app is told"),
    ("environments", "they are the load balancer, services and database that are there"),
    ("health_path", PROCESSES),
    ("hosts", NAMES),
    ("idle_after_seconds", QUICK),
    ("image", PROCESSES),
    ("metrics_delay_seconds", QUICK),
    ("min_awake_seconds", QUICK),
    ("name", NAMES),
    ("notification_queue_name", NAMES),
    ("region", "the local AWS is in us-east-1"),
    ("s3_event_queue_name", NAMES),
    ("safebucket_command", PROCESSES),
    ("secret_arns", CREATED),
    ("throwaway", "the test destroys it with all that is in it"),
    ("waker_variables", "the function finds the local AWS by them"),
];
/// Replaces the ARN that `aws secretsmanager create-secret` prints, which a user copies.
pub const PRINTED: &str = "the ARN that create-secret prints";
const CREATED: &str = "a secret's ARN, which the user has from the command that creates it";
const NAMES: &str = "what is asserted has this name";
const PROCESSES: &str = "tasks are processes: no image, and no volume of an init container";
const QUICK: &str = "the test does not wait for minutes";

#[derive(Debug)]
enum How {
    Followed,
    LeftOut(&'static str),
}

/// Every section of a document that has commands.
const FOLLOWED: &[(&str, &str, How)] = &[
    ("CONTRIBUTING.md", "Set-up", How::LeftOut(THESE_TESTS)),
    ("README.md", "Try it", How::LeftOut("tests/demo.rs follows the demo, and these are the tests")),
    (
        "README.md",
        "Deploy",
        How::LeftOut("it is `From nothing to a sleeping app` of infra/README.md, which is followed"),
    ),
    ("entrypoint/README.md", "Building it", How::LeftOut(OTHER_BUILDS)),
    ("infra/README.md", "Adopting a running environment", How::Followed),
    ("infra/README.md", "Building a release", How::Followed),
    ("infra/README.md", "From nothing to a sleeping app", How::Followed),
    ("infra/README.md", "How long a first call may wait", How::Followed),
    ("infra/README.md", "The way back", How::Followed),
    ("infra/cost/README.md", "How the figures are made", How::LeftOut("infra/check runs both")),
    ("infra/examples/bottle-sync/README.md", "", How::Followed),
    ("infra/examples/existing/README.md", "", How::Followed),
    ("infra/examples/knowledge-api/README.md", "", How::LeftOut(GATEWAY)),
    ("infra/examples/knowledge-api/README.md", "Removing it", How::LeftOut(GATEWAY)),
    ("infra/examples/lakefs/README.md", "", How::Followed),
    ("infra/examples/lakefs/README.md", "The password of the database", How::Followed),
    ("infra/examples/lakefs/README.md", "When it is destroyed", How::Followed),
    ("infra/examples/minimal/README.md", "", How::Followed),
    ("infra/examples/n8n/README.md", "", How::Followed),
    ("infra/examples/safebucket/README.md", "", How::Followed),
    ("infra/examples/safebucket/README.md", "Cleanup", How::Followed),
    ("infra/examples/safebucket/README.md", "Login", How::Followed),
    ("infra/examples/safebucket/README.md", "Scaling by hand", How::Followed),
    ("infra/examples/safebucket/README.md", "Troubleshooting", How::Followed),
    ("infra/examples/transparent-trust/README.md", "", How::Followed),
    ("infra/examples/transparent-trust/README.md", "Deploying", How::LeftOut(SECOND_IMAGE)),
    ("infra/examples/transparent-trust/README.md", "Logs", How::LeftOut(LOGS)),
    ("infra/examples/transparent-trust/README.md", "Troubleshooting", How::LeftOut(SESSION)),
    ("infra/modules/database/README.md", "Apply while it is stopped", How::LeftOut(OF_EXAMPLES)),
    ("infra/modules/database/README.md", "When it is destroyed", How::LeftOut(OF_EXAMPLES)),
    ("infra/modules/efs/README.md", "When it is destroyed", How::LeftOut("the local AWS has no AWS Backup")),
    ("infra/modules/task/README.md", "The app's own database user", How::LeftOut(OF_EXAMPLES)),
    (
        "tests/README.md",
        "A fresh machine",
        How::LeftOut("as root, it runs these tests or the demo once more"),
    ),
    ("tests/README.md", "At AWS's pace", How::LeftOut(MINUTES)),
    ("tests/benches/README.md", "", How::LeftOut(MINUTES)),
    ("waker/README.md", "Building it", How::LeftOut(OTHER_BUILDS)),
    ("waker/docs/commands.md", "", How::Followed),
    ("waker/docs/proof.md", "A thousand simulated months", How::LeftOut(MINUTES)),
    (
        "waker/docs/proof.md",
        "No visitor is stranded, and nothing that is used is put to sleep",
        How::LeftOut(THESE_TESTS),
    ),
];
const GATEWAY: &str = "the local AWS has no VPC links, by which the gateway reaches the load balancer";
const LOGS: &str = "what tasks print is in the local AWS's own log, and in no log group";
const MINUTES: &str = "it measures for many minutes";
const OF_EXAMPLES: &str = "the examples that use the module have such commands, and they are followed";
const OTHER_BUILDS: &str =
    "the tests make these programs by cargo's aliases; other targets cannot be installed";
const SECOND_IMAGE: &str = "tasks are processes: there is no second image, and no Prisma in the first one";
const SESSION: &str = "there is no Session Manager";
const THESE_TESTS: &str = "it runs these tests";

/// The commands that were run, and their output.
#[derive(Debug)]
pub struct Followed {
    commands: Vec<(String, String)>,
    /// The lines that the stand-ins have recorded.
    record: Vec<String>,
}

impl Followed {
    /// The output of the one command that contains this text.
    pub fn output(&self, part: &str) -> &str {
        let mut found = self.commands.iter().filter(|(command, _)| command.contains(part));
        match (found.next(), found.next()) {
            (Some((_, output)), None) => output,
            _ => panic!("{part} is not in exactly one of {:#?}", self.commands),
        }
    }

    /// The function's answer to the one command that invokes it: the CLI prints its own answer
    /// after it.
    pub fn answer(&self) -> Value {
        let mut values = serde_json::Deserializer::from_str(self.output("lambda invoke")).into_iter();
        values.next().and_then(Result::ok).expect("the function's answer")
    }

    /// The processor that the zip was built for, and that of each image by its name.
    pub fn processors(&self) -> (&'static str, Vec<(&str, &'static str)>) {
        let zip = self.record.iter().rfind(|line| line.starts_with("cargo lambda build"));
        let zip = zip.expect("no command builds the function");
        let images = self.record.iter().filter_map(|line| line.strip_prefix("image "));
        let images = images.map(|line| line.split_once(' ').expect("an image and its platform"));
        (
            if zip.contains("--arm64") { "ARM64" } else { "X86_64" },
            images.map(|(name, of)| (name, if of == "linux/arm64" { "ARM64" } else { "X86_64" })).collect(),
        )
    }
}

/// The commands of a document's `sh` and `bash` blocks by section, with continued lines joined. The
/// section before the first heading of the second level has no name.
pub fn sections(document: &str) -> Vec<(String, Vec<String>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    let (mut inside, mut continued) = (false, String::new());
    for line in document.lines() {
        match line {
            "```sh" | "```bash" => inside = true,
            "```" => inside = false,
            line if inside && !line.trim().is_empty() => {
                if let Some(part) = line.strip_suffix('\\') {
                    continued.push_str(part);
                } else if let Some((_, commands)) = sections.last_mut() {
                    commands.push(std::mem::take(&mut continued) + line);
                }
            }
            line => {
                if let (false, Some(heading)) = (inside, line.strip_prefix("## ")) {
                    sections.push((heading.to_owned(), Vec::new()));
                }
            }
        }
    }
    sections.retain(|(_, commands)| !commands.is_empty());
    sections
}

/// The commands of one section of a document.
pub fn section(document: &str, heading: &str) -> Result<Vec<String>> {
    let sections = sections(&fs::read_to_string(top().join(document))?);
    let found = sections.into_iter().find(|(found, _)| found == heading);
    Ok(found.with_context(|| format!("{document} has no commands below {heading:?}"))?.1)
}

/// Runs the first commands of the example's README, one after the other, until it is applied.
pub async fn follow(terraform: &Terraform, cloud: Option<&Cloud>) -> Result<Followed> {
    let document = document(terraform)?;
    let commands = section(&document, "")?;
    ensure!(commands.iter().any(|command| command == "terraform apply"), "{document} applies nothing");
    say_variables(&document, terraform)?;
    run(terraform, cloud, &document, terraform.example(), commands).await
}

/// Runs the commands below a heading of the example's README, with the tests' names in place of its
/// own.
pub async fn follow_section(
    terraform: &Terraform,
    cloud: &Cloud,
    heading: &str,
    names: &[(&str, &str)],
) -> Result<Followed> {
    let document = document(terraform)?;
    let ours =
        |command: String| names.iter().fold(command, |text, (theirs, ours)| text.replace(theirs, ours));
    let commands = section(&document, heading)?.into_iter().map(ours).collect();
    run(terraform, Some(cloud), &document, terraform.example(), commands).await
}

fn document(terraform: &Terraform) -> Result<String> {
    let name = terraform.example().file_name().context("no example")?.to_string_lossy();
    Ok(format!("infra/examples/{name}/README.md"))
}

/// Runs commands of a document in a folder of the checkout, or in the folder of a `cd` among them.
pub async fn run(
    terraform: &Terraform,
    cloud: Option<&Cloud>,
    document: &str,
    folder: &Path,
    commands: Vec<String>,
) -> Result<Followed> {
    let record = terraform.top().join("record");
    fs::write(&record, "")?;
    let variables = stand_ins(terraform, &record).await?;
    let mut followed = Followed { commands: Vec::new(), record: Vec::new() };
    let mut folder = folder.to_owned();
    for command in commands {
        if let Some(into) = command.strip_prefix("cd ") {
            folder.push(into);
            ensure!(folder.is_dir(), "{document} says `{command}`: there is no such folder");
            continue;
        }
        if let (true, Some(cloud)) = (command.contains("curl"), cloud) {
            let url = cloud.url(80).await?;
            let address = url.trim_start_matches("http://");
            fs::write(terraform.top().join(".curlrc"), format!("silent\nconnect-to = \"::{address}\"\n"))?;
        }
        // Set here and not in the environment: a Python that a version manager starts puts its own
        // folder first.
        let script = format!("PATH=\"$STAND_INS:$PATH\"\n{command}");
        let shell = ["-euo", "pipefail", "-c", &script];
        let (status, output) = terraform.run_in(&folder, "bash", &shell, &variables).await?;
        ensure!(status.success(), "{document} says `{command}`: {status}\n{output}");
        if command.starts_with("aws secretsmanager create-secret") {
            fill_in(terraform, &output)?;
        }
        followed.commands.push((command, output));
    }
    followed.record = fs::read_to_string(&record)?.lines().map(str::to_owned).collect();
    let curl = followed.commands.iter().any(|(command, _)| command.contains("curl ")).then_some("curl");
    let words = followed.record.iter().filter_map(|line| line.split(' ').next());
    for program in words.chain(curl).filter(|word| *word != "image").collect::<BTreeSet<_>>() {
        let reason = PROGRAMS.iter().find(|(name, _)| *name == program);
        let (_, reason) = reason.with_context(|| format!("{program} is replaced without a reason"))?;
        say(document, program, reason);
    }
    Ok(followed)
}

/// The stand-ins before all other programs, and their variables.
async fn stand_ins(terraform: &Terraform, record: &Path) -> Result<Vec<(&'static str, OsString)>> {
    let binaries = Binaries::build()?;
    let zip = terraform.top().join("bootstrap.zip");
    fs::write(&zip, bootstrap()?)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/infra/stand-ins");
    let real = tools::on_the_path("terraform").context("no terraform")?;
    let cli = tokio::task::spawn_blocking(|| Venv::with("requirements-cli.txt")).await??.program("aws");
    Ok(vec![
        ("STAND_INS", folder.into()),
        ("RECORD", record.into()),
        ("REAL_TERRAFORM", real.into()),
        ("PLUGIN_DIR", plugin_dir().unwrap_or_default().into()),
        ("AWS_CLI", cli.into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("WAKER_ZIP", zip.into()),
        ("ENTRYPOINT", (&binaries.entrypoint).into()),
    ])
}

/// Does what a user does with the ARN of a new secret.
fn fill_in(terraform: &Terraform, printed: &str) -> Result<()> {
    let created: Value = serde_json::from_str(printed).context("create-secret prints no JSON")?;
    let arn = created["ARN"].as_str().context("create-secret prints no ARN")?;
    let path = terraform.example().join("terraform.tfvars.json");
    let text = fs::read_to_string(&path)?;
    ensure!(text.contains(PRINTED), "no variable takes the secret {arn}");
    Ok(fs::write(path, text.replace(PRINTED, arn))?)
}

fn say_variables(document: &str, terraform: &Terraform) -> Result<()> {
    let text = fs::read_to_string(terraform.example().join("terraform.tfvars.json"))?;
    say_replaced(document, &serde_json::from_str(&text)?)
}

/// Prints why each of these variables does not have its documented value.
pub fn say_replaced(document: &str, variables: &Value) -> Result<()> {
    for name in variables.as_object().context("no variables")?.keys() {
        let reason = VARIABLES.iter().find(|(variable, _)| variable == name);
        let (_, reason) = reason.with_context(|| format!("variable {name} is replaced without a reason"))?;
        say(document, &format!("variable {name}"), reason);
    }
    Ok(())
}

/// The test runner shows the output of macros only if a test fails.
fn say(document: &str, what: &str, reason: &str) {
    let _ = writeln!(io::stderr().lock(), "{document}: {what} is replaced: {reason}");
}

#[test]
fn commands_are_the_lines_of_sh_blocks() {
    let document = "a\n```sh\none # x\n\ntwo \\\n  more\n```\n`no`\n## Later\n```hcl\nno = 1\n```\n## Last\n```sh\n## no\nthree\n```\n";
    let found = sections(document);
    assert_eq!(found[0], (String::new(), vec!["one # x".to_owned(), "two   more".to_owned()]));
    assert_eq!(found[1], ("Last".to_owned(), vec!["## no".to_owned(), "three".to_owned()]));
    assert_eq!(found.len(), 2);
}

/// No command of a document is left out without its reason: a section with commands is run by the
/// test that is named here, or is not run for the reason given here, which is printed.
#[test]
fn every_command_of_the_documents_is_followed_or_left_out_with_a_reason() {
    let tree = Tree::of_git().unwrap();
    let mut found = BTreeSet::new();
    for (document, text) in tree.documents() {
        found.extend(sections(text).into_iter().map(|(heading, _)| (document.to_owned(), heading)));
    }
    let known: BTreeSet<_> = FOLLOWED
        .iter()
        .map(|(document, heading, _)| ((*document).to_owned(), (*heading).to_owned()))
        .collect();
    assert_eq!(found, known);
    let tests = sources();
    for (document, heading, how) in FOLLOWED {
        if let How::LeftOut(reason) = how {
            let _ = writeln!(io::stderr().lock(), "{document}: {heading:?} is left out: {reason}");
            continue;
        }
        // In a test that applies the example, or in one that names the document.
        let example = document.strip_prefix("infra/examples/").and_then(|path| path.split_once('/'));
        let of = example.map_or(format!("\"{document}\""), |(example, _)| format!("checkout(\"{example}\""));
        let follows = |test: &&String| {
            let test: String = test.split_whitespace().collect();
            test.contains(&of) && (heading.is_empty() || test.contains(&heading.replace(' ', "")))
        };
        assert!(tests.iter().any(|test| follows(&test)), "no test follows {document}, {heading:?}");
    }
}

/// The build command creates the files that the examples' documented variables name.
#[test]
fn the_images_of_the_examples_are_those_that_are_built() {
    let commands = section("infra/README.md", "Building a release").unwrap();
    let built: Vec<_> =
        commands.iter().filter_map(|command| command.strip_prefix("infra/release/build ")).collect();
    let with_image = built
        .iter()
        .find_map(|arguments| arguments.split_once(' ').filter(|(_, image)| image.contains(".ecr.")));
    let (processor, image) = with_image.expect("no image is built");
    let tag = image.rsplit('/').next().unwrap();
    for example in examples() {
        let values =
            fs::read_to_string(infra().join(format!("examples/{example}/terraform.tfvars.example"))).unwrap();
        for line in values.lines().filter(|line| line.contains("reveille-entrypoint")) {
            assert!(line.contains(&format!("/{tag}-{processor}\"")), "{example}: {line}");
        }
    }
}

/// The tests of the examples, without this file.
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/infra");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.is_file() && !path.ends_with("readme.rs"));
    paths.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Every example, by its folder's name.
pub fn examples() -> BTreeSet<String> {
    let entries = fs::read_dir(infra().join("examples")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}
