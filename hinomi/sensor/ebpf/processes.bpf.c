// SPDX-License-Identifier: MIT OR GPL-2.0
// Every exec and every end of a process, told by the kernel's own tracepoints with what is needed to know who it was.
// Structures hold only the fields that are read; their places are found when it is loaded (CO-RE), so that one object fits all kernels with BTF.
// Read by hinomi/sensor/telemetry/bpf_events.py: the layouts of `struct start` and `struct end` are written there too.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define FOUND __attribute__((preserve_access_index))
#define ARGUMENTS 8192 /* bytes of the command line */
#define PATH 1024
#define NAME 256
#define TEXT 16384 /* more than all of these together */
#define DEPTH 64 /* parts of a path, and mounts on its way */

typedef struct { unsigned int val; } FOUND kuid_t;
struct cred { kuid_t euid; } FOUND;
struct qstr { unsigned int len; const unsigned char *name; } FOUND;
struct dentry { struct dentry *d_parent; struct qstr d_name; } FOUND;
struct vfsmount { struct dentry *mnt_root; } FOUND;
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; } FOUND;
struct path { struct vfsmount *mnt; struct dentry *dentry; } FOUND;
struct file { struct path f_path; } FOUND;
struct fs_struct { struct path pwd; } FOUND;
struct mm_struct { unsigned long arg_start, arg_end; struct file *exe_file; } FOUND;
struct task_struct {
	int pid, tgid, exit_code;
	unsigned long long start_boottime;
	struct task_struct *real_parent, *group_leader;
	const struct cred *cred;
	struct mm_struct *mm;
	struct fs_struct *fs;
	kuid_t loginuid;
	unsigned int sessionid;
} FOUND;

/*
 * `text` is the program's path, the working folder and the arguments, one behind the other, as long as their sizes say.
 * Of a path the parts stand last first, each with a NUL behind; its size is 0 when it could not be told.
 */
struct start {
	unsigned int kind, pid, ppid, euid, loginuid, session;
	unsigned long long at_ns, start_ns;
	unsigned int exe_size, cwd_size, arguments_size, padding;
	char text[TEXT];
};

struct end {
	unsigned int kind, pid;
	int code;
	unsigned int padding;
	unsigned long long at_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, struct start);
} drafts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, unsigned long long);
} lost SEC(".maps");

static const unsigned int first = 0;

static void hand_over(void *event, unsigned long size)
{
	if (bpf_ringbuf_output(&events, event, size, 0)) {
		unsigned long long *count = bpf_map_lookup_elem(&lost, &first);
		if (count)
			__sync_fetch_and_add(count, 1);
	}
}

struct climb {
	char *to;
	struct mount *mount;
	struct dentry *dentry;
	unsigned int size;
	unsigned int is_done;
};

/* One step up; 1 ends the climb. */
static long step(unsigned int number, struct climb *at)
{
	struct mount *mount = at->mount;
	struct dentry *dentry = at->dentry;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);
		at->is_done = above == mount;
		at->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		at->mount = above;
		return at->is_done & 1;
	}
	if (at->size >= PATH)
		return 1;
	long got = bpf_probe_read_kernel_str(at->to + (at->size & (PATH - 1)), NAME, BPF_CORE_READ(dentry, d_name.name));
	if (got <= 0)
		return 1;
	at->size += got;
	at->is_done = dentry == parent; /* it hangs nowhere: a file in memory alone */
	at->dentry = parent;
	return at->is_done & 1;
}

/* Not inlined, not unrolled: the kernel looks at the step once, however deep a path may be. */
static unsigned int walk(char *to, struct vfsmount *mount, struct dentry *dentry)
{
	struct climb at = {
		.to = to,
		.mount = (void *)mount - bpf_core_field_offset(struct mount, mnt),
		.dentry = dentry,
	};

	bpf_loop(DEPTH, step, &at, 0);
	if (!at.is_done)
		return 0; /* too deep */
	if (!at.size) { /* the root itself */
		to[0] = 0;
		return 1;
	}
	return at.size & (2 * PATH - 1);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	struct start *event = bpf_map_lookup_elem(&drafts, &first);
	if (!event)
		return 0;
	event->kind = 1;
	event->pid = task->tgid;
	event->ppid = BPF_CORE_READ(task, real_parent, tgid);
	event->euid = BPF_CORE_READ(task, cred, euid.val);
	event->loginuid = BPF_CORE_READ(task, loginuid.val);
	event->session = BPF_CORE_READ(task, sessionid);
	event->at_ns = bpf_ktime_get_boot_ns();
	event->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	unsigned int filled = walk(event->text, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
	event->exe_size = filled;
	filled &= 2 * PATH - 1;
	event->cwd_size = walk(event->text + filled, BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry));
	filled = (filled + event->cwd_size) & (4 * PATH - 1);

	unsigned long begins = BPF_CORE_READ(task, mm, arg_start), ends = BPF_CORE_READ(task, mm, arg_end);
	unsigned long size = ends - begins;
	if (size > ARGUMENTS - 1)
		size = ARGUMENTS - 1;
	size &= ARGUMENTS - 1;
	event->arguments_size = size;
	if (bpf_probe_read_user(event->text + filled, size, (void *)begins))
		event->arguments_size = size = 0;
	hand_over(event, __builtin_offsetof(struct start, text) + ((filled + size) & (TEXT - 1)));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	if (task->pid != task->tgid)
		return 0;
	struct end event = {
		.kind = 2,
		.pid = task->tgid,
		.code = task->exit_code,
		.at_ns = bpf_ktime_get_boot_ns(),
	};
	hand_over(&event, sizeof(event));
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
