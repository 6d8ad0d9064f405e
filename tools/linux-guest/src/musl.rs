//! The C library, and a compiler that uses it and nothing of Debian's SH packages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use provision::{ShGcc, cache};

use crate::make::{self, Log};
use crate::recipe::Recipe;

/// musl with a compiler driver.
#[derive(Clone, Debug)]
pub(crate) struct Musl {
    /// `sh4-musl-gcc`: compiles and links against musl and the kernel's headers.
    pub(crate) cc: PathBuf,
    /// The hash of what it is made of, compiler included.
    pub(crate) hash: String,
}

/// Builds musl (static library only).
pub(crate) fn musl(recipe: &Recipe, gcc: &ShGcc) -> Result<Musl> {
    let source = provision::debian_source(&recipe.musl.package)?;
    let headers = provision::debian_package(&recipe.linux_headers.package)?;
    let include = headers.root.join(&recipe.linux_headers.include);
    let inputs = cache::hash().text("1").text(gcc.version()).text(&gcc.cross_compile());
    let hash = inputs.text(&source.version).text(&headers.version).done();
    let home = cache::path("musl", &hash)?;

    let entry = cache::entry("musl", &hash, |dir| {
        make::host_tools()?;
        let mut log = Log::new("musl")?;
        let build = dir.join("build");
        fs::create_dir(&build)?;
        let mut configure = make::clean("sh");
        configure.current_dir(&build).arg(source.dir.join("configure"));
        configure.args(["--target=sh4-linux-gnu", "--host=sh4-linux-gnu", "--disable-shared"]);
        configure.arg(format!("--prefix={}", dir.display())).arg(format!("CC={}", gcc.bin("gcc").display()));
        configure.arg(format!("CROSS_COMPILE={}", gcc.cross_compile())).arg("CFLAGS=-Os -g0");
        log.run("configuring musl", &mut configure)?;
        log.run(&format!("building musl {}", source.version), make::make(&build).arg("install"))?;
        fs::remove_dir_all(&build)?;

        // musl's own script writes GCC's spec file; the paths are those of the finished entry.
        let mut specs = Command::new("sh");
        specs.arg(source.dir.join("tools/musl-gcc.specs.sh")).arg(home.join("include")).arg(home.join("lib"));
        let specs = provision::command::capture(specs.arg("/lib/ld-musl-sh4.so.1"))?;
        fs::write(dir.join("lib/musl-gcc.specs"), specs)?;
        let cc = dir.join("bin/sh4-musl-gcc");
        fs::create_dir_all(dir.join("bin"))?;
        let [gcc, include, specs] = [gcc.bin("gcc"), include.clone(), home.join("lib/musl-gcc.specs")].map(quoted);
        fs::write(&cc, format!("#!/bin/sh\nexec {gcc} \"$@\" -idirafter {include} -specs {specs}\n"))?;
        fs::set_permissions(&cc, fs::Permissions::from_mode(0o755)).context("cannot make the compiler executable")
    })?;
    Ok(Musl { cc: entry.join("bin/sh4-musl-gcc"), hash })
}

/// A path as one word of a shell command.
fn quoted(path: PathBuf) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_stay_one_word() {
        assert_eq!(quoted(PathBuf::from("/a b/it's")), r"'/a b/it'\''s'");
    }
}
