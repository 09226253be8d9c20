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
#define SILENCE_NS 300000000ULL
#define MANY (256 << 10) /* bytes, of those that the ring holds an eighth */

typedef struct { unsigned int val; } FOUND kuid_t;
struct cred { kuid_t euid; } FOUND;
struct qstr { unsigned int len; const unsigned char *name; } FOUND;
struct dentry { struct dentry *d_parent; struct qstr d_name; } FOUND;
struct vfsmount { struct dentry *mnt_root; } FOUND;
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; } FOUND;
struct path { struct vfsmount *mnt; struct dentry *dentry; } FOUND;
struct super_block { unsigned int s_dev; } FOUND;
struct timespec64 { long long tv_sec; long tv_nsec; } FOUND;
/* The times of a file were written in three forms; those that a kernel does not have are left out when it is loaded. */
struct inode {
	unsigned long i_ino;
	long long i_size;
	struct super_block *i_sb;
	long long i_mtime_sec, i_ctime_sec; /* from 6.11 */
	unsigned int i_mtime_nsec, i_ctime_nsec;
} FOUND;
struct inode___to_6_10 { struct timespec64 __i_mtime, __i_ctime; } FOUND;
struct inode___to_6_5 { struct timespec64 i_mtime, i_ctime; } FOUND;
struct file { struct path f_path; struct inode *f_inode; } FOUND;
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
	unsigned int exe_size, cwd_size, arguments_size;
	unsigned int device; /* with what follows: which file the program is, in which state; all 0 when it cannot be told */
	unsigned long long inode, size, changed_ns, touched_ns; /* of its content, of anything */
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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, unsigned long long);
} newest SEC(".maps");

/* The reader looks by itself twice a second; it is woken for what comes after a silence, and before the ring is full. */
static unsigned long long wake_up(unsigned long long now_ns)
{
	unsigned long long *before = bpf_map_lookup_elem(&newest, &first);
	if (!before)
		return BPF_RB_FORCE_WAKEUP;
	unsigned long long since = now_ns - *before;
	*before = now_ns;
	if (since > SILENCE_NS || bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= MANY)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

static void hand_over(void *event, unsigned long size, unsigned long long now_ns)
{
	if (bpf_ringbuf_output(&events, event, size, wake_up(now_ns))) {
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

static unsigned long long nanoseconds(long long seconds, unsigned int rest)
{
	return (unsigned long long)seconds * 1000000000 + (rest & 0x7fffffff); /* the highest bit is a mark of the kernel's own */
}

static void tell_file(struct start *event, struct inode *inode)
{
	struct inode___to_6_10 *middle = (void *)inode;
	struct inode___to_6_5 *old = (void *)inode;

	event->device = 0;
	event->inode = event->size = event->changed_ns = event->touched_ns = 0;
	if (bpf_core_field_exists(inode->i_ctime_nsec)) {
		event->changed_ns = nanoseconds(BPF_CORE_READ(inode, i_mtime_sec), BPF_CORE_READ(inode, i_mtime_nsec));
		event->touched_ns = nanoseconds(BPF_CORE_READ(inode, i_ctime_sec), BPF_CORE_READ(inode, i_ctime_nsec));
	} else if (bpf_core_field_exists(middle->__i_mtime)) {
		event->changed_ns = nanoseconds(BPF_CORE_READ(middle, __i_mtime.tv_sec), BPF_CORE_READ(middle, __i_mtime.tv_nsec));
		event->touched_ns = nanoseconds(BPF_CORE_READ(middle, __i_ctime.tv_sec), BPF_CORE_READ(middle, __i_ctime.tv_nsec));
	} else if (bpf_core_field_exists(old->i_ctime)) {
		event->changed_ns = nanoseconds(BPF_CORE_READ(old, i_mtime.tv_sec), BPF_CORE_READ(old, i_mtime.tv_nsec));
		event->touched_ns = nanoseconds(BPF_CORE_READ(old, i_ctime.tv_sec), BPF_CORE_READ(old, i_ctime.tv_nsec));
	} else {
		return;
	}
	event->device = BPF_CORE_READ(inode, i_sb, s_dev);
	event->inode = BPF_CORE_READ(inode, i_ino);
	event->size = BPF_CORE_READ(inode, i_size);
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
	tell_file(event, BPF_CORE_READ(file, f_inode));
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
	hand_over(event, __builtin_offsetof(struct start, text) + ((filled + size) & (TEXT - 1)), event->at_ns);
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
	hand_over(&event, sizeof(event), event.at_ns);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
