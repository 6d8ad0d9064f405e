//! A little Linux for the examples of the monitor API.

use monitor_api::profile::format::{Section, kind};
use monitor_api::profile::{Paging, Profile};
use monitor_api::{Budget, Guest, Registers, View};

use crate::builder::{Builder, TypeId};
use crate::sample::Sample;

const BANNER: &str = "Linux version 6.1.0 (sample)\n";
const BUILD_ID: &str = "000102030405060708090a0b0c0d0e0f10111213";
const SWAPPER: u32 = 0x8c00_1000;
const INIT: u32 = 0x8c00_1100;
const SH: u32 = 0x8c00_1200;
const TASK: u32 = 112;
const MODULES: u32 = 0x8c00_9600;
const LOOP: u32 = 0x8c00_9700;
const EXT2: u32 = 0x8c00_9800;
/// Offsets in a `task_struct`.
const TASKS: u32 = 24;
const RUN_NODE: u32 = 48;
const PID_LINKS: u32 = 80;
/// A page table entry: valid; user mode may read.
const PRESENT: u32 = 1 << 8;
const USER: u32 = 1 << 6;

impl Sample {
    /// A guest with what a Linux kernel has, in a few words of each. Names, and meaning of members, are Linux 6.1's.
    ///
    /// | where | what |
    /// | --- | --- |
    /// | `linux_banner`, 0x8c000000 | `Linux version 6.1.0 (sample)`; 20 bytes of build id, 0 to 19, at 0x8c000080 |
    /// | `jiffies_64`, 0x8c000100 | 0xffff8ad0, five minutes (at 100 Hz) before its low half overflows, as Linux begins |
    /// | `jiffies_seq`, 0x8c000110 | 4, a sequence counter that is even: nobody writes |
    /// | `do_exit`, `schedule`, 0x8c002000 | 32 bytes of text each, all zero; region `text`, in digests of 32 bytes |
    /// | `init_task`, 0x8c001000 | `swapper`, pid 0; in its list `init`, pid 1, and `sh`, pid 42, child of `init`, uid 1000 |
    /// | 0xc0000000 | a page that the kernel may only read, at 0x0c006000, where `loop` is loaded |
    /// | 0x00400000 | a page of `init`'s and `sh`'s (not of `swapper`, a kernel thread), at 0x0c007000, with the text `/bin/sh` |
    /// | `runqueues` | of two CPUs, with 1 and 2 tasks; in CPU 1's tree `init` and `sh` by 10 and 20 ns of run time |
    /// | `pid_hash` | `sh` in chain 0, `init` in chain 1: by the lowest bit of their pids |
    /// | `pid_idr` | `init` at index 1 and `sh` at index 42 |
    /// | `modules` | `loop`: 0x400 bytes of code, 0x800 with its constants, 0x1000 in all |
    /// | `file_systems` | points to `ext2_fs_type`, whose name is `ext2`; no other |
    ///
    /// CPU 0 is in user mode; CPU 1 in `schedule`, for `sh`, interrupts off. The host's clock is at 1 ms.
    pub fn linux() -> Self {
        let mut sample = Self::default();
        (sample.builder, sample.now) = (Builder::new(BANNER), 1_000_000);
        sample.builder.paging(Paging::ShTwoLevel, 12);
        sample.builder.build_id(BUILD_ID, 0x8c00_0080);
        let link = sample.types();
        sample.text_and_time();
        sample.tasks();
        sample.pages();
        sample.run_queues();
        sample.tables();
        sample.modules(link);
        let mut user = Registers { pc: 0x0040_0100, ..Registers::default() };
        user.r[15] = 0x7b00_0000;
        let mut kernel = Registers { pc: 0x8c00_2028, pr: 0x8c00_2010, sr: 0x4000_00f0, ..Registers::default() };
        kernel.bank1[7] = SH;
        sample.cpus = vec![user, kernel];
        sample
    }

