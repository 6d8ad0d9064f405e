//! Running other programs: visibly, and with an error that shows why they failed.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::progress::Step;

/// Lines of output that an error message repeats.
const TAIL: usize = 40;

/// Runs a command to its end as a [`Step`] called `title`; returns its standard output. On failure the error holds the
/// command line and the end of its output.
pub fn run(title: &str, command: &mut Command) -> Result<String> {
    let step = Step::new(title);
    let output = watch(command, |line| step.note(line))?;
    step.done();
    Ok(output)
}

/// Runs a command to its end without showing it; returns its standard output.
pub fn capture(command: &mut Command) -> Result<String> {
    watch(command, |_| ())
}

/// Runs a command to its end, calls `each` with every line that it writes; returns its standard output.
pub fn watch(command: &mut Command, each: impl FnMut(&str)) -> Result<String> {
    let ended = observe(command, each)?;
    if !ended.status.success() {
        let lines: Vec<&str> = ended.output.lines().collect();
        let tail: Vec<String> =
            lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("    {line}\n")).collect();
        bail!("`{}` failed ({}); the end of its output:\n{}", describe(command), ended.status, tail.concat());
    }
    Ok(ended.stdout)
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard output and standard error, in the order in which the lines came.
    pub output: String,
}

/// Runs a command to its end, however it ends; calls `each` with every line that it writes.
pub fn observe(command: &mut Command, mut each: impl FnMut(&str)) -> Result<Ended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", describe(command)))?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|out| forward(out, true, sender.clone())),
        child.stderr.take().map(|err| forward(err, false, sender)),
    ];
    let (mut stdout, mut output) = (String::new(), String::new());
    for (is_stdout, line) in lines {
        each(&line);
        for text in [Some(&mut output), is_stdout.then_some(&mut stdout)].into_iter().flatten() {
            text.push_str(&line);
            text.push('\n');
        }
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let status = child.wait().with_context(|| format!("cannot wait for `{}`", describe(command)))?;
    Ok(Ended { status, stdout, output })
}

/// The command line as a user would type it.
#[must_use]
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn forward(
    stream: impl Read + Send + 'static,
    is_output: bool,
    to: mpsc::Sender<(bool, String)>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            if to.send((is_output, String::from_utf8_lossy(&line).into_owned())).is_err() {
                break;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_stdout_only_but_both_streams_are_seen() {
        let mut seen = Vec::new();
        let output = watch(&mut sh("echo out; echo err >&2"), |line| seen.push(line.to_owned())).unwrap();
        seen.sort();
        assert_eq!(output, "out\n");
        assert_eq!(seen, ["err", "out"]);
    }

    #[test]
    fn a_failure_names_the_command_and_shows_the_end_of_its_output() {
        let error = capture(&mut sh("seq 1 100; echo because >&2; exit 3")).unwrap_err().to_string();
        assert!(error.contains("sh -c seq 1 100"), "{error}");
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("because") && error.contains("    100\n"), "{error}");
        assert!(!error.contains("    50\n"), "only the tail: {error}");
    }

    #[test]
    fn a_failure_can_be_observed() {
        let ended = observe(&mut sh("echo a; echo b >&2; exit 1"), |_| ()).unwrap();
        assert!(!ended.status.success());
        assert_eq!(ended.stdout, "a\n");
        assert_eq!(ended.output.len(), 4);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = capture(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(error.contains("no-such-program-here"), "{error}");
    }
}
