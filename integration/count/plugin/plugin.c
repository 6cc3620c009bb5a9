/* A plugin for qemu-user that counts the guest's instructions, exactly and thread by
 * thread, and writes down how many there were whenever one of some addresses is
 * executed. How busy the machine is makes no difference.
 *
 *   gcc -O2 -shared -fPIC plugin.c -o plugin.so
 *   qemu-aarch64 -cpu neoverse-n1 -plugin plugin.so,out=FILE,at=4a0:5f8 PROGRAM ...
 *
 * A line of FILE has the address in hexadecimal and then, in numbers of instructions
 * since the start: all, FMLA of single and of half precision, and SDOT or UDOT.
 *
 * Written against version 1 of the plugins' interface (qemu 4.2 to 8.2), declared here
 * since Debian's qemu-user comes without its header.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
typedef void (*callback)(unsigned int thread, void *data);
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum flags { no_registers };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, callback, enum flags, void *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, callback, enum flags, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);

EXPORT int qemu_plugin_version = 1;

/* Numbers of instructions. */
struct counts {
	uint64_t all, fmla32, fmla16, dot;
};

/* By thread, in the order in which they were made. Each has a line of the cache of
 * its own and is written by its thread alone. */
#define THREADS 512
/* Go's second thread watches the clock (sysmon): what it does depends on how long the
 * rest takes, so it is not counted. */
#define WATCHING_THE_CLOCK 1
static struct counts by_thread[THREADS] __attribute__((aligned(64)));

#define MARKS 64
static uint64_t marks[MARKS];
static size_t n_marks;
static FILE *out;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

/* executed adds a translated block's instructions. */
static void executed(unsigned int thread, void *block) {
	struct counts *to = &by_thread[thread % THREADS], *of = block;
	to->all += of->all;
	to->fmla32 += of->fmla32;
	to->fmla16 += of->fmla16;
	to->dot += of->dot;
}

/* reached writes down how many instructions there were when an address is reached. */
static void reached(unsigned int thread, void *mark) {
	struct counts sum = {0};
	(void)thread;
	for (size_t i = 0; i < THREADS; i++) {
		if (i == WATCHING_THE_CLOCK)
			continue;
		sum.all += by_thread[i].all;
		sum.fmla32 += by_thread[i].fmla32;
		sum.fmla16 += by_thread[i].fmla16;
		sum.dot += by_thread[i].dot;
	}
	pthread_mutex_lock(&writing);
	fprintf(out, "%llx %llu %llu %llu %llu\n", (unsigned long long)*(uint64_t *)mark, (unsigned long long)sum.all,
		(unsigned long long)sum.fmla32, (unsigned long long)sum.fmla16, (unsigned long long)sum.dot);
	fflush(out);
	pthread_mutex_unlock(&writing);
}

/* translated looks at a block of instructions once, before it is executed: vectors and
 * by-element forms of the multiply-adds (Arm Architecture Reference Manual, C4). */
static void translated(plugin_id id, struct qemu_plugin_tb *tb) {
	struct counts *block = calloc(1, sizeof *block);
	(void)id;
	block->all = qemu_plugin_tb_n_insns(tb);
	for (size_t i = 0; i < block->all; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		uint32_t w;
		memcpy(&w, qemu_plugin_insn_data(insn), sizeof w);
		if ((w & 0xBFA0FC00) == 0x0E20CC00 || (w & 0xBF80F400) == 0x0F801000)
			block->fmla32++;
		else if ((w & 0xBFE0FC00) == 0x0E400C00 || (w & 0xBFC0F400) == 0x0F001000)
			block->fmla16++;
		else if ((w & 0x9FE0FC00) == 0x0E809400 || (w & 0x9FC0F400) == 0x0F80E000)
			block->dot++;
		for (size_t k = 0; k < n_marks; k++)
			if (marks[k] == address)
				qemu_plugin_register_vcpu_insn_exec_cb(insn, reached, no_registers, &marks[k]);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, no_registers, block);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) == 0) {
			out = fopen(argv[i] + 4, "w");
		} else if (strncmp(argv[i], "at=", 3) == 0) {
			for (char *p = argv[i] + 3; *p && n_marks < MARKS; p += *p == ':')
				marks[n_marks++] = strtoull(p, &p, 16);
		}
	}
	if (!out || !n_marks) {
		fprintf(stderr, "plugin.so wants out=FILE and at=ADDRESS:ADDRESS...\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