    /// Shows it to `look`, which may read 1 MB.
    ///
    /// # Panics
    /// When `look` fails.
    pub fn look(&self, look: impl FnOnce(&View<'_>) -> Result<(), Box<dyn std::error::Error>>) {
        let looked = self.with(|guest, budget| look(&guest.view(budget)));
        looked.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Gives `work` the guest as a host has it.
    ///
    /// # Panics
    /// When `work` fails.
    pub fn attached(&self, work: impl FnOnce(&Guest<'_>, &Budget) -> Result<(), Box<dyn std::error::Error>>) {
        self.with(work).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Its kernel's profile.
    pub fn profile(&self) -> Vec<u8> {
        self.builder.clone().finish()
    }

    /// The record of a type in that profile, word by word as `profile::format` describes it: a named type, or that of a member
    /// (`task_struct.comm`).
    ///
    /// # Panics
    /// When there is no such type.
    pub fn type_record(&self, of: &str) -> [u32; 5] {
        let bytes = self.profile();
        let profile = Profile::open(&bytes).expect("a profile that was just made");
        let (name, path) = of.split_once('.').unwrap_or((of, ""));
        let ty = profile.ty(name).expect("a type of the profile");
        let ty = if path.is_empty() { ty } else { ty.path(path).expect("a member of the type").ty };
        let word = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().expect("in the profile"));
        let types = word(36 + 8 * Section::Types as usize) as usize;
        core::array::from_fn(|field| word(types + 20 * ty.id() as usize + 4 * field))
    }

    /// The types that the others need; gives `list_head`.
    fn types(&mut self) -> TypeId {
        let builder = &mut self.builder;
        let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
        let chain = builder.structure("hlist_node", 8, &[("next", 0, 4), ("pprev", 4, 4)]);
        let node =
            builder.structure("rb_node", 12, &[("__rb_parent_color", 0, 4), ("rb_right", 4, 4), ("rb_left", 8, 4)]);
        let (signed, byte, word) = (builder.number(4, true), builder.number(1, false), builder.number(4, false));
        let atomic = builder.structure("atomic_t", 4, &[]);
        builder.member(atomic, "counter", 0, signed);
        let kuid = builder.structure("kuid_t", 4, &[("val", 0, 4)]);
        let cred = builder.structure("cred", 8, &[]);
        builder.member(cred, "usage", 0, atomic);
        builder.member(cred, "uid", 4, kuid);
        let void = builder.opaque("");
        let to_void = builder.pointer(void);
        let mm = builder.structure("mm_struct", 4, &[]);
        builder.member(mm, "pgd", 0, to_void);
        let entity = builder.structure("sched_entity", 24, &[("on_rq", 0, 4), ("vruntime", 16, 8)]);
        builder.member(entity, "run_node", 4, node);
        let task = builder.structure("task_struct", TASK, &[("__state", 0, 4)]);
        let to_task = builder.pointer(task);
        let (to_mm, to_cred, comm) = (builder.pointer(mm), builder.pointer(cred), builder.array(byte, 16));
        builder.member(task, "pid", 4, signed);
        builder.member(task, "comm", 8, comm);
        builder.member(task, "tasks", TASKS, link);
        builder.member(task, "mm", 32, to_mm);
        builder.member(task, "cred", 36, to_cred);
        builder.member(task, "parent", 40, to_task);
        builder.member(task, "se", 44, entity);
        builder.member(task, "usage", 68, atomic);
        builder.bit_field(task, "in_execve", 72, word, (0, 1));
        builder.bit_field(task, "in_iowait", 72, word, (1, 1));
        builder.member(task, "pid_links", PID_LINKS, chain);
        builder.named("module_state", kind::ENUM, 4);
        builder.opaque("nsproxy");
        let value = builder.named("sigval", kind::UNION, 4);
        builder.member(value, "sival_int", 0, signed);
        builder.member(value, "sival_ptr", 0, to_void);
        builder.enumerator("MODULE_STATE_LIVE", 0);
        builder.enumerator("MODULE_STATE_GOING", 2);
        link
    }

    fn text_and_time(&mut self) {
        self.builder.symbol("linux_banner", 0x8c00_0000, BANNER.len() as u32 + 1);
        self.bytes(0x8c00_0000, BANNER.as_bytes());
        self.bytes(0x8c00_0080, &core::array::from_fn::<u8, 20, _>(|byte| byte as u8));
        self.builder.exact_region("banner", 0x8c00_0000, BANNER.as_bytes());
        let wide = self.builder.number(8, false);
        self.builder.variable("jiffies_64", 0x8c00_0100, 8, wide);
        self.put(0x8c00_0100, 0xffff_8ad0);
        self.builder.symbol("jiffies_seq", 0x8c00_0110, 4);
        self.put(0x8c00_0110, 4);
        self.builder.symbol("do_exit", 0x8c00_2000, 32);
        self.builder.symbol("schedule", 0x8c00_2020, 32);
        self.builder.digested_region("text", 0x8c00_2000, &[0; 64], 32);
    }

    fn tasks(&mut self) {
        let task = self.known("task_struct");
        self.builder.variable("init_task", SWAPPER, TASK, task);
        self.builder.list("init_task.tasks", task, "tasks");
        // Bytes 0x1800 on: two sets of credentials, root's and a user's; then the user address space.
        for (at, pid, name, mm, cred, parent) in [
            (SWAPPER, 0, "swapper", 0, 0x8c00_1800, SWAPPER),
            (INIT, 1, "init", 0x8c00_1900, 0x8c00_1800, SWAPPER),
            (SH, 42, "sh", 0x8c00_1900, 0x8c00_1808, INIT),
        ] {
            self.put(at + 4, pid);
            self.bytes(at + 8, name.as_bytes());
            self.fill(at + 32, &[mm, cred, parent]);
            self.put(at + 68, 2);
        }
        self.put(SH + 72, 0b10);
        self.link(SWAPPER + TASKS, &[INIT + TASKS, SH + TASKS]);
        self.fill(0x8c00_1800, &[2, 0, 1, 1000]);
    }

    fn pages(&mut self) {
        self.builder.symbol("swapper_pg_dir", 0x8c00_3000, 4096);
        self.put(0x8c00_3000 + 4 * 0x300, 0x8c00_5000);
        self.put(0x8c00_5000, 0x0c00_6000 | PRESENT);
        self.put(0x8c00_1900, 0x8c00_4000);
        self.put(0x8c00_4000 + 4, 0x8c00_8000);
        self.put(0x8c00_8000, 0x0c00_7000 | PRESENT | USER);
        self.bytes(0x8c00_7000, b"/bin/sh\0");
    }

    fn run_queues(&mut self) {
        let queue = self.builder.structure("rq", 8, &[("nr_running", 0, 4), ("tasks_timeline", 4, 4)]);
        self.builder.variable("runqueues", 0x8c00_9000, 8, queue);
        self.builder.symbol("__per_cpu_offset", 0x8c00_9100, 8);
        self.fill(0x8c00_9100, &[0x1000, 0x2000]);
        self.builder.symbol("__cpu_online_mask", 0x8c00_9200, 4);
        self.put(0x8c00_9200, 0b11);
        self.put(0x8c00_a000, 1);
        // `init` on top, black; `sh` to its right, red.
        self.fill(0x8c00_b000, &[2, INIT + RUN_NODE]);
        self.fill(INIT + 44, &[1, 1, SH + RUN_NODE, 0, 10]);
        self.fill(SH + 44, &[1, INIT + RUN_NODE, 0, 0, 20]);
    }

    fn tables(&mut self) {
        let head = self.builder.structure("hlist_head", 4, &[("first", 0, 4)]);
        let chains = self.builder.array(head, 2);
        self.builder.variable("pid_hash", 0x8c00_9300, 8, chains);
        self.fill(0x8c00_9300, &[SH + PID_LINKS, INIT + PID_LINKS]);
        let void = self.builder.opaque("");
        let to_void = self.builder.pointer(void);
        let slots = self.builder.array(to_void, 64);
        let node = self.builder.structure("xa_node", 260, &[("shift", 0, 1)]);
        self.builder.member(node, "slots", 4, slots);
        let array = self.builder.structure("xarray", 4, &[]);
        self.builder.member(array, "xa_head", 0, to_void);
        let idr = self.builder.structure("idr", 4, &[]);
        self.builder.member(idr, "idr_rt", 0, array);
        self.builder.variable("pid_idr", 0x8c00_9400, 4, idr);
        // An entry with 2 in its lowest bits is a node.
        self.put(0x8c00_9400, 0x8c00_9440 | 2);
        self.put(0x8c00_9444 + 4, INIT);
        self.put(0x8c00_9444 + 4 * 42, SH);
        let byte = self.builder.number(1, false);
        let to_byte = self.builder.pointer(byte);
        let kind = self.builder.structure("file_system_type", 8, &[]);
        let to_kind = self.builder.pointer(kind);
        self.builder.member(kind, "name", 0, to_byte);
        self.builder.member(kind, "next", 4, to_kind);
        self.builder.variable("ext2_fs_type", EXT2, 8, kind);
        self.builder.variable("file_systems", EXT2 + 8, 4, to_kind);
        self.fill(EXT2, &[EXT2 + 16, 0, EXT2]);
        self.bytes(EXT2 + 16, b"ext2\0");
    }

    fn modules(&mut self, link: TypeId) {
        let layout =
            self.builder.structure("module_layout", 16, &[("size", 4, 4), ("text_size", 8, 4), ("ro_size", 12, 4)]);
        let (void, byte) = (self.builder.opaque(""), self.builder.number(1, false));
        let (to_void, name) = (self.builder.pointer(void), self.builder.array(byte, 56));
        self.builder.member(layout, "base", 0, to_void);
        let state = self.known("module_state");
        let module = self.builder.structure("module", 104, &[]);
        let init = self.builder.function();
        let to_init = self.builder.pointer(init);
        self.builder.member(module, "state", 0, state);
        self.builder.member(module, "list", 4, link);
        self.builder.member(module, "name", 12, name);
        self.builder.member(module, "core_layout", 68, layout);
        self.builder.member(module, "init_layout", 84, layout);
        self.builder.member(module, "init", 100, to_init);
        self.builder.variable("modules", MODULES, 8, link);
        self.builder.list("modules", module, "list");
        self.link(MODULES, &[LOOP + 4]);
        self.bytes(LOOP + 12, b"loop");
        self.fill(LOOP + 68, &[0xc000_0000, 0x1000, 0x400, 0x800]);
    }

    /// A type that was named before.
    fn known(&self, name: &str) -> TypeId {
        self.builder.by_name(name).expect("a type of this file")
    }
}
