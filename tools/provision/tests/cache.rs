//! The cache keeps its promise under failure, interruption and competition.

use std::fs;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use provision::cache::{Cache, hash};

fn cache() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(&dir.path().join("cache"));
    (dir, cache)
}

#[test]
fn an_entry_is_built_once_and_then_found() {
    let (_dir, cache) = cache();
    let first = cache.entry("kind", "1", |dir| Ok(fs::write(dir.join("file"), "content")?)).unwrap();
    let second = cache.entry("kind", "1", |_| anyhow::bail!("must not be built again")).unwrap();
    assert_eq!(first, second);
    assert_eq!(first, cache.path("kind", "1"));
    assert_eq!(fs::read_to_string(second.join("file")).unwrap(), "content");
}

#[test]
fn a_failed_build_leaves_nothing_and_can_be_repeated() {
    let (_dir, cache) = cache();
    let failed = cache.entry("kind", "1", |dir| {
        fs::write(dir.join("half"), "x")?;
        anyhow::bail!("no network")
    });
    assert!(failed.unwrap_err().to_string().contains("no network"));
    assert!(!cache.path("kind", "1").exists());
    assert_eq!(fs::read_dir(cache.root().join("kind")).unwrap().count(), 0);
    let built = cache.entry("kind", "1", |dir| Ok(fs::write(dir.join("whole"), "y")?)).unwrap();
    assert!(built.join("whole").exists() && !built.join("half").exists());
}

#[test]
fn a_damaged_file_is_built_again() {
    let (_dir, cache) = cache();
    let built = AtomicUsize::new(0);
    let file = || {
        cache.file("kind", "1", |path| {
            built.fetch_add(1, Ordering::Relaxed);
            Ok(fs::write(path, "content")?)
        })
    };
    let path = file().unwrap();
    assert_eq!((file().unwrap(), built.load(Ordering::Relaxed)), (path.clone(), 1));
    let damages: [fn(&std::path::Path); 4] = [
        |path| fs::write(path, "kontent").unwrap(),
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path.with_file_name("digest"), "").unwrap(),
        |path| fs::remove_dir_all(path.parent().unwrap()).unwrap(),
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage(&path);
        assert_eq!(fs::read_to_string(file().unwrap()).unwrap(), "content");
        assert_eq!(built.load(Ordering::Relaxed), 2 + number);
    }
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    assert!(cache.file("kind", "1", |_| anyhow::bail!("no compiler")).is_err());
}

#[test]
fn what_a_killed_process_left_is_not_taken_for_the_entry() {
    let (_dir, cache) = cache();
    // A panic inside the build stands for a killed process: no clean-up code runs between build and rename.
    let killed = std::thread::scope(|scope| {
        let build = || {
            cache.entry("kind", "1", |dir| {
                fs::write(dir.join("half"), "x").unwrap();
                panic!("killed")
            })
        };
        scope.spawn(build).join()
    });
    assert!(killed.is_err());
    assert!(!cache.path("kind", "1").exists());
    let built = cache.entry("kind", "1", |dir| {
        assert_eq!(fs::read_dir(dir)?.count(), 0, "the build starts in an empty folder");
        Ok(())
    });
    assert!(!built.unwrap().join("half").exists());
}

#[test]
fn competitors_build_an_entry_once() {
    let (_dir, cache) = cache();
    let (builds, start) = (AtomicUsize::new(0), Barrier::new(4));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                let path = cache.entry("kind", "1", |dir| {
                    builds.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(50));
                    Ok(fs::write(dir.join("file"), "done")?)
                });
                assert_eq!(fs::read_to_string(path.unwrap().join("file")).unwrap(), "done");
            });
        }
    });
    assert_eq!(builds.load(Ordering::SeqCst), 1);
}

#[test]
fn a_removed_entry_is_built_anew() {
    let (_dir, cache) = cache();
    cache.entry("kind", "1", |dir| Ok(fs::write(dir.join("file"), "old")?)).unwrap();
    cache.remove("kind", "1").unwrap();
    let path = cache.entry("kind", "1", |dir| Ok(fs::write(dir.join("file"), "new")?)).unwrap();
    assert_eq!(fs::read_to_string(path.join("file")).unwrap(), "new");
}

#[test]
fn entries_are_listed_with_their_size_and_pruned_by_age() {
    let (_dir, cache) = cache();
    cache.entry("kernel", "a", |dir| Ok(fs::write(dir.join("file"), [0; 1000])?)).unwrap();
    cache
        .entry("musl", "b", |dir| {
            fs::create_dir(dir.join("lib"))?;
            Ok(fs::write(dir.join("lib/file"), [0; 24])?)
        })
        .unwrap();
    let listed: Vec<_> = cache.entries().unwrap().into_iter().map(|entry| (entry.name, entry.bytes)).collect();
    assert_eq!(listed, [("kernel/a".to_owned(), 1000), ("musl/b".to_owned(), 24)]);
    assert!(cache.prune(Duration::from_secs(3600)).unwrap().is_empty());
    assert_eq!(cache.prune(Duration::ZERO).unwrap().len(), 2);
    assert!(cache.entries().unwrap().is_empty());
}

#[test]
fn the_hash_depends_on_every_input_and_its_border() {
    let dir = tempfile::tempdir().unwrap();
    let (file, tree) = (dir.path().join("file"), dir.path().join("tree"));
    fs::create_dir_all(tree.join("sub")).unwrap();
    fs::write(tree.join("sub/a"), "1").unwrap();
    fs::write(&file, "ab").unwrap();
    let same = |text: &str| hash().text(text).file(&file).unwrap().tree(&tree).unwrap().done();
    assert_eq!(same("x").len(), 32);
    assert_eq!(same("x"), same("x"));
    assert_ne!(same("x"), same("y"));
    assert_ne!(hash().text("ab").text("c").done(), hash().text("a").text("bc").done());
    assert_ne!(hash().text("ab").done(), hash().file(&file).unwrap().done());
    let before = same("x");
    fs::rename(tree.join("sub/a"), tree.join("sub/b")).unwrap();
    let renamed = same("x");
    fs::write(&file, "abc").unwrap();
    assert!(before != renamed && renamed != same("x"));
    let missing = hash().file(&dir.path().join("missing")).err().unwrap().to_string();
    assert!(missing.contains("missing"), "{missing}");
}
